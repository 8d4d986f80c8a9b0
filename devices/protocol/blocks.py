"""What stands on a piece of paper, in blocks, before any printer language is chosen."""

from dataclasses import dataclass
from enum import Enum


class Align(Enum):
    LEFT = 0
    CENTER = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph. It is wrapped by columns; `is_big` is double width and height."""

    text: str
    align: Align = Align.LEFT
    is_big: bool = False
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A caption at the left edge and a value at the right one, as a total has it."""

    left: str
    right: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of hyphens over the whole width."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR symbol in the middle, drawn by the printer: level M, at most 90 characters of ASCII."""

    data: str


@dataclass(frozen=True, slots=True)
class Feed:
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the piece of paper. A printer without a cutter only feeds."""


Block = Text | Pair | Rule | QrCode | Feed | Cut
