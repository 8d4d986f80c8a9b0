"""Text on a page: which font has a character, how wide a text is, where its lines break.

A character that neither font has is set as MISSING, never as a black box or as nothing.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

FONTS = Path(__file__).resolve().parents[2] / "core/fonts"
MAIN = "cjk"
RARE = "rare"  # what GB 18030 has and the main font has not
FILES = {MAIN: "NotoSansSC.ttf", RARE: "RareHan.ttf"}
MISSING = "〓"  # typesetters' mark for a character that is not at hand
WORD = re.compile(r"[!-~]+|.")


class Face(TTFont):  # type: ignore[misc]
    """A font whose text can be copied out of the file beyond U+FFFF too."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802  reportlab's name
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        marks = [name for name in doc.idToObject if name.startswith("toUnicodeCMap:")]
        mine = [name for name in marks if name.endswith(self.face.name.decode())]
        for name, subset in zip(sorted(mine), subsets, strict=True):
            if max(subset) > 0xFFFF:
                stream = doc.idToObject[name]
                stream.content = re.sub(r"<([0-9A-F]{5})>", _utf16, stream.content)


def _utf16(found: "re.Match[str]") -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


@cache
def font(name: str) -> Any:
    """One of our fonts, read once in a process and known to reportlab and xhtml2pdf."""
    made = Face(name, str(FONTS / FILES[name]))
    pdfmetrics.registerFont(made)
    pdfmetrics.registerFontFamily(name, *[name] * 4)
    return made


@cache
def font_of(character: str) -> str:
    """The name of the font that has it; empty when none has."""
    return next((name for name in FILES if ord(character) in font(name).face.charToGlyph), "")


def shown(text: str) -> str:
    """The text as it can be set: blanks for control characters, MISSING for what no font has."""
    kept = (character if character.isprintable() else " " for character in text)
    return "".join(one if font_of(one) else MISSING for one in kept)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Font and text of each part that one font can set; `text` has gone through `shown`."""
    for name, part in groupby(text, font_of):
        yield name, "".join(part)


@cache
def _em(character: str) -> float:
    return float(font(font_of(character)).face.getCharWidth(ord(character))) / 1000


def width(text: str, size: float) -> float:
    """Points."""
    return size * sum(map(_em, text))


def broken(text: str, room: float, size: float) -> list[str]:
    """Lines of at most `room` points. Words of Latin letters stay whole where they fit a line."""
    lines = [""]
    left = room
    for word in _words(text, room, size):
        wide = width(word, size)
        if wide > left and lines[-1]:
            lines.append("")
            left = room
        if lines[-1] or word != " ":
            lines[-1] += word
            left -= wide
    return [line.rstrip() for line in lines]


def _words(text: str, room: float, size: float) -> Iterator[str]:
    for word in WORD.findall(text):
        if width(word, size) <= room:
            yield word
        else:
            yield from word


def fitted(text: str, room: float, steps: tuple[tuple[float, int], ...]) -> tuple[float, list[str]]:
    """Size and lines of a text: the first of the steps (size, most lines) that holds it.

    What fits none of them is cut at the last one with an ellipsis.
    """
    for size, rows in steps:
        lines = broken(text, room, size)
        if len(lines) <= rows:
            return size, lines
    size, rows = steps[-1]
    lines = broken(text, room - size, size)[:rows]
    return size, [*lines[:-1], lines[-1] + "…"]
