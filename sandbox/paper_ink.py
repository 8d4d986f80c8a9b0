"""What a print head leaves on paper: characters, symbols, bars and pictures as black-on-white
dots (203 to the inch), and the sheet that is torn off in the end."""

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import qrcode  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont, ImageOps
from qrcode import constants
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]

from sandbox.bars import bars_of

FONT = Path(__file__).parent.parent / "core" / "fonts" / "NotoSansSC.ttf"
DOTS_PER_INCH = 203
WHITE, BLACK = 255, 0
_EDGE, _TOOTH = 32, 8
_PAPER, _INK, _DESK = (252, 251, 247), (38, 34, 40), (222, 224, 228)
_LEVELS = {
    48: constants.ERROR_CORRECT_L,
    49: constants.ERROR_CORRECT_M,
    50: constants.ERROR_CORRECT_Q,
    51: constants.ERROR_CORRECT_H,
}

Dots = Image.Image
"""A picture in mode L whose dots are BLACK or WHITE."""


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


@dataclass(frozen=True, slots=True)
class Cell:
    """Room for one character: `width` and `height` dots, enlarged `wide` and `high` times."""

    width: int = 12
    height: int = 24
    wide: int = 1
    high: int = 1


@lru_cache(maxsize=4096)
def letter(sign: str, cell: Cell, *, is_bold: bool) -> Dots:
    """One character in the middle of its cell; wider shapes are squeezed into it."""
    width, height = cell.width * cell.wide, cell.height * cell.high
    font = _font(max(6, round(height * 0.96)))
    bold = cell.high if is_bold else 0
    shape = Image.new("L", (max(1, round(font.getlength(sign))) + bold, height), WHITE)
    pen = ImageDraw.Draw(shape)
    for shift in range(bold + 1):
        pen.text((shift, height * 0.85), sign, font=font, fill=BLACK, anchor="ls")
    wished = max(1, min(width, shape.width * cell.wide // cell.high))
    if wished != shape.width:
        shape = shape.resize((wished, height), Image.Resampling.LANCZOS)
    dots = Image.new("L", (width, height), WHITE)
    dots.paste(shape, ((width - wished) // 2, 0))
    return dots.point(lambda grey: BLACK if grey < 165 else WHITE)


def qr_symbol(data: bytes, level: int, module: int) -> Dots | None:
    """A QR code without its quiet zone; `level` 48-51 is L M Q H. None when nothing fits."""
    symbol = qrcode.QRCode(error_correction=_LEVELS.get(level, constants.ERROR_CORRECT_L), border=0)
    symbol.add_data(data)
    try:
        symbol.make(fit=True)
    except (DataOverflowError, ValueError):
        return None
    rows = symbol.get_matrix()
    dots = Image.new("L", (len(rows), len(rows)), WHITE)
    dots.putdata([BLACK if dark else WHITE for row in rows for dark in row])
    return dots.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST)


def bar_symbol(kind: int, data: bytes, module: int, height: int) -> tuple[Dots, str] | None:
    """The bars of a GS k command and their text; None when the data does not fit the type."""
    try:
        widths, shown = bars_of(kind, data)
    except ValueError:
        return None
    dots = Image.new("L", (sum(map(int, widths)) * module, height), WHITE)
    x = 0
    for width, ink in zip(map(int, widths), cycle((BLACK, WHITE))):
        dots.paste(ink, (x, 0, x + width * module, height))
        x += width * module
    return dots, shown


def caption(text: str, high: int = 24) -> Dots:
    """A line of half-width characters: the text under bars, or a stand-in for what is not drawn."""
    dots = Image.new("L", (max(1, len(text)) * high // 2, high), WHITE)
    for at, sign in enumerate(text):
        dots.paste(letter(sign, Cell(high // 2, high), is_bold=False), (at * high // 2, 0))
    return dots


def raster(data: bytes, row_bytes: int, rows: int) -> Dots:
    """Rows of eight dots a byte, highest bit left; missing bytes are white."""
    size = row_bytes * rows
    bits = Image.frombytes("1", (row_bytes * 8, rows), data[:size].ljust(size, b"\0"))
    return ImageOps.invert(bits.convert("L"))


def columns(data: bytes, bytes_high: int) -> Dots:
    """Columns of `bytes_high` bytes, highest bit on top, from left to right."""
    wide = len(data) // bytes_high
    turned = raster(data, bytes_high, wide)
    return turned.transpose(Image.Transpose.TRANSPOSE)


def enlarged(dots: Dots, wide: int, high: int) -> Dots:
    """Each dot as `wide` times `high` dots."""
    if (wide, high) == (1, 1):
        return dots
    return dots.resize((dots.width * wide, dots.height * high), Image.Resampling.NEAREST)


def png_of(roll: Dots, *, is_cut: bool) -> bytes:
    """The printed strip as a piece of paper: margins, a toothed edge where the cutter went."""
    width, height = roll.width + 2 * _EDGE, roll.height + 2 * _EDGE
    sheet = Image.new("RGB", (width, height), _PAPER)
    sheet.paste(_INK, (_EDGE, _EDGE), ImageOps.invert(roll))
    _tear(sheet, 0, 1)
    if is_cut:
        _tear(sheet, height - 1, -1)
    out = io.BytesIO()
    few = sheet.quantize(colors=8, dither=Image.Dither.NONE)
    few.save(out, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), optimize=True)
    return out.getvalue()


def _tear(sheet: Image.Image, y: int, inwards: int) -> None:
    pen = ImageDraw.Draw(sheet)
    for x in range(0, sheet.width, _TOOTH):
        tip = (x + _TOOTH // 2, y + inwards * _TOOTH // 2)
        pen.polygon([(x, y), tip, (x + _TOOTH, y)], fill=_DESK)
