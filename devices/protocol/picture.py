"""A paper as a picture, as a printer of this profile would leave it: to look at before printing."""

import io

from barcode.codex import Code128  # type: ignore[import-untyped]
from PIL import Image, ImageDraw

from devices.box.qr import modules
from devices.protocol.blocks import Barcode, Block, Feed, Pair, QrCode, Rule, Sign, Text
from devices.protocol.escpos import QR_DOTS, SIGN_LINES
from devices.protocol.ink import LINE_DOTS, glyphs
from devices.protocol.profile import Profile
from devices.protocol.text import pair, visible, width, wrap
from devices.rules import QrWay

MARGIN, BAR_HIGH, BAR_DOTS = 24, 64, 2
MOST_LINES = 2_000


class Strip:
    """A roll of paper that grows downwards; `y` is where the head stands."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._rows: list[Image.Image] = []

    def picture(self) -> Image.Image:
        high = sum(row.height for row in self._rows) + 2 * MARGIN
        paper = Image.new("L", (self._profile.dots + 2 * MARGIN, high), 255)
        y = MARGIN
        for row in self._rows:
            paper.paste(row, (MARGIN, y))
            y += row.height
        return paper

    def line(self, text: str, *, scale: int = 1, is_bold: bool = False, indent: int = 0) -> None:
        row = self._row(LINE_DOTS * scale)
        glyphs(ImageDraw.Draw(row), text, ink=0, indent=indent, scale=scale, is_bold=is_bold)

    def put(self, block: Block) -> None:
        """What leaves no mark (a cut, a pulse) adds nothing."""
        if len(self._rows) > MOST_LINES:
            return
        match block:
            case Text() | Pair() | Rule():
                self._words(block)
            case Sign(caption):
                said = wrap(visible(caption), self._profile.columns - 8)[-1]
                self._row(LINE_DOTS * SIGN_LINES)
                self.line(said + "_" * (self._profile.columns - width(said)))
            case Feed(lines):
                self._row(LINE_DOTS * lines)
            case QrCode(data) if self._profile.qr is not QrWay.OFF:
                self._symbol(modules(data.encode()))
            case Barcode(data):
                self._bars(data)

    def _words(self, block: Text | Pair | Rule) -> None:
        columns = self._profile.columns
        match block:
            case Text(text, align, is_big, is_bold):
                scale = 2 if is_big else 1
                for line in wrap(visible(text), columns // scale):
                    free = columns - width(line) * scale
                    indent = (0, free // 2, free)[align.value]
                    self.line(line, scale=scale, is_bold=is_bold, indent=indent)
            case Pair(left, right, is_bold):
                for line in pair(visible(left), visible(right), columns):
                    self.line(line, is_bold=is_bold)
            case Rule():
                self.line("-" * columns)

    def _symbol(self, grid: list[list[bool]]) -> None:
        side = len(grid) * QR_DOTS
        row = self._row(side + 2 * QR_DOTS)
        pen, left = ImageDraw.Draw(row), (self._profile.dots - side) // 2
        for y, cells in enumerate(grid):
            for x, is_dark in enumerate(cells):
                if is_dark:
                    at = (left + x * QR_DOTS, (y + 1) * QR_DOTS)
                    pen.rectangle((*at, at[0] + QR_DOTS - 1, at[1] + QR_DOTS - 1), fill=0)

    def _bars(self, data: str) -> None:
        bars = Code128(data).build()[0]
        row = self._row(BAR_HIGH + 6)
        pen, left = ImageDraw.Draw(row), (self._profile.dots - len(bars) * BAR_DOTS) // 2
        for at, bar in enumerate(bars):
            if bar == "1":
                x = left + at * BAR_DOTS
                pen.rectangle((x, 3, x + BAR_DOTS - 1, BAR_HIGH), fill=0)
        self.line(data, indent=(self._profile.columns - len(data)) // 2)

    def _row(self, high: int) -> Image.Image:
        row = Image.new("L", (self._profile.dots, high), 255)
        self._rows.append(row)
        return row


def png_of(blocks: list[Block], profile: Profile) -> bytes:
    """The picture as PNG; its width is the paper's in printer dots, and a margin."""
    strip = Strip(profile)
    for block in blocks:
        strip.put(block)
    out = io.BytesIO()
    strip.picture().save(out, "PNG", optimize=True)
    return out.getvalue()
