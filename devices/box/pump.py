"""From a till to its printer: bytes as they come, with the QR, over whatever wire."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Protocol

from devices.box.layouts import Layout
from devices.box.tail import Part, Seen, Stamper, Tail

HOLD_S = 0.3
SILENCE_S = 1.5
STALL_S = 5.0
DURABLE_S = 0.01  # how long a cut waits for the disk; a killed process loses nothing even so
READ_BYTES = 65536
log = logging.getLogger(__name__)

Keep = Callable[[Seen], Awaitable[None]]


class Out(Protocol):
    """Where bytes go: a socket's writer, a serial line's."""

    def write(self, data: bytes) -> None: ...
    async def drain(self) -> None: ...


class Pump:
    """`keep` makes a paper durable; it is called before the cut, off the loop's path.

    The paper waits for it no longer than ten milliseconds.
    """

    def __init__(
        self,
        stamper: Stamper,
        keep: Keep,
        layout: Layout | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._stamper, self._keep = stamper, keep
        self._layout, self._today = layout, today
        self._keeping: set[asyncio.Future[None]] = set()

    def tail(self) -> Tail:
        """The reader of one connection."""
        return Tail(self._stamper, today=self._today, layout=self._layout)

    async def copy(self, reader: asyncio.StreamReader, writer: Out) -> None:
        """All that the till says. Returns when it has said all, and all of it is written."""
        tail = self.tail()
        task = asyncio.ensure_future(reader.read(READ_BYTES))
        try:
            while True:
                await self._wait(task, tail, writer)
                data = task.result()
                if not data:
                    break
                task = asyncio.ensure_future(reader.read(READ_BYTES))
                await self.put(tail.feed(data), writer)
        finally:
            task.cancel()
        await self.put(tail.end(), writer)

    async def settle(self, seconds: float) -> None:
        """Wait for what is being written down."""
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=seconds)

    async def _wait(self, task: asyncio.Future[bytes], tail: Tail, writer: Out) -> None:
        """Until the till says more: let go what was held, and see that silence ends a paper."""
        if tail.is_holding and not await _done(task, HOLD_S):
            await self.put(tail.release(), writer)
        if await _done(task, SILENCE_S):
            return
        if tail.is_inside_command and await _done(task, STALL_S - SILENCE_S):
            return
        await self.put(tail.end(), writer)
        await asyncio.wait({task})

    async def put(self, parts: list[Part], writer: Out) -> None:
        """Bytes go on, papers are remembered, in this order."""
        for part in parts:
            if isinstance(part, Seen):
                await self.remember(part)
            else:
                writer.write(part)
        await writer.drain()

    async def remember(self, seen: Seen) -> None:
        """Durable before the cut; a slow disk goes on writing while the paper goes on."""
        keeping = asyncio.ensure_future(self._keep(seen))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._kept)
        await asyncio.wait({keeping}, timeout=DURABLE_S if seen.code else 0)

    def _kept(self, keeping: asyncio.Future[None]) -> None:
        self._keeping.discard(keeping)
        if not keeping.cancelled() and keeping.exception():
            log.error("a paper was not written down: %s", keeping.exception())


async def _done(task: asyncio.Future[bytes], seconds: float) -> bool:
    if not task.done():
        await asyncio.wait({task}, timeout=seconds)
    return task.done()
