"""Has invoices painted by a few children that stay: killed when a document takes too long.

Each thread of a small pool owns one child, started with its first document.
"""

import asyncio
import atexit
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from invoicing.document.child import read_frame, write_frame
from invoicing.document.face import Face
from invoicing.errors import RendererFailed

CHILD = Path(__file__).with_name("child.py")
ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds by the clock, seconds of CPU, bytes of memory."""

    wall_s: float = 30
    cpu_s: int = 15
    memory: int = 800 * 1024 * 1024


class Painter:
    """One child."""

    def __init__(self, limits: Limits) -> None:
        self._wall_s = limits.wall_s
        self._is_late = False
        self._child: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603  our own file
            [sys.executable, "-I", str(CHILD), str(ROOT), str(limits.cpu_s), str(limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        atexit.register(self.end)

    def paint(self, face: bytes) -> bytes:
        """Blocks. Raises RendererFailed; the painter is of no use afterwards."""
        clock = threading.Timer(self._wall_s, self._too_late)
        clock.start()
        try:
            pdf = self._ask(face)
        except OSError:  # it died while we wrote
            pdf = b""
        finally:
            clock.cancel()
        if not pdf.startswith(b"%PDF-"):
            self.end()
            code = self._child.returncode
            raise RendererFailed(reason="too_slow" if self._is_late else f"exit_{code}")
        return pdf

    def _ask(self, face: bytes) -> bytes:
        assert self._child.stdin
        assert self._child.stdout
        write_frame(self._child.stdin, face)
        return read_frame(self._child.stdout) or b""

    def _too_late(self) -> None:
        self._is_late = True
        self._child.kill()

    def end(self) -> None:
        """Kill and bury the child. Again changes nothing."""
        atexit.unregister(self.end)
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdout, self._child.stdin):
            if pipe and not pipe.closed:
                try:
                    pipe.close()
                except OSError:  # what we wrote had not gone out
                    continue


class Painters:
    """`most` documents at once; the others wait."""

    def __init__(self, limits: Limits, most: int) -> None:
        self._limits = limits
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="painter")
        self._mine = threading.local()

    async def paint(self, face: Face) -> bytes:
        """Raises RendererFailed when the child dies, lasts too long or makes no PDF."""
        asked = pickle.dumps(face)
        if len(asked) > MOST_BYTES:
            raise RendererFailed(reason="too_long")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._paint, asked)

    def _paint(self, asked: bytes) -> bytes:
        painter: Painter | None = getattr(self._mine, "painter", None)
        self._mine.painter = None
        painter = painter or Painter(self._limits)
        pdf = painter.paint(asked)
        self._mine.painter = painter
        return pdf


PAINTERS = Painters(Limits(), min(4, os.cpu_count() or 1))


async def pdf_of(face: Face) -> bytes:
    """The PDF of a face, painted elsewhere. Raises RendererFailed."""
    return await PAINTERS.paint(face)
