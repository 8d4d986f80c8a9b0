"""Raw TCP 9100 to a receipt printer. No framing, no answer: what is known is said, no more."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from devices.protocol.escpos import Command, paper_state
from devices.protocol.port import (
    Fate,
    NotSent,
    Place,
    Printed,
    Refused,
    Said,
    Sent,
    Ticket,
    Unknown,
)
from devices.protocol.realtime import QUESTIONS, condition_of
from devices.rules import PrinterCondition

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each step may last, in seconds."""

    connect: float = 2
    write: float = 10  # a printer without paper stops reading
    answer: float = 8  # the question stands in the buffer behind the paper
    close: float = 3
    status: float = 1.5  # DLE EOT is answered at once, or never


WAITS = Waits()


class TcpPrinter:
    """A printer on the network that takes bytes as they come and prints them at once."""

    drops_repeats = False

    def __init__(self, place: Place, waits: Waits = WAITS) -> None:
        host, _, port = place.address.rpartition(":")
        self._host, self._port, self._waits = host, int(port), waits

    async def send(self, ticket: Ticket) -> Sent:
        """Send one job and ask behind it whether paper is there.

        Reasons: `unreachable`, `broken_off`, `stuck`, `no_answer`, `paper_out`.
        """
        try:
            async with self._open() as (reader, writer):
                return await self._print(reader, writer, ticket.payload)
        except _Unreachable:
            return NotSent("unreachable")
        except TimeoutError:
            return Unknown("stuck")
        except OSError:
            return Unknown("broken_off")

    async def fate_of(self, ticket_no: str) -> Fate:
        return Unknown("no_answer")  # it keeps no tickets

    async def condition(self) -> PrinterCondition:
        """What it says of itself; one that opens and says nothing is UNKNOWN, and that is well."""
        said: list[bytes] = []
        try:
            async with self._open() as (reader, writer):
                for question in QUESTIONS:
                    writer.write(question)
                    said.append(await self._one_byte(reader))
        except _Unreachable:
            return PrinterCondition.OFFLINE
        except OSError:
            return PrinterCondition.UNKNOWN
        return condition_of(said)

    async def add(self, label_key: str, name: str) -> Said:
        return None

    async def remove(self) -> Said:
        return None

    async def clear(self) -> Said:
        return Refused("no_queue")

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Ends]:
        try:
            async with asyncio.timeout(self._waits.connect):
                reader, writer = await asyncio.open_connection(self._host, self._port)
        except OSError:  # TimeoutError is one
            raise _Unreachable from None
        try:
            yield reader, writer
        finally:
            await self._close(reader, writer)

    async def _print(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, payload: bytes
    ) -> Sent:
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.timeout(self._waits.write):
            writer.write(payload + Command.ANSWER_PAPER.value)
            await writer.drain()
        answer = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._waits.answer):
                answer = await reader.read(16)
        paper = paper_state(answer[-1:])
        if paper == "unknown":
            return Unknown("no_answer")
        return Unknown("paper_out") if paper == "out" else Printed()

    async def _one_byte(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self._waits.status):
                return await reader.read(1)
        except TimeoutError:
            return b""

    async def _close(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Half-close first: closing with unread input resets the line and eats the last bytes."""
        with contextlib.suppress(OSError):
            writer.write_eof()
            async with asyncio.timeout(self._waits.close):
                while await reader.read(1024):
                    pass
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


class _Unreachable(Exception):
    """Nobody answers there."""
