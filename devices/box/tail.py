"""What is passed on now, what waits, and where the QR goes in. Sans-io.

Every byte comes out once and in order. Only the trailing feeds and the cut of a sale that was read
without doubt are held; whoever drives this releases them after 300 ms at the latest.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from devices.box.ink import Ink
from devices.box.layouts import Layout, translated
from devices.box.paper import CUTS, FEEDS, MOST_RAW, Job, Sheets
from devices.box.reading import Reading, read
from devices.box.stream import Token, Tokenizer

QUIET = {
    *("CR", "ignored", "ESC @", "ESC a", "ESC !", "GS !", "ESC E", "ESC 2", "ESC 3", "ESC t"),
    *("FS &", "FS ."),
}
TAIL_STARTS = (b"\x1d", b"\x1dV", b"\x1b", b"\x1bd", b"\x1bJ")
MOST_LINES = 600  # a longer paper is no receipt: it passes unread
SUMS = ("应收", "应付", "实付", "实收", "合计", "总计", "总额", "总金额", "小计", "TOTAL", "otal")
OLD_SUMS = ("應收", "應付", "實付", "實收", "合計", "總計", "總額", "總金額", "小計")
SUM_WORDS = re.compile(
    b"|".join(
        [w.encode(code) for w in SUMS + OLD_SUMS for code in ("gb18030", "utf-8")]
        + [w.encode("big5") for w in OLD_SUMS]
    )
)
OWN_FEED = b"\n\n\n\n"


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of paper that went by. `code` stands in the QR that follows; empty without one."""

    job: Job
    reading: Reading
    raw: bytes
    code: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Bytes that print a QR, and the code in it."""

    data: bytes
    code: str


Stamper = Callable[[Reading, Job, Ink], Stamp | None]
Part = bytes | Seen


class Tail:
    """Feed it what the till sends; pass on the bytes it gives, in order.

    A Seen comes before the bytes that end its paper: it can be made durable before the cut. When
    the reading fails for any reason, the bytes go on as they came, unread.
    """

    def __init__(
        self,
        stamper: Stamper,
        *,
        today: Callable[[], date] = date.today,
        layout: Layout | None = None,
    ) -> None:
        self._stamper, self._today, self._layout = (
            stamper,
            today,
            {} if layout is None else layout,
        )
        self._unsent = bytearray()
        self._sent = 0  # how many bytes of the till went out
        self.is_blind = False
        self._start()

    def _start(self) -> None:
        self._tokenizer, self._sheets = Tokenizer(), Sheets()
        self._at = self._sent + len(self._unsent)  # behind the last whole token
        self._raw = bytearray()
        self._hold_from: int | None = None
        self._known: tuple[int, Reading | None] = (-1, None)

    @property
    def is_holding(self) -> bool:
        return bool(self._unsent)

    def feed(self, data: bytes) -> list[Part]:
        """What can go out now that `data` came."""
        self._unsent += data
        if self.is_blind:
            return self._out(None)
        parts: list[Part] = []
        try:
            for token in self._tokenizer.feed(data):
                self._step(token, parts)
            self._hold_pending()
        except Exception:  # noqa: BLE001 - whatever fails in reading, the paper goes on
            self._go_blind()
        return [*parts, *self._out(self._hold_from)]

    def release(self) -> list[Part]:
        """It waited long enough: everything goes out as it came."""
        self._hold_from = None
        return self._out(None)

    def end(self) -> list[Part]:
        """Silence or the end of the connection: the paper is over, even without a cut."""
        parts: list[Part] = []
        try:
            if not self.is_blind:
                for token in self._tokenizer.close():
                    self._step(token, parts)
                self._finish(self._hold_from, parts)
        except Exception:  # noqa: BLE001
            self._go_blind()
        parts += self.release()
        self.is_blind = False
        self._start()
        return parts

    @property
    def is_inside_command(self) -> bool:
        """Whether the till stopped in the middle of a command, as in a picture."""
        return not self.is_blind and self._tokenizer.pending[:1] in (b"\x1b", b"\x1c", b"\x1d")

    def _go_blind(self) -> None:
        self.is_blind, self._hold_from = True, None

    def _out(self, limit: int | None) -> list[Part]:
        size = len(self._unsent) if limit is None else max(limit - self._sent, 0)
        data = bytes(self._unsent[:size])
        del self._unsent[:size]
        self._sent += len(data)
        return [data] if data else []

    def _step(self, token: Token, parts: list[Part]) -> None:
        start, self._at = self._at, self._at + len(token.raw)
        if len(self._raw) <= MOST_RAW:
            self._raw += token.raw
        if token.name in CUTS or self._sheets.is_ended_by(token):
            self._finish(start if self._hold_from is None else self._hold_from, parts)
            if token.name not in CUTS:
                self._sheets.feed(token)
            return
        if token.name in FEEDS and self._sheets.is_at_line_start:
            if self._hold_from is None and start >= self._sent and self._is_sale():
                self._hold_from = start
        elif token.name not in QUIET:
            self._hold_from = None
        self._sheets.feed(token)

    def _finish(self, at: int | None, parts: list[Part]) -> None:
        """The paper is over: tell what it was, and print the QR at `at`, or now without one."""
        job = self._sheets.look()
        is_at_start, ink = self._sheets.is_at_line_start, self._sheets.ink
        if not job.is_empty:
            reading = self._read(job)
            has_cut = at is not None
            can_print = (is_at_start and at is not None and at >= self._sent) or not has_cut
            stamp = self._stamper(reading, job, ink) if can_print else None
            parts += self._out(at)
            parts.append(Seen(job, reading, bytes(self._raw), stamp.code if stamp else ""))
            if stamp:
                own = (b"" if is_at_start else b"\n", b"" if has_cut else OWN_FEED)
                parts.append(own[0] + stamp.data + own[1])
        self._sheets.end()
        self._raw.clear()
        self._hold_from, self._known = None, (-1, None)

    def _hold_pending(self) -> None:
        """Half a command that may become the cut waits, if there is a sale to put a QR under."""
        pending = self._tokenizer.pending
        if not pending:
            return
        if self._hold_from is not None:
            if pending[:1] not in (b"\x1b", b"\x1c", b"\x1d"):
                self._hold_from = None
            return
        is_start = pending in TAIL_STARTS or (pending[:2] == b"\x1dV" and len(pending) == 3)
        if is_start and self._sheets.is_at_line_start and self._is_sale():
            self._hold_from = self._at

    def _read(self, job: Job) -> Reading:
        """The paper as it is now; read again only after a new line."""
        lines, known = self._known
        if known is None or lines != len(job.lines) or known.qr != job.qr:
            is_long = len(job.lines) > MOST_LINES
            said = Reading("other", doubts=["too long"])
            known = said if is_long else self._understood(job)
            self._known = (len(job.lines), known)
        return known

    def _understood(self, job: Job) -> Reading:
        return read(translated(job, self._layout), today=self._today())

    def _is_sale(self) -> bool:
        """Whether the paper so far is a sale without doubt."""
        if not self._layout and not SUM_WORDS.search(self._raw):
            return False
        reading = self._read(self._sheets.look())
        return reading.is_certain and reading.kind in ("sale", "reprint")
