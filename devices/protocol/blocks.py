"""What stands on a piece of paper, in blocks, before any printer language is chosen."""

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

MOST_QR_CHARACTERS = 90  # more makes the symbol too fine for 203 dpi at 25 mm
MOST_BARCODE_CHARACTERS = 24


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
    """A QR symbol in the middle: level M, at most 90 characters of ASCII."""

    data: str

    def __post_init__(self) -> None:
        if len(self.data) > MOST_QR_CHARACTERS or not _is_plain(self.data):
            raise ValueError("a QR symbol holds at most 90 characters of ASCII")


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 symbol in the middle with its letters below: at most 24 characters of ASCII."""

    data: str

    def __post_init__(self) -> None:
        if len(self.data) > MOST_BARCODE_CHARACTERS or not _is_plain(self.data):
            raise ValueError("a barcode holds at most 24 characters of ASCII")


@dataclass(frozen=True, slots=True)
class Sign:
    """Room for a signature above a line, with a caption before it (签字栏)."""

    caption: str


@dataclass(frozen=True, slots=True)
class Feed:
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the piece of paper. A printer without a cutter only feeds."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """Opens the cash drawer (钱箱). No template can say it: only who takes cash asks for it."""


@dataclass(frozen=True, slots=True)
class Buzz:
    """A short sound where the printer has one."""


Block = Text | Pair | Rule | QrCode | Barcode | Sign | Feed | Cut | Drawer | Buzz
_BY_NAME: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Text, Pair, Rule, QrCode, Barcode, Sign, Feed, Cut, Drawer, Buzz)
}


def to_json(blocks: list[Block]) -> list[dict[str, Any]]:
    """The blocks as JSON; `from_json` gives the same again."""
    return [{"block": type(block).__name__, **_plain(asdict(block))} for block in blocks]


def from_json(stored: list[dict[str, Any]]) -> list[Block]:
    """Raises KeyError, TypeError or ValueError for what `to_json` never wrote."""
    return [_block(dict(one)) for one in stored]


def _block(facts: dict[str, Any]) -> Block:
    kind = _BY_NAME[facts.pop("block")]
    if "align" in facts:
        facts["align"] = Align[facts["align"]]
    block: Block = kind(**facts)
    return block


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: one.name if isinstance(one, Align) else one for key, one in facts.items()}


def _is_plain(data: str) -> bool:
    """Letters, digits and signs that every symbol holds and no printer obeys."""
    return bool(data) and all(" " <= letter <= "~" for letter in data)
