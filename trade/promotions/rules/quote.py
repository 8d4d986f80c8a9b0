"""What a quote says: lines, amounts, and the reasons of every rule."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from trade.promotions.rules.words import UseKind


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's say. `amount_fen` is what it takes off (below 0: adds), or would have taken off.

    List price x quantity, less the amounts of a line's winners, is what the line costs.
    """

    rule: str
    version: str
    zh: str
    en: str
    amount_fen: int
    won: bool


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """`list_fen` and `price_fen` are for one piece, `discount_fen` and `payable_fen` for the line.

    `discount_fen` is the line's part of every discount below the price. A gift is a line of its
    own at price 0.
    """

    sku_id: int
    quantity: int
    list_fen: int
    price_fen: int
    discount_fen: int
    payable_fen: int
    reasons: tuple[Reason, ...] = ()
    is_gift: bool = False

    @property
    def goods_fen(self) -> int:
        return self.price_fen * self.quantity


@dataclass(frozen=True, slots=True)
class Use:
    """What the order takes of a coupon (`ref` is its id) or of a limited promotion (its campaign).

    `fen` is what it gave; `times` counts pieces of a timed price or gift, sets, or 1 an order.
    """

    kind: UseKind
    ref: int
    fen: int
    times: int


@dataclass(frozen=True, slots=True)
class Quote:
    """goods - discount + freight = payable. The `version` is the same for the same answer.

    `points_spent` are part of the discount; `edition` names the prices and rules it was made of.
    """

    lines: tuple[QuotedLine, ...]
    goods_fen: int
    discount_fen: int
    freight_fen: int
    payable_fen: int
    reasons: tuple[Reason, ...]
    points_earned: int
    version: str
    points_spent: int = 0
    uses: tuple[Use, ...] = ()
    edition: str = ""


def version_of(lines: tuple[QuotedLine, ...], rest: object) -> str:
    """The same for the same answer: a hash of lines, reasons and amounts."""
    text = json.dumps([lines, rest], ensure_ascii=False, default=_plain)
    return sha256(text.encode()).hexdigest()[:16]


def _plain(part: QuotedLine | Reason) -> dict[str, Any]:
    """As `asdict`, which copies deeply and was a third of the work of a quote."""
    return {name: getattr(part, name) for name in part.__slots__}
