"""What a caller of `place_order` says: plain values, the same for every entrance."""

from dataclasses import dataclass, field
from datetime import datetime

from trade.orders.privacy import Consignee
from trade.orders.queries import ReasonView
from trade.orders.rules import Delivery, Entrance, Source, fingerprint
from trade.promotions.service import Use


@dataclass(frozen=True, slots=True)
class OrderedLine:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """`list_fen` and `price_fen` are for one piece, `discount_fen` and `payable_fen` for all.

    `title` is what it was called at the counter; empty: what the catalog calls it. `is_counted`
    false: no stock is kept of it, as of what a clerk types in.
    """

    sku_id: int
    quantity: int
    list_fen: int
    price_fen: int
    discount_fen: int
    payable_fen: int
    is_gift: bool = False
    reasons: tuple[ReasonView, ...] = ()
    title: str = ""
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Agreed:
    """Amounts that were fixed elsewhere: by a draft, a till, another shop, an exchange.

    `at` is when it was sold, of any age; None: now. `moves_stock` false: another book has counted
    the goods. `is_forced`: they are gone already, whatever the shelf says. `points_earned` None:
    what the rates of `at` give. `uses` are held as a quote's are.
    """

    lines: tuple[AgreedLine, ...]
    at: datetime | None
    freight_fen: int = 0
    moves_stock: bool = True
    is_forced: bool = False
    points_earned: int | None = None
    reasons: tuple[ReasonView, ...] = ()
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Who wants what, where, and through which door; `tier` and `segments` are crm's words.

    `placed_by` is the actor whose `idempotency_key` it is, by default the member. With `agreed`
    the prices are taken as said, and `lines` may be empty.
    """

    store_id: int
    lines: tuple[OrderedLine, ...]
    idempotency_key: str
    member_id: int | None = None
    placed_by: str = ""
    source: Source | None = None
    delivery: Delivery = Delivery.PICKUP
    consignee: Consignee | None = None
    tier: str = ""
    segments: frozenset[str] = field(default_factory=frozenset)
    entrance: Entrance = Entrance.MINI_PROGRAM
    outside_no: str | None = None
    coupons: tuple[str, ...] = ()
    points: int = 0
    note: str = ""
    is_deposit: bool = False
    agreed: Agreed | None = None

    def __post_init__(self) -> None:
        if not self.placed_by and self.member_id is None:
            raise ValueError("an order of nobody is placed by somebody")

    @property
    def actor(self) -> str:
        return self.placed_by or f"member:{self.member_id}"

    @property
    def content(self) -> str:
        """The same for the same wish, whatever crm says of the member meanwhile."""
        names = (name for name in self.__slots__ if name not in SAID_BY_OTHERS)
        return fingerprint({name: getattr(self, name) for name in names})


SAID_BY_OTHERS = frozenset({"idempotency_key", "tier", "segments"})
