"""Has a PDF made by `child.py`: one process per document, killed when it takes too long."""

import asyncio
import sys
from pathlib import Path

from invoicing.errors import RendererFailed

CHILD = Path(__file__).with_name("child.py")
FONT = Path(__file__).resolve().parents[2] / "core/fonts/NotoSansSC.ttf"
WALL_S = 20.0


async def pdf_of(html: str) -> bytes:
    """Raises RendererFailed when the child dies, lasts too long or makes no PDF."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(CHILD),
        str(FONT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(WALL_S):
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
