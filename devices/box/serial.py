"""A till and a printer on serial lines (or a printer's device file), with the box between them.

Flow control is the wire's own (RTS/CTS): a printer that is out of paper stops the till.
"""

import asyncio
import contextlib
import logging
import os
import termios
import tty
from dataclasses import dataclass

from devices.box.pump import READ_BYTES, Pump

AGAIN_S = 2.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wires:
    """Device files of the till's line and of the printer's; both run at `baud`."""

    till: str
    printer: str
    baud: int = 9600


class SerialLine:
    """One till, one printer, two wires. A wire that is pulled out is taken up again."""

    def __init__(self, wires: Wires, pump: Pump) -> None:
        self._wires, self._pump = wires, pump
        self.has_printer: bool | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def port(self) -> str:
        """What stands for a port: the till's device."""
        return self._wires.till

    async def open(self) -> None:
        """Begin. Raises OSError where a device is not there at the start."""
        for path in (self._wires.till, self._wires.printer):
            os.close(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        await self._pump.settle(AGAIN_S)

    async def _run(self) -> None:
        while True:
            try:
                await self._connected()
            except OSError as why:
                log.warning("a line is down: %s", why)
                self.has_printer = False
            await asyncio.sleep(AGAIN_S)

    async def _connected(self) -> None:
        """Both ways, until one of the wires is gone."""
        wires, baud = self._wires, self._wires.baud
        async with _Wire(wires.till, baud) as till, _Wire(wires.printer, baud) as printer:
            self.has_printer = True
            forth = asyncio.create_task(self._pump.copy(till.reader, printer.writer))
            back = asyncio.create_task(_back(printer.reader, till.writer))
            try:
                await asyncio.wait({forth, back}, return_when=asyncio.FIRST_COMPLETED)
                for way in (forth, back):
                    if way.done():
                        way.result()
            finally:
                for way in (forth, back):
                    way.cancel()


class _Wire:
    """A device that is read and written; what it was set to is left as we need it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def __init__(self, path: str, baud: int) -> None:
        self._path, self._baud = path, baud

    async def __aenter__(self) -> "_Wire":
        loop = asyncio.get_running_loop()
        taken = os.open(self._path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        _set(taken, self._baud)
        reader = asyncio.StreamReader(limit=READ_BYTES, loop=loop)
        read, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader, loop=loop), os.fdopen(taken, "rb", 0)
        )
        given = os.fdopen(os.dup(taken), "wb", 0)
        write, flow = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, given)
        self._read, self.reader = read, reader
        self.writer = asyncio.StreamWriter(write, flow, None, loop)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._read.close()
        self.writer.transport.abort()


def _set(taken: int, baud: int) -> None:
    """Raw bytes at this speed, with RTS/CTS. A printer's device file has no such settings."""
    with contextlib.suppress(termios.error):
        tty.setraw(taken)
        said = termios.tcgetattr(taken)
        speed = getattr(termios, f"B{baud}", None)
        if speed is not None:
            said[4] = said[5] = speed
        said[2] |= termios.CLOCAL | termios.CREAD | getattr(termios, "CRTSCTS", 0)
        termios.tcsetattr(taken, termios.TCSANOW, said)


async def _back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Printer -> till, unchanged and at once."""
    while data := await reader.read(READ_BYTES):
        writer.write(data)
        await writer.drain()
    await asyncio.Event().wait()  # a printer that never speaks: the other way goes on
