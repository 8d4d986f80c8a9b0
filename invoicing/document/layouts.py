"""Blank invoices, set by xhtml2pdf once in a process: their captions and rules, and the places of
the values, which the template itself names.

A template is set twice: blank, which gives the drawing, and with a letter in each place, of a
colour that nothing else has, which gives the places. Only files of ours are set here; nothing of
a guest's.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pypdf
import xhtml2pdf.default  # type: ignore[import-untyped]
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy  # type: ignore[import-untyped]

from invoicing.document import ink
from invoicing.document.ink import MAIN, font

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&*+-/:;=?@^_|~"
FONT_NAME = "/F1+0"  # of the first font of a document, its first subset
NOTHING = re.compile(
    r"BT(?: [^()\n]*)? /F\d+ [\d.]+ Tf [\d.]+ TL ET\n?|BT [^()]*\( *\) Tj T\* [^()]*?ET\n?"
)
SLOT_COLOUR = [1, 2, 3]
LIST_ROWS = 100  # rows from here on stand on the page of the list
MOVES = frozenset({b"BT", b"Td", b"TD", b"Tm", b"T*"})
MAPPED = re.compile(r"<([0-9A-F]{2})> <([0-9A-F]{4})>")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value goes, in points from the lower left corner: the ends of its first letter."""

    left: float
    right: float
    y: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Blank:
    """One page: a content stream, and the places of its slots by name."""

    drawing: str
    places: dict[str, Place]


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of a template. They show the codes of `characters`, given out in that order, in the
    font called FONT_NAME."""

    pages: tuple[Blank, ...]
    characters: str
    size: tuple[float, float]


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def render(html: str) -> bytes:
    """HTML to PDF, with our font and without reading or fetching anything.

    Raises RuntimeError when the renderer reports an error.
    """
    font(MAIN)
    xhtml2pdf.default.DEFAULT_FONT[MAIN] = MAIN
    out = io.BytesIO()
    policy = ResourceAccessPolicy.server(None, allow_remote=False)
    result = pisa.CreatePDF(html, dest=out, encoding="utf-8", resource_policy=policy)
    if result.err:
        raise RuntimeError("the renderer reports an error")
    return out.getvalue()


class _Lettering:
    """Gives each slot a letter: the first two rows of goods too, the others have none."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def __call__(self, slot: str, row: int | None = None) -> str:
        if row is not None and row % LIST_ROWS > 1:
            return ""
        letter = LETTERS[len(self.names) % len(LETTERS)]
        self.names[slot if row is None else f"{slot}.{row}"] = letter
        return letter


@cache
def layout(name: str) -> Layout:
    """The blank pages of `templates/<name>.html`. The first call takes some tenths of a second."""
    template = _templates().get_template(f"{name}.html")
    lettering = _Lettering()
    marked = _pages(render(template.render(slot=lettering)))
    blank = _pages(render(template.render(slot=lambda *_: "")))
    found = [_places(page) for page in marked]
    named = iter(lettering.names.items())
    pages = tuple(
        Blank(_drawing(page), dict(islice(_placed(named, places), len(places))))
        for page, places in zip(blank, found, strict=True)
    )
    return _layout(blank[0], pages)


def _placed(
    named: Iterator[tuple[str, str]], places: dict[str, Place]
) -> Iterator[tuple[str, Place]]:
    """Slots are met in the order in which the template names them, page by page."""
    for slot, letter in named:
        yield slot, places[letter]


def _pages(pdf: bytes) -> list[Any]:
    return list(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def _drawing(page: Any) -> str:
    """Without what shows nothing: blanks, and the choice of a font that is not used."""
    [(name, _)] = _main_fonts(page)
    drawing: str = page.get_contents().get_data().decode("latin-1")
    return NOTHING.sub("", drawing).replace(f"{name} ", f"{FONT_NAME} ")


def _layout(first: Any, pages: tuple[Blank, ...]) -> Layout:
    given = [character for code, character in _characters(first).items() if _is_given_out(code)]
    box = first.mediabox
    return Layout(
        pages=pages,
        characters="".join(character for character in given if character != "\0"),
        size=(float(box.width), float(box.height)),
    )


def _main_fonts(page: Any) -> list[tuple[str, Any]]:
    fonts = page["/Resources"]["/Font"].items()
    return [(name, one.get_object()) for name, one in fonts if "/ToUnicode" in one.get_object()]


def _characters(page: Any) -> dict[int, str]:
    """What each code of the main font shows."""
    [(_, used)] = _main_fonts(page)
    mapped = MAPPED.findall(used["/ToUnicode"].get_object().get_data().decode("latin-1"))
    return {int(code, 16): chr(int(character, 16)) for code, character in mapped}


def _is_given_out(code: int) -> bool:
    """reportlab keeps ASCII in its places and gives the others out as they come."""
    return code < 32 or code >= 127


def _places(page: Any) -> dict[str, Place]:
    """Where the letters in the colour of the slots stand."""
    found: dict[str, Place] = {}
    known = _characters(page)
    now = {"is_slot": False, "size": 0.0, "gone": 0.0}

    def look(operator: bytes, operands: Any, cm: list[float], tm: list[float]) -> None:
        if operator == b"rg":
            now["is_slot"] = [round(255 * float(part)) for part in operands] == SLOT_COLOUR
        elif operator == b"Tf":
            now["size"] = float(operands[1])
        elif operator in MOVES:
            now["gone"] = 0.0
        elif operator == b"Tj":
            text = "".join(known.get(code, " ") for code in _codes(operands[0]))
            left, wide = cm[4] + tm[4] + now["gone"], ink.width(text, now["size"])
            now["gone"] += wide
            if now["is_slot"] and text.strip():
                found[text.strip()] = Place(left, left + wide, cm[5] + tm[5])

    page.extract_text(visitor_operand_before=look)
    return found


def _codes(operand: Any) -> bytes:
    return operand if isinstance(operand, bytes) else str(operand).encode("latin-1")
