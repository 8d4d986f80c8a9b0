"""Has a PDF made by `child.py`: one process per document, killed when it takes too long."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from invoicing.errors import RendererFailed

CHILD = Path(__file__).with_name("child.py")
FONT = Path(__file__).resolve().parents[2] / "core/fonts/NotoSansSC.ttf"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds by the clock, seconds of CPU, bytes of memory."""

    wall_s: float = 30
    cpu_s: int = 15
    memory: int = 800 * 1024 * 1024


LIMITS = Limits()


async def pdf_of(html: str, limits: Limits = LIMITS) -> bytes:
    """Raises RendererFailed when the child dies, lasts too long or makes no PDF."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(CHILD),
        str(FONT),
        str(limits.cpu_s),
        str(limits.memory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(limits.wall_s):
            pdf, _ = await child.communicate(html.encode())
    except TimeoutError:
        raise RendererFailed(reason="too_slow") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode or not pdf.startswith(b"%PDF-"):
        raise RendererFailed(reason=f"exit_{child.returncode}")
    return pdf
