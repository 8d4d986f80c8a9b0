"""Orders to the platform: oldest first, again until it has them, never on the path of the paper."""

import asyncio
import http.client
import json
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devices.box.spool import Entry, Spool

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 600.0
TIMEOUT_S = 15.0
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
        for entry in self._spool.waiting():
            try:
                is_there = await self._send(entry)
            except (OSError, http.client.HTTPException) as why:
                log.warning("platform away: %s", why)
                return False
            if not is_there:
                return False
            self._spool.done(entry.key)
            await asyncio.to_thread(self._spool.sync)
        return True


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform's address, who it must be (`ca`), and who we are (`certificate`, `key`)."""

    url: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    async def send(self, entry: Entry) -> bool:
        """POST one order. Accepted, known already, or refused for good: the platform has it."""
        status = await asyncio.to_thread(self._post, entry)
        if status in (400, 413, 422):
            log.error("the platform refused %s: %s", entry.key, status)
        return status < 300 or status in (400, 409, 413, 422)

    def _post(self, entry: Entry) -> int:
        at = urlsplit(self.url)
        body = json.dumps({"key": entry.key, **entry.body}, ensure_ascii=False).encode()
        connection = self._connection(at.hostname or "", at.port, is_tls=at.scheme == "https")
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": entry.key}
            connection.request("POST", at.path or "/", body, headers)
            answer = connection.getresponse()
            answer.read(65536)
            return answer.status
        finally:
            connection.close()

    def _connection(
        self, host: str, port: int | None, *, is_tls: bool
    ) -> http.client.HTTPConnection:
        if not is_tls:
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)
