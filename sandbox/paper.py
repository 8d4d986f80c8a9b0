"""One printed job: the tokens become lines of dots, and the facts a test wants to know.

The picture is what a 203-dpi thermal printer would leave; text, symbols and counts are kept beside
it so that nobody needs to read the picture for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from PIL import Image, ImageDraw, ImageOps

from sandbox import paper_ink as ink
from sandbox import paper_style
from sandbox.escpos import Token
from sandbox.paper_graphics import Graphics
from sandbox.paper_ink import BLACK, WHITE, Cell, Dots
from sandbox.paper_style import Style
from sandbox.paper_text import GB, UTF8, columns_of, decode, is_utf8

DOTS_PER_COLUMN = 12
CUTS = ("GS V", "ESC i", "ESC m")
LONGEST = 16_000
"""Dots of paper one job may take (two metres); the rest is not drawn."""


@dataclass(slots=True)
class Paper:
    """What one job left behind. `symbols` are `{kind, text}` in the order of printing."""

    lines: list[str] = field(default_factory=list)
    symbols: list[dict[str, str]] = field(default_factory=list)
    images: int = 0
    drawer_pulses: int = 0
    beeps: int = 0
    unknown: int = 0
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing was printed and nothing moved: a probe, a status question, an empty cut."""
        marks = self.symbols or self.images or self.drawer_pulses or self.beeps
        return not (marks or any(line.strip() for line in self.lines))

    def facts(self) -> dict[str, Any]:
        """Everything as JSON."""
        return asdict(self)


