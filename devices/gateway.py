"""Raw TCP 9100 to a receipt printer. No framing, no answer: what is known is said, no more."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from enum import StrEnum

from devices.protocol.escpos import Command, paper_state


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each step may last, in seconds."""

    connect: float = 2
    write: float = 10  # a printer without paper stops reading
    answer: float = 8  # the question stands in the buffer behind the paper
    close: float = 3


WAITS = Waits()


class Delivery(StrEnum):
    NOT_SENT = "not_sent"  # no byte left us: safe to send again
    MAYBE = "maybe"  # bytes left us: sending again may print a second paper
    PRINTED = "printed"  # the printer answered behind the job and has paper


@dataclass(frozen=True, slots=True)
class Outcome:
    delivery: Delivery
    reason: str = ""


async def deliver(host: str, port: int, payload: bytes, waits: Waits = WAITS) -> Outcome:
    """Send one job and ask behind it whether paper is there. A printer's fault never raises.

    Reasons: `unreachable`, `broken_off`, `stuck`, `no_answer`, `paper_out`.
    """
    try:
        async with asyncio.timeout(waits.connect):
            reader, writer = await asyncio.open_connection(host, port)
    except OSError:  # TimeoutError is one
        return Outcome(Delivery.NOT_SENT, "unreachable")
    try:
        return await _talk(reader, writer, payload, waits)
    except TimeoutError:
        return Outcome(Delivery.MAYBE, "stuck")
    except OSError:
        return Outcome(Delivery.MAYBE, "broken_off")
    finally:
        await _close(reader, writer, waits)


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, payload: bytes, waits: Waits
) -> Outcome:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    async with asyncio.timeout(waits.write):
        writer.write(payload + Command.ANSWER_PAPER.value)
        await writer.drain()
    answer = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(waits.answer):
            answer = await reader.read(16)
    paper = paper_state(answer[-1:])
    if paper == "unknown":
        return Outcome(Delivery.MAYBE, "no_answer")
    if paper == "out":
        return Outcome(Delivery.MAYBE, "paper_out")
    return Outcome(Delivery.PRINTED)


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waits: Waits) -> None:
    """Half-close first: closing with unread input would reset the line and eat the last bytes."""
    with contextlib.suppress(OSError):
        writer.write_eof()
        async with asyncio.timeout(waits.close):
            while await reader.read(1024):
                pass
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
