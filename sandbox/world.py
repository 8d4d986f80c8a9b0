"""One played world: configuration, state, settable clock, seeded ids and the log of calls.

State is plain JSON documents in named collections, so that one file keeps it. Who owns which:
`users`, `members`, `groups`, `contacts`, `codes`, `tokens`, `messages`, `callbacks`,
`pay_orders`, `pay_refunds`, `pay_journal`, `faults` are WeChat's; the tax provider, mail, SMS and
paper choose names of their own. `messages` is what people see: `{channel, to, sender, chat_id,
at, status, body}` with channel `group`, `wecom_app`, `subscribe` or `group_send`.
"""

import hashlib
import hmac
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

from core import clock
from sandbox.config import App, Config, Corp, Merchant
from sandbox.timetable import Doc, Timetable

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class World:
    """The state of the outside world in one process; everything in it is a pure function of
    the seed and of what was asked of it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.http = ""
        """Base URL of this world once it listens, without a trailing slash."""
        self.smtp_port = 0
        self.printers: dict[str, int] = {}
        self.discs: dict[str, int] = {}
        self.apps: dict[str, App] = {}
        self.corps: dict[str, Corp] = {}
        self.merchants: dict[str, Merchant] = {}
        self.nonces: dict[str, tuple[dict[str, float], dict[str, float]]] = {}
        self.calls: deque[Doc] = deque(maxlen=5000)
        self.changes = 0
        self.timetable = Timetable(self)
        self._collections: dict[str, dict[str, Doc]] = {}
        self._counters: dict[str, int] = {}
        self._offset = timedelta(0)

    def collection(self, name: str) -> dict[str, Doc]:
        """The documents of one kind by id, in order of creation. Values must be JSON."""
        return self._collections.setdefault(name, {})

    def now(self) -> datetime:
        """The settable clock, aware UTC. Lives and schedules use it; signatures do not."""
        return clock.now() + self._offset

    def wall(self) -> datetime:
        """The real time: what signatures carry and are checked against."""
        return clock.now()

    def set_now(self, moment: datetime) -> None:
        """Put the settable clock to a moment; it keeps running from there."""
        self._offset = moment.astimezone(UTC) - clock.now()
        self.changed()

    def changed(self) -> None:
        """Say that the state differs from what was saved."""
        self.changes += 1

    def next_number(self, kind: str) -> int:
        """1, 2, 3 … per kind; kept over a restart."""
        self._counters[kind] = self._counters.get(kind, 0) + 1
        return self._counters[kind]

    def new_id(self, kind: str, length: int = 24, prefix: str = "") -> str:
        """A fresh id; the same seed gives the same ids in the same order."""
        return self.stable_id(kind, str(self.next_number(kind)), length=length, prefix=prefix)

    def stable_id(self, *parts: str, length: int = 24, prefix: str = "") -> str:
        """An id that depends on the seed and the parts only, letters and digits."""
        raw = self.stable_bytes(*parts, length=length)
        return prefix + "".join(LETTERS[byte % 62] for byte in raw)

    def stable_digits(self, *parts: str, length: int = 10) -> str:
        """As `stable_id`, digits only."""
        return "".join(str(byte % 10) for byte in self.stable_bytes(*parts, length=length))

    def stable_bytes(self, *parts: str, length: int = 16) -> bytes:
        """Bytes that depend on the seed and the parts only; up to 64."""
        text = "\x1f".join(parts).encode()
        return hmac.digest(str(self.config.seed).encode(), text, hashlib.sha512)[:length]

    def log_call(self, **facts: Any) -> Doc:
        """Keep one line of the newest 5000 API calls; give no secret. `at` and `id` are added."""
        number = self.next_number("call")
        line: Doc = {"id": number, "at": self.now().isoformat(), **facts}
        self.calls.append(line)
        return line

    def clear(self) -> None:
        """Forget everything but the configuration; the clock goes back to the real time."""
        for documents in self._collections.values():
            documents.clear()
        self._counters.clear()
        self.calls.clear()
        self._offset = timedelta(0)
        self.changed()

    def snapshot(self) -> Doc:
        """The whole state as one JSON value; `restore` reads it."""
        return {
            "version": 1,
            "seed": self.config.seed,
            "offset_s": self._offset.total_seconds(),
            "counters": self._counters,
            "collections": self._collections,
        }

    def restore(self, snapshot: Doc) -> None:
        """Take over a saved state. Raises ValueError when it belongs to another seed."""
        if (snapshot["version"], snapshot["seed"]) != (1, self.config.seed):
            raise ValueError("the state file was written by another version or seed; move it away")
        self._offset = timedelta(seconds=snapshot["offset_s"])
        self._counters.update(snapshot["counters"])
        for name, documents in snapshot["collections"].items():
            self.collection(name).update(documents)
