"""Orders to the platform: oldest first, again until it has them, never on the path of the paper."""

import asyncio
import base64
import http.client
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from devices.box.calling import Caller
from devices.box.spool import Entry, Spool

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 600.0
MOST_RAW = 600_000
REFUSED = (400, 413, 422)
log = logging.getLogger(__name__)

Send = Callable[[Entry], Awaitable[bool]]


class Uploader:
    """`send` answers whether the platform has the entry now; it may raise OSError.

    The platform knows an entry again by its key, so that an answer lost on the way costs nothing.
    """

    def __init__(self, spool: Spool, send: Send, *, first_wait: float = FIRST_WAIT_S) -> None:
        self._spool, self._send, self._first = spool, send, first_wait
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """There is something new."""
        self._bell.set()

    async def run(self) -> None:
        """Until cancelled. One failure ends a round; rounds back off to ten minutes."""
        wait = self._first
        while True:
            self._bell.clear()
            if await self.round():
                wait = self._first
                await self._bell.wait()
            else:
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)

    async def round(self) -> bool:
        """Send what waits, oldest first. False when the platform did not take one."""
        for key in self._spool.waiting_keys():
            entry = self._spool.entry(key)
            if entry is None:
                continue
            try:
                is_there = await self._send(entry)
            except (OSError, ValueError, http.client.HTTPException) as why:
                log.warning("platform away: %s", why)
                return False
            if not is_there:
                return False
            self._spool.done(entry.key)
            await asyncio.to_thread(self._spool.sync)
        return True


@dataclass(frozen=True, slots=True)
class Platform:
    """Where papers go. `raw_of` gives a paper's bytes, packed, while they are kept."""

    url: str
    caller: Caller = field(default_factory=Caller)
    raw_of: Callable[[str], bytes | None] = lambda key: None

    async def send(self, entry: Entry) -> bool:
        """POST one order. Accepted, known already, or refused for good: the platform has it."""
        status = await asyncio.to_thread(self._post, entry)
        if status in REFUSED:
            log.error("the platform refused %s: %s", entry.key, status)
        return status < 300 or status == 409 or status in REFUSED

    def _post(self, entry: Entry) -> int:
        body, raw = {"key": entry.key, **entry.body}, self.raw_of(entry.key)
        if raw is not None and len(raw) < MOST_RAW:
            body["raw"] = base64.b64encode(raw).decode()
        status, _ = self.caller.post(self.url, body, {"Idempotency-Key": entry.key})
        return status