class Press:
    """The printing part of a printer. `style` outlives the job, as in a real one."""

    def __init__(self, columns: int, style: Style) -> None:
        self.style = style
        self.paper = Paper()
        self.width = columns * DOTS_PER_COLUMN
        self._graphics = Graphics(style)
        self._strips: list[Dots] = []
        self._line: list[tuple[int, Dots]] = []
        self._text = ""
        self._x = 0
        self._charset: str | None = None

    def run(self, tokens: Sequence[Token]) -> Paper:
        """Print a job and give its facts; never raises, whatever the bytes were."""
        if self.style.charset == GB and is_utf8(t.raw for t in tokens if t.name == "text"):
            self._charset = UTF8
        for token in tokens:
            self._obey(token)
        self._end_line(only_if_begun=True)
        return self.paper

    def _obey(self, token: Token) -> None:
        if paper_style.apply(self.style, token):
            return
        printed = self._graphics.obey(token)
        if printed is not None:
            self._place_block(printed.dots, printed.kind, printed.text)
            return
        action = _ACTIONS.get(token.name)
        if action is not None:
            action(self, token.body)
        elif token.name in ("unknown", "broken", "cut short"):
            self.paper.unknown += 1

    @property
    def _area(self) -> int:
        left = max(DOTS_PER_COLUMN, self.width - self.style.margin)
        return min(self.style.area or left, left)

    def write(self, raw: bytes) -> None:
        """Put a run of text on the line; a full line goes on below."""
        charset = self._charset or self.style.charset
        for sign in decode(raw, charset):
            self._write_sign(sign, columns_of(sign, charset))

    def _write_sign(self, sign: str, columns: int) -> None:
        dots = self._inked(sign, columns)
        if self._x + dots.width > self._area and self._line:
            self._end_line()
        self._line.append((self._x, dots))
        self._text += sign
        self._x += dots.width

    def _inked(self, sign: str, columns: int) -> Dots:
        style = self.style
        wide, high = (style.han_wide, style.han_high) if columns == 2 else (style.wide, style.high)
        cell = Cell(*((9 * columns, 17) if style.is_small else (12 * columns, 24)), wide, high)
        dots = ink.letter(sign, cell, is_bold=style.is_bold)
        gap = (style.han_gap if columns == 2 else style.gap) * wide
        if gap or style.underline or style.is_reverse:
            dots = self._decorated(dots, gap)
        return dots

    def _decorated(self, dots: Dots, gap: int) -> Dots:
        cell = Image.new("L", (dots.width + gap, dots.height), WHITE)
        cell.paste(dots, (0, 0))
        if self.style.underline:
            top = cell.height - self.style.underline
            ImageDraw.Draw(cell).rectangle((0, top, cell.width, cell.height), fill=BLACK)
        return ImageOps.invert(cell) if self.style.is_reverse else cell

    def line_feed(self, _: bytes = b"") -> None:
        """LF: print the line, or feed an empty one."""
        self._end_line()

    def feed_lines(self, body: bytes) -> None:
        """ESC d n."""
        self._end_line(only_if_begun=True)
        self._feed(body[0] * self.style.spacing)

    def feed_dots(self, body: bytes) -> None:
        """ESC J n; ESC J 0 prints and stays."""
        self._end_line(only_if_begun=True)
        self._feed(body[0])

    def move_to(self, body: bytes) -> None:
        """ESC $: a place from the left margin."""
        self._jump(body[0] | body[1] << 8)

    def move_by(self, body: bytes) -> None:
        """ESC \\: a signed distance from here."""
        self._jump(self._x + int.from_bytes(body[:2], "little", signed=True))

    def tab(self, _: bytes) -> None:
        """HT: the next tab stop, if there is one."""
        stops = [stop * DOTS_PER_COLUMN * self.style.wide for stop in self.style.tabs]
        self._jump(next((stop for stop in stops if stop > self._x), self._x))

    def cut(self, body: bytes) -> None:
        """GS V, ESC i, ESC m: the job's end; GS V 65/66 n feeds before it."""
        self._end_line(only_if_begun=True)
        if len(body) == 2:
            self._feed(body[1])
        self.paper.is_cut = True

    def pulse(self, _: bytes) -> None:
        """ESC p: the cash drawer jumps open."""
        self.paper.drawer_pulses += 1

    def real_time(self, body: bytes) -> None:
        """DLE DC4 1 is a drawer pulse at once."""
        self.paper.drawer_pulses += body[:1] == b"\x01"

    def beep(self, _: bytes) -> None:
        """ESC B: the buzzer."""
        self.paper.beeps += 1

    def inline(self, body: bytes) -> None:
        """ESC *: dots as part of the line, like a character."""
        dots = self._graphics.column_image(body)
        self.paper.images += 1
        self._line.append((self._x, dots))
        self._x += dots.width

    def _jump(self, x: int) -> None:
        if x > self._x:
            self._text += " " * max(1, (x - self._x) // DOTS_PER_COLUMN)
        self._x = min(max(0, x), self._area)

    def _feed(self, dots: int) -> None:
        if dots:
            self._strips.append(Image.new("L", (self.width, dots), WHITE))

    def _end_line(self, *, only_if_begun: bool = False) -> None:
        if not self._line:
            self._x = 0
            if not only_if_begun:
                self._add_text("")
                self._feed(self.style.spacing)
            return
        height = max(dots.height for _, dots in self._line)
        row = Image.new("L", (self.width, max(height, self.style.spacing)), WHITE)
        shift = self._shift(max(x + dots.width for x, dots in self._line))
        for x, dots in self._line:
            row.paste(dots, (shift + x, height - dots.height))
        self._strips.append(row)
        self._add_text(self._text)
        self._line, self._text, self._x = [], "", 0

    def _add_text(self, text: str) -> None:
        self.paper.lines.append(text.rstrip())

    def _shift(self, width: int) -> int:
        return self.style.margin + max(0, self._area - width) * self.style.align // 2

    def _place_block(self, dots: Dots | None, kind: str, text: str) -> None:
        """A picture or symbol on lines of its own."""
        if dots is None:
            return
        self._end_line(only_if_begun=True)
        row = Image.new("L", (self.width, dots.height), WHITE)
        row.paste(dots, (self._shift(dots.width), 0))
        self._strips.append(row)
        if kind == "image":
            self.paper.images += 1
        else:
            self.paper.symbols.append({"kind": kind, "text": text})

    def roll(self) -> Dots:
        """The printed strip, as long as the job made it."""
        height = min(sum(strip.height for strip in self._strips), LONGEST)
        roll = Image.new("L", (self.width, max(height, 1)), WHITE)
        y = 0
        for strip in self._strips:
            roll.paste(strip, (0, y))
            y += strip.height
        return roll


_ACTIONS: dict[str, Callable[[Press, bytes], None]] = {
    "text": Press.write,
    "LF": Press.line_feed,
    "FF": Press.line_feed,
    "HT": Press.tab,
    "ESC d": Press.feed_lines,
    "ESC J": Press.feed_dots,
    "ESC $": Press.move_to,
    "ESC \\": Press.move_by,
    "ESC *": Press.inline,
    "ESC p": Press.pulse,
    "ESC B": Press.beep,
    "DLE DC4": Press.real_time,
    "GS V": Press.cut,
    "ESC i": Press.cut,
    "ESC m": Press.cut,
}
