"""Tokens -> pieces of paper: the printed lines of each job, as a person would see them."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from devices.box.ink import PAGES, Ink, after
from devices.box.stream import Token
from devices.box.symbols import Symbols
from devices.box.words import BIG5_WORDS, GBK_WORDS, is_rule

CUTS = {"GS V", "ESC i", "ESC m"}
FEEDS = {"LF", "ESC d", "ESC J"}
PICTURES = {"GS v 0", "GS ( L", "GS 8 L", "ESC *", "GS Q 0", "FS p", "GS /"}
BAD = {"broken", "skipped", "cut short"}
MOST_RAW = 4 * 1024 * 1024  # of one job; beyond that it is passed on unread
MOST_LINES = 5000
MOST_TEXT = 160  # of one line: no paper is as wide, and patterns are searched in it
DOTS = 12  # of one column
MOST_COLUMNS = 96
TAB = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. A jump to a column is at least two blanks."""

    text: str
    align: int = 0
    is_big: bool = False
    scale: int = 1


@dataclass(slots=True)
class Job:
    """One piece of paper, with its lines decoded once it is whole."""

    lines: list[Line] = field(default_factory=list)
    qr: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)
    pictures: int = 0
    is_utf8: bool = False
    is_big5: bool = False
    is_page_mode: bool = False
    is_unreadable: bool = False
    is_cut: bool = False

    @property
    def has_text(self) -> bool:
        return any(line.text.strip() for line in self.lines)

    @property
    def is_empty(self) -> bool:
        return not (self.has_text or self.qr or self.barcodes or self.pictures)


_Piece = tuple[str, bytes, Ink]  # "text", "at", "by" or "tab"


class Sheets:
    """Feed it tokens, get a Job whenever a piece of paper ends. Bad input never raises."""

    def __init__(self) -> None:
        self.ink = Ink()
        self._start()

    def _start(self) -> None:
        self._done: list[list[_Piece]] = []
        self._line: list[_Piece] = []
        self._symbols = Symbols()
        self._job = Job()
        self._is_returned = False
        self._size = self._unknown = self._blank_feeds = 0

    @property
    def is_at_line_start(self) -> bool:
        return not any(kind == "text" for kind, _, _ in self._line)

    @property
    def is_readable(self) -> bool:
        """Whether this job can still become an order: no page mode, nothing broken."""
        return not (self._job.is_unreadable or self._job.is_page_mode or self._size > MOST_RAW)

    @property
    def line_count(self) -> int:
        return len(self._done)

    def is_ended_by(self, token: Token) -> bool:
        """A reset at the start of a line, after feeds, begins the next piece of paper."""
        return token.name == "ESC @" and self._blank_feeds >= 2 and self.is_at_line_start

    def feed(self, token: Token) -> Job | None:
        """What `token` ends: a job before it (a reset after feeds) or with it (a cut)."""
        before = self.end() if self.is_ended_by(token) else None
        self.ink = after(self.ink, token)
        self._size += len(token.raw)
        self._take(token)
        if token.name not in CUTS:
            return before
        self._job.is_cut = True
        return self.end()

    def end(self) -> Job | None:
        """The paper is over: cut, silence or the end of the connection. None for an empty one."""
        job = self.look()
        self._start()
        return None if job.is_empty else job

    def look(self) -> Job:
        """The job as far as it came."""
        job, lines = self._job, [*self._done, self._line]
        job.qr, job.barcodes = self._symbols.qr, self._symbols.barcodes
        job.is_utf8 = _is_utf8(lines)
        job.is_big5 = not job.is_utf8 and _is_big5(lines)
        decode = _decode_utf8 if job.is_utf8 else _decode_big5 if job.is_big5 else _decode
        job.lines = [_laid_out(line, decode) for line in lines if line] if self.is_readable else []
        job.is_unreadable = not self.is_readable
        return job

    def _take(self, token: Token) -> None:
        name = token.name
        self._end_by_return(name)
        if name in FEEDS:
            self._feed_line(token)
        elif name == "text":
            self._line.append(("text", token.raw, self.ink))
            self._blank_feeds = 0
        elif name in ("ESC $", "ESC \\", "HT"):
            self._line.append(({"ESC $": "at", "HT": "tab"}.get(name, "by"), token.body, self.ink))
        elif name in PICTURES:
            self._job.pictures += 1
            self._blank_feeds = 0
        else:
            self._symbols.take(token)
            self._mark(name)

    def _end_by_return(self, name: str) -> None:
        """A lone CR before text ends a line, too."""
        if self._is_returned and name == "text" and not self.is_at_line_start:
            self._done.append(self._line)
            self._line = []
        self._is_returned = name == "CR"

    def _mark(self, name: str) -> None:
        self._unknown += name == "unknown"
        self._job.is_page_mode |= name == "ESC L"
        self._job.is_unreadable |= name in BAD or self._unknown > 5

    def _feed_line(self, token: Token) -> None:
        if not self.is_at_line_start:
            if len(self._done) < MOST_LINES:
                self._done.append(self._line)
            rows = token.body[0] - 1 if token.name == "ESC d" and token.body else 0
            self._blank_feeds = max(rows, 0)
        else:
            self._blank_feeds += token.body[0] if token.name == "ESC d" and token.body else 1
        self._line = []


