"""What a box sends of one paper -> values we believe as far as they fit. No table, no clock.

A box is a program on somebody else's shelf: everything is looked at as if a stranger had sent it.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.clock import SHOP_ZONE
from devices.box.masking import masked
from devices.boxes.errors import PaperUnreadable
from devices.boxes.rules import PaperKind

KEY = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-_/]{0,39}")
MOMENT = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)?")
MOST_FEN = 2**32 - 1
MOST_LINES = 600
MOST_TEXT = 2_000
MOST_RAW = 4 * 1024 * 1024
MOST_SENT = 900_000

Line = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """One paper. A doubtful one has what could be read of it, and `doubts`."""

    key: str
    kind: PaperKind
    order_no: str = ""
    sold_at: datetime | None = None
    due_fen: int | None = None
    origin_no: str = ""
    code: str = ""
    lines: tuple[Line, ...] = ()
    doubts: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    raw: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Day and number: what stands for the order in its code."""
        return f"{self._day} {self.order_no}" if self.sold_at and self.order_no else ""

    @property
    def _day(self) -> str:
        assert self.sold_at
        return self.sold_at.astimezone(SHOP_ZONE).date().isoformat()


def read_paper(body: dict[str, Any]) -> Told:
    """Raises PaperUnreadable only where nothing can be kept: a body without a key.

    An order that does not fit is a doubtful paper, so that a person sees it.
    """
    key = body.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise PaperUnreadable(place="key")
    text, raw = _text(body.get("text")), _raw(body.get("raw"))
    order = body.get("order")
    doubts = tuple(_short(body.get("doubts"), 40))
    try:
        told = _order(key, order, text, raw) if isinstance(order, dict) else None
    except _OddError as odd:
        told, doubts = None, (*doubts, odd.place)
    if told is None:
        return Told(key, PaperKind.DOUBTFUL, doubts=doubts or ("order",), text=text, raw=raw)
    if doubts:
        return replace(told, kind=PaperKind.DOUBTFUL, doubts=doubts)
    code = body.get("code")
    is_code = isinstance(code, str) and len(code) <= 64 and code.isascii()
    return replace(told, code=code) if isinstance(code, str) and is_code else told


class _OddError(Exception):
    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


def _order(key: str, said: dict[str, Any], text: tuple[str, ...], raw: bytes | None) -> Told:
    kind, number = said.get("kind"), said.get("order_no")
    if kind not in (PaperKind.SALE, PaperKind.REFUND):
        raise _OddError("kind")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise _OddError("number")
    totals, lines, origin = said.get("totals"), said.get("lines"), said.get("original_order_no")
    due = fen_of(totals.get("due") if isinstance(totals, dict) else None)
    if due is None or (due < 0) != (kind == PaperKind.REFUND and due != 0):
        raise _OddError("due")
    return Told(
        key=key,
        kind=PaperKind(kind),
        order_no=number,
        sold_at=moment_of(said.get("datetime")),
        due_fen=due,
        origin_no=origin if isinstance(origin, str) and NUMBER.fullmatch(origin) else "",
        lines=_lines(lines),
        text=text,
        raw=raw,
    )


def fen_of(said: object) -> int | None:
    """Yuan with at most two decimals, as text, in fen; None for anything else."""
    if not isinstance(said, str) or not re.fullmatch(r"-?\d{1,8}(\.\d{1,2})?", said.strip()):
        return None
    try:
        found = int(Decimal(said.strip()) * 100)
    except InvalidOperation:
        return None
    return found if abs(found) <= MOST_FEN else None


def moment_of(said: object) -> datetime:
    """A moment of the shop's clock, `2025-11-09 10:33:20`, seconds or not. Raises for others."""
    if not isinstance(said, str) or not MOMENT.fullmatch(said):
        raise _OddError("time")
    try:
        return datetime.fromisoformat(said).replace(tzinfo=SHOP_ZONE)
    except ValueError:
        raise _OddError("time") from None


def _lines(said: object) -> tuple[Line, ...]:
    if not isinstance(said, list) or len(said) > MOST_LINES:
        raise _OddError("lines")
    return tuple(_line(one) for one in said)


def _line(said: object) -> Line:
    name, quantity, amount = (
        (said.get("name"), said.get("qty"), fen_of(said.get("amount")))
        if isinstance(said, dict)
        else (None, None, None)
    )
    if not isinstance(name, str) or not isinstance(quantity, str) or amount is None:
        raise _OddError("lines")
    return _clean(name)[:100], _clean(quantity)[:20], amount


def _text(said: object) -> tuple[str, ...]:
    return tuple(masked(_short(said, 200)))


def _short(said: object, most: int) -> list[str]:
    lines = said if isinstance(said, list) else []
    return [_clean(line)[:most] for line in lines[:MOST_TEXT] if isinstance(line, str)]


def _clean(text: str) -> str:
    """Without control signs: it is shown to people, and may be printed again."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", text)


def _raw(said: object) -> bytes | None:
    """The paper's bytes; None where there are none, or more than a paper has."""
    if not isinstance(said, str) or len(said) > MOST_SENT:
        return None
    try:
        packed = base64.b64decode(said, validate=True)
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(packed, MOST_RAW)
    except (binascii.Error, zlib.error, ValueError):
        return None
    return raw if unpacking.eof else None


def packed(raw: bytes) -> str:
    """As a box sends it, and as it is kept before it is sealed."""
    return base64.b64encode(zlib.compress(raw, 6)).decode()


def unpacked(text: str) -> bytes:
    """Raises ValueError for what `packed` did not make."""
    raw = _raw(text)
    if raw is None:
        raise ValueError("not a paper's bytes")
    return raw
