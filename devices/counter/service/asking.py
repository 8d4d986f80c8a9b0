"""What a clerk says of a sale: plain values, the same from the page and from its offline queue."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from trade.payments.service import Method


@dataclass(frozen=True, slots=True)
class Line:
    """Goods of the catalog by `sku_code`, or typed ones by `department`.

    `price_fen` is of one piece: what was typed, or what a scale's label says (then `weight_g` is
    the weight); of other goods what the screen showed, which counts offline alone. `name` is what
    the clerk calls typed goods; empty: the department's name.
    """

    quantity: int
    sku_code: str = ""
    department: str = ""
    name: str = ""
    price_fen: int | None = None
    weight_g: int | None = None

    @property
    def is_weighed(self) -> bool:
        return bool(self.sku_code) and (self.weight_g is not None)


@dataclass(frozen=True, slots=True)
class Money:
    """A tender on the counter: cash with what was laid down, a card with its slip, or another."""

    method: Method
    amount_fen: int
    given_fen: int | None = None
    slip_no: str | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """A member at the counter, in crm's words for prices. The clerk learns no more of them."""

    member_id: int
    tier: str = ""
    segments: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class RingUp:
    """A sale. `expected_fen` is the total on the clerk's screen.

    Without `money` it waits to be paid: by the customer's pay code, or on the customer's phone.
    `sold_at` None: now; else it was sold offline then, and its prices stand as they were shown.
    `sells_anyway`: the goods are in the clerk's hand, whatever the books say.
    """

    store_id: int
    key: str
    lines: tuple[Line, ...]
    expected_fen: int
    money: tuple[Money, ...] = ()
    member: str = ""
    coupons: tuple[str, ...] = ()
    sold_at: datetime | None = None
    sells_anyway: bool = False

    @property
    def is_offline(self) -> bool:
        return self.sold_at is not None

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of it: no member, no card."""
        return {
            "lines": [asdict(line) for line in self.lines],
            "money": [[one.method, one.amount_fen] for one in self.money],
            "expected_fen": self.expected_fen,
        }

    @property
    def digest(self) -> str:
        """The same for the same sale, however often and whenever it comes, and also when it comes
        from the offline queue because the first answer was lost."""
        said = {**self.content, "member": self.member, "coupons": self.coupons}
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


FindBuyer = Callable[[str], Awaitable[Buyer | None]]
_find_buyer: list[FindBuyer] = []


def find_buyers_with(find: FindBuyer) -> None:
    """Said by `app.wiring`: which room knows whose phone, card or member code it is."""
    _find_buyer[:] = [find]


async def buyer_known_as(text: str) -> Buyer | None:
    return await _find_buyer[0](text) if text and _find_buyer else None