def _laid_out(line: list[_Piece], decode: Callable[[bytes, Ink], str]) -> Line:
    text, column, inks = "", 0, []
    for kind, raw, ink in _joined(line):
        if kind == "text":
            said = decode(raw, ink)
            text, column = text + said, column + width(said) * ink.columns
            inks += [ink] if said.strip() else []
            continue
        target = _target(kind, raw, column)
        gap = max(target - column, 2 if text.strip() else 0) if target > column else 0
        text, column = text + " " * gap, column + gap
    text = _without_frame(text[:MOST_TEXT])
    first = inks[0] if inks else Ink()
    scale = max((ink.columns for ink in inks), default=1)
    return Line(text, first.align, any(ink.is_big for ink in inks), scale)


_FRAME = re.compile(r"^\s*[|│┃].*[|│┃]\s*$")
_LEADER = re.compile(r"(?<=[^\s.·…])[.·…]{3,}(?=[-¥￥\dA-Za-z])|[.·…]{5,}")


def _without_frame(text: str) -> str:
    """Blanks for the bars of a drawn table, and for dots that lead from a word to its number."""
    if is_rule(text):
        return text
    if _FRAME.match(text):
        text = re.sub(r"[|│┃]", " ", text)
    return _LEADER.sub(lambda found: " " * len(found[0]), text)


def _target(kind: str, raw: bytes, column: int) -> int:
    if kind == "tab":
        return (column // TAB + 1) * TAB
    dots = int.from_bytes(raw[:2], "little")
    if kind == "by":
        dots = dots + column * DOTS if dots < 0x8000 else 0
    return min(round(dots / DOTS), MOST_COLUMNS)


def _joined(line: list[_Piece]) -> Iterator[_Piece]:
    """Neighbouring texts of one look as one: a character may have been split between them."""
    held: _Piece | None = None
    for piece in line:
        if held and held[0] == piece[0] == "text" and held[2] == piece[2]:
            held = ("text", held[1] + piece[1], piece[2])
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


@lru_cache(4096)
def width(text: str) -> int:
    """Columns that a text takes on paper: two for a Han character, one for a letter."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _decode(raw: bytes, ink: Ink) -> str:
    if ink.is_utf8:
        return _decode_utf8(raw, ink)
    if ink.is_chinese:
        return raw.decode("gb18030", "replace")
    return raw.decode(PAGES.get(ink.page, "cp437"), "replace")


def _decode_utf8(raw: bytes, _ink: Ink) -> str:
    return raw.decode("utf-8", "replace")


def _decode_big5(raw: bytes, ink: Ink) -> str:
    return raw.decode("big5hkscs", "replace") if ink.is_chinese else _decode(raw, ink)


_THREE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")


def _raw_of(lines: list[list[_Piece]]) -> bytes:
    return b"\n".join(piece[1] for line in lines for piece in _joined(line) if piece[0] == "text")


def _is_big5(lines: list[list[_Piece]]) -> bool:
    """Tills of Taiwan and Hong Kong: at least two of their words stand there, and none in GBK."""
    raw = _raw_of(lines)
    return len(set(BIG5_WORDS.findall(raw))) >= 2 and not GBK_WORDS.search(raw)


def _is_utf8(lines: list[list[_Piece]]) -> bool:
    """GBK text is practically never valid UTF-8 over a whole receipt."""
    raw = _raw_of(lines)
    if not _THREE.search(raw):
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def sheets_of(tokens: list[Token]) -> list[Job]:
    """All pieces of paper of a whole stream."""
    sheets = Sheets()
    jobs = [sheets.feed(token) for token in tokens]
    return [job for job in [*jobs, sheets.end()] if job]
