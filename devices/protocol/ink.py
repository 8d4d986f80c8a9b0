"""A line of text as a picture (点阵), for characters that a printer's own font lacks."""

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from devices.protocol.text import width

FONT = Path(__file__).parents[2] / "core" / "fonts" / "NotoSansSC.ttf"
COLUMN_DOTS, LINE_DOTS = 12, 30
NOWHERE = "\U0010ffff"  # what the font draws for a character it lacks


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


@cache
def _mark_of_nothing() -> bytes:
    return bytes(_font(24).getmask(NOWHERE))


@cache
def has_glyph(character: str) -> bool:
    """Whether our font can draw it. It knows every character of GB 18030 level 2."""
    return character == " " or bytes(_font(24).getmask(character)) != _mark_of_nothing()


def drawn(line: str, dots: int, *, indent: int = 0, scale: int = 1, is_bold: bool = False) -> bytes:
    """The GS v 0 picture of one line on paper of `dots`, begun `indent` columns from the left."""
    picture = Image.new("1", (dots, LINE_DOTS * scale), 0)
    glyphs(ImageDraw.Draw(picture), line, ink=1, indent=indent, scale=scale, is_bold=is_bold)
    wide, high = (dots + 7) // 8, LINE_DOTS * scale
    head = b"\x1dv0\0" + wide.to_bytes(2, "little") + high.to_bytes(2, "little")
    return head + picture.tobytes()


def glyphs(
    pen: ImageDraw.ImageDraw, line: str, *, ink: int, indent: int, scale: int, is_bold: bool
) -> None:
    """Write a line on the printer's grid: 12 dots a column, 24 a Han."""
    x = indent * COLUMN_DOTS
    for character in line:
        wide = width(character) * COLUMN_DOTS * scale
        for shift in range(2 if is_bold else 1):
            where = (x + shift + wide / 2, LINE_DOTS * scale / 2)
            pen.text(where, character, fill=ink, font=_font(_size(character) * scale), anchor="mm")
        x += wide


def _size(character: str) -> int:
    """A letter is drawn a little smaller, so that a wide one stays in its column."""
    return 20 if character.isascii() else 24
