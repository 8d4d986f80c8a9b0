"""The line to a tax disc: a network address or a serial device, one question at a time."""

import asyncio
import os
import termios
from dataclasses import dataclass
from typing import Protocol

from invoicing.backends.bridge.frames import BadFrame, Doc, encode, take

ANSWER_S, OPEN_S = 20.0, 3.0
SPEEDS = {9600: termios.B9600, 19200: termios.B19200, 115200: termios.B115200}


class NotAsked(Exception):
    """No byte reached the device."""


class NoReply(Exception):
    """The device may have heard the question, and nobody knows its answer."""


class Line(Protocol):
    async def ask(self, question: Doc) -> Doc: ...


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A disc behind its maker's little server, as `tcp://127.0.0.1:9200`."""

    host: str
    port: int

    async def ask(self, question: Doc) -> Doc:
        """Raises NotAsked and NoReply."""
        frame = _framed(question)
        try:
            async with asyncio.timeout(OPEN_S):
                reader, writer = await asyncio.open_connection(self.host, self.port)
        except (OSError, TimeoutError):
            raise NotAsked("unreachable") from None
        try:
            async with asyncio.timeout(ANSWER_S):
                writer.write(frame)
                await writer.drain()
                return await _reply(reader)
        except (OSError, TimeoutError, BadFrame, asyncio.IncompleteReadError) as lost:
            raise NoReply(type(lost).__name__) from None
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A disc at a device file, as `serial:///dev/ttyUSB0?baud=9600`."""

    path: str
    baud: int = 9600

    async def ask(self, question: Doc) -> Doc:
        """Raises NotAsked and NoReply."""
        frame = _framed(question)
        try:
            file = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            raise NotAsked("unreachable") from None
        try:
            _set_raw(file, SPEEDS[self.baud])
            async with asyncio.timeout(ANSWER_S):
                return await _asked(file, frame)
        except (OSError, termios.error, TimeoutError, BadFrame) as lost:
            raise NoReply(type(lost).__name__) from None
        finally:
            os.close(file)


def line_of(url: str) -> Line:
    """Raises ValueError for an address that is none."""
    kind, _, rest = url.partition("://")
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and host and port.isdigit():
        return NetworkLine(host, int(port))
    path, _, speed = rest.partition("?baud=")
    if kind == "serial" and path.startswith("/") and int(speed or 9600) in SPEEDS:
        return SerialLine(path, int(speed or 9600))
    raise ValueError(f"no address of a device: {url}")


def _framed(question: Doc) -> bytes:
    try:
        return encode(question)
    except BadFrame as bad:
        raise NotAsked(str(bad)) from None


async def _reply(reader: asyncio.StreamReader) -> Doc:
    buffer = bytearray()
    while (doc := take(buffer)) is None:
        part = await reader.read(4096)
        if not part:
            raise BadFrame("the line closed")
        buffer += part
    return doc


async def _asked(file: int, frame: bytes) -> Doc:
    loop, buffer = asyncio.get_running_loop(), bytearray()
    left = memoryview(frame)
    while left:
        left = left[_written(file, left) :]
        await asyncio.sleep(0.01)
    while (doc := take(buffer)) is None:
        ready = asyncio.Event()
        loop.add_reader(file, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(file)
        buffer += os.read(file, 4096)
    return doc


def _written(file: int, data: memoryview) -> int:
    try:
        return os.write(file, data)
    except BlockingIOError:
        return 0


def _set_raw(file: int, speed: int) -> None:
    """Eight bits, no parity, no echo, no translation of bytes."""
    form = termios.tcgetattr(file)
    form[0], form[1], form[3] = 0, 0, 0
    form[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
    form[4] = form[5] = speed
    termios.tcsetattr(file, termios.TCSANOW, form)
