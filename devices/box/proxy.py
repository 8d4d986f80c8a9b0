"""The transparent printer port: TCP 9100 in, the printer behind it, and the reader on a copy.

Bytes are written as they come (`pump`). What the printer does, the till
sees: refusal, reset, half-close, a printer that stops reading.
"""

import array
import asyncio
import contextlib
import fcntl
import logging
import socket
import struct
import termios
from dataclasses import dataclass
from ipaddress import ip_address

from devices.box.pump import READ_BYTES, Pump

CONNECT_S = 1.5
LINGER_S = 3.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """Where the box listens, and its printer. Port 0 is any free one."""

    printer_host: str
    printer_port: int = 9100
    host: str = "0.0.0.0"  # noqa: S104 - tills are other machines
    port: int = 9100


class TillReader(asyncio.StreamReader):
    """What a till sent before it reset the connection is still read; the reset comes after it."""

    was_reset = False

    def set_exception(self, exc: Exception) -> None:
        self.was_reset = True
        self.feed_eof()


class Proxy:
    """One printer on the network, and the port that tills take for it."""

    def __init__(self, route: Route, pump: Pump) -> None:
        self._route, self._pump = route, pump
        self.has_printer: bool | None = None
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None] | None] = set()

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.StreamReaderProtocol:
            reader = TillReader(limit=READ_BYTES, loop=loop)
            return asyncio.StreamReaderProtocol(reader, self._serve, loop)

        self._server = await loop.create_server(protocol, self._route.host, self._route.port)

    async def close(self) -> None:
        """Stop listening, let go of the connections, wait for what is being written down."""
        if self._server:
            self._server.close()
        serving = [task for task in self._serving if task]
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving)
        await self._pump.settle(LINGER_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            await self._connected(reader, writer)
        except asyncio.CancelledError:  # the box is told to stop
            _reset(writer)
        finally:
            self._serving.discard(task)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not is_local(writer.get_extra_info("peername")):
            log.warning("a stranger from outside the shop was turned away")
            _reset(writer)
            return
        try:
            async with asyncio.timeout(CONNECT_S):
                behind = await asyncio.open_connection(
                    self._route.printer_host, self._route.printer_port, limit=READ_BYTES
                )
        except (OSError, TimeoutError) as why:
            log.warning("printer away: %s", why)
            self.has_printer = False
            _reset(writer)
            return
        self.has_printer = True
        for end in (writer, behind[1]):
            _prepare(end)
        await self._both_ways((reader, writer), behind)

    async def _both_ways(
        self,
        till: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        printer: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        forth = asyncio.create_task(self._forth(till[0], printer[1]))
        back = asyncio.create_task(_back(printer[0], till[1]))
        try:
            await asyncio.wait({forth, back}, return_when=asyncio.FIRST_COMPLETED)
            if back.done() and not back.exception():
                await forth
            elif forth.done() and not forth.exception():
                await asyncio.wait({back}, timeout=LINGER_S)
            for way in (forth, back):
                if way.done():
                    way.result()
            await _close(till[1], printer[1])
        except OSError:  # one end was reset: so is the other
            for end in (till[1], printer[1]):
                _reset(end)
        finally:
            for way in (forth, back):
                way.cancel()
            printer[1].close()

    async def _forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Till -> printer, with the QR. Ends when the till has said all."""
        await self._pump.copy(reader, writer)
        if not was_reset(reader):
            writer.write_eof()
        await _drained(writer)
        if was_reset(reader):
            raise ConnectionResetError


def is_local(peer: tuple[str, int] | None) -> bool:
    """A till stands in the shop: nobody prints here, or through here, from the world outside."""
    address = ip_address(peer[0].partition("%")[0]) if peer else None
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped is not None and (mapped.is_private or mapped.is_link_local)


def was_reset(reader: asyncio.StreamReader) -> bool:
    return isinstance(reader, TillReader) and reader.was_reset


async def _back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Printer -> till, unchanged and at once."""
    while data := await reader.read(READ_BYTES):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


def _prepare(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    writer.transport.set_write_buffer_limits(high=READ_BYTES)


def _reset(writer: asyncio.StreamWriter) -> None:
    """The other side sees a reset, as it would from the printer itself."""
    with contextlib.suppress(OSError):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _drained(writer: asyncio.StreamWriter) -> None:
    """Until the printer's side of the wire has taken all: it may be out of paper for hours."""
    await writer.drain()
    while _unsent(writer) and not writer.transport.is_closing():  # noqa: ASYNC110 - no bell rings
        await asyncio.sleep(0.02)


def _unsent(writer: asyncio.StreamWriter) -> int:
    left = writer.transport.get_write_buffer_size()
    sock = writer.get_extra_info("socket")
    size = array.array("i", [0])
    with contextlib.suppress(OSError):
        fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, size)
    return left + size[0]


async def _close(till: asyncio.StreamWriter, printer: asyncio.StreamWriter) -> None:
    for writer in (printer, till):
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
