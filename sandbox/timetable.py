"""What happens later: entries kept with the state, run in order by the settable clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

log = logging.getLogger(__name__)

Doc = dict[str, Any]
Handler = Callable[[Doc], Awaitable[None]]


class Time(Protocol):
    """What the timetable needs of a world."""

    def now(self) -> datetime: ...
    def set_now(self, moment: datetime) -> None: ...
    def collection(self, name: str) -> dict[str, Doc]: ...
    def next_number(self, kind: str) -> int: ...


class Timetable:
    """Entries `{kind, at, data}`; a handler per kind runs each once, when its time has come."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._handlers: dict[str, Handler] = {}
        self._wake = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}

    def on(self, kind: str, handler: Handler) -> None:
        """Name the one handler of a kind; it is called with the entry's data."""
        self._handlers[kind] = handler

    def plan(self, kind: str, at: datetime, data: Doc) -> str:
        """Remember to run `kind` at `at`; answers the entry's id."""
        number = self._time.next_number("timetable")
        entry_id = f"{number:08d}"
        self._entries[entry_id] = {"kind": kind, "at": at.isoformat(), "data": data}
        self._wake.set()
        return entry_id

    def cancel(self, entry_id: str) -> None:
        """Forget an entry; nothing happens when it has run already."""
        self._entries.pop(entry_id, None)

    async def advance(self, until: datetime) -> None:
        """Move the clock to `until`, stopping at each entry in between and awaiting its effect."""
        await self.settle()
        while (due := self._next(until)) is not None:
            entry_id, at = due
            if at > self._time.now():
                self._time.set_now(at)
            self._start(entry_id)
            await self.settle()
        if until > self._time.now():
            self._time.set_now(until)

    async def settle(self) -> None:
        """Wait until the entries that are running now have ended."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def run(self) -> None:
        """Run entries as the clock reaches them, for ever."""
        while True:
            self._wake.clear()
            now = self._time.now()
            while (due := self._next(now)) is not None:
                self._start(due[0])
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()

    def stop(self) -> None:
        """Drop what runs; entries not ended stay in the state and run after a restart."""
        for task in self._running.values():
            task.cancel()

    @property
    def _entries(self) -> dict[str, Doc]:
        return self._time.collection("timetable")

    def _next(self, until: datetime) -> tuple[str, datetime] | None:
        due = [
            (datetime.fromisoformat(entry["at"]), entry_id)
            for entry_id, entry in self._entries.items()
            if entry_id not in self._running
        ]
        if not due or min(due)[0] > until:
            return None
        at, entry_id = min(due)
        return entry_id, at

    def _pause(self) -> float:
        now = self._time.now()
        waits = [
            (datetime.fromisoformat(entry["at"]) - now).total_seconds()
            for entry_id, entry in self._entries.items()
            if entry_id not in self._running
        ]
        return max(0.001, min([*waits, 1.0]))

    def _start(self, entry_id: str) -> None:
        entry = self._entries[entry_id]
        self._running[entry_id] = asyncio.create_task(self._perform(entry_id, entry))

    async def _perform(self, entry_id: str, entry: Doc) -> None:
        try:
            await self._handlers[entry["kind"]](entry["data"])
        except Exception:
            log.exception("A planned event of the sandbox failed")
            self._entries.pop(entry_id, None)
        else:
            self._entries.pop(entry_id, None)
        finally:
            self._running.pop(entry_id, None)
            self._wake.set()
