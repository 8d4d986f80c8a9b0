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
    pen, x = ImageDraw.Draw(picture), indent * COLUMN_DOTS
    for character in line:
        wide = width(character) * COLUMN_DOTS * scale
        for shift in range(2 if is_bold else 1):
            where = (x + shift + wide / 2, LINE_DOTS * scale / 2)
            pen.text(where, character, fill=1, font=_font(24 * scale), anchor="mm")
        x += wide
    wide_bytes, high = (dots + 7) // 8, LINE_DOTS * scale
    return (
        b"\x1dv0\0"
        + wide_bytes.to_bytes(2, "little")
        + high.to_bytes(2, "little")
        + (picture.tobytes())
    )
