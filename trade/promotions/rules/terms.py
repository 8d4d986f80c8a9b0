"""What holds at a store, and what one shopper brings: the two inputs of a quote besides goods."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trade.promotions.rules.words import DealKind, RateBase

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces of one SKU at its list price (吊牌价), and what a scope looks at."""

    sku_id: int
    quantity: int
    list_fen: int
    product_id: int = 0
    category_ids: tuple[int, ...] = ()
    brand_id: int | None = None


@dataclass(frozen=True, slots=True)
class PriceTerm:
    """A price of one SKU at a place, for everybody (tier "") or one tier."""

    place: str
    price_fen: int
    version: str
    tier: str = ""
    is_lower_only: bool = False


@dataclass(frozen=True, slots=True)
class RateTerm:
    """What a tier pays of the list or sale price."""

    tier: str
    rate_bp: int
    version: str
    rate_of: RateBase = RateBase.LIST


@dataclass(frozen=True, slots=True)
class PointsTerm:
    """`per_yuan` are earned; `a_yuan` pay one yuan, in steps, up to `cap_bp` of the goods."""

    per_yuan: int = 0
    a_yuan: int = 0
    step: int = 1
    cap_bp: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom and for what; what is empty asks for nothing."""

    places: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    sku_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    brand_ids: frozenset[int] = frozenset()
    but_sku_ids: frozenset[int] = frozenset()

    def has(self, item: Item) -> bool:
        """Whether these goods are meant: by SKU, product, category or brand, whichever is named."""
        if item.sku_id in self.but_sku_ids:
            return False
        if not (self.sku_ids or self.product_ids or self.category_ids or self.brand_ids):
            return True
        return (
            item.sku_id in self.sku_ids
            or item.product_id in self.product_ids
            or item.brand_id in self.brand_ids
            or not self.category_ids.isdisjoint(item.category_ids)
        )


@dataclass(frozen=True, slots=True)
class TimedPrice:
    """Prices in fen by SKU, or a share of the sale price for all in scope."""

    prices: Mapping[int, int] = field(default_factory=dict)
    rate_bp: int | None = None


@dataclass(frozen=True, slots=True)
class NForM:
    """Of every `pieces`: pay `pay_pieces`, or `for_fen` together, or `cheapest_bp` of one."""

    pieces: int
    pay_pieces: int | None = None
    for_fen: int | None = None
    cheapest_bp: int | None = None
    max_sets: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """`pieces` of any of these goods."""

    pieces: int
    sku_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()

    def has(self, item: Item) -> bool:
        return item.sku_id in self.sku_ids or item.product_id in self.product_ids


@dataclass(frozen=True, slots=True)
class Bundle:
    parts: tuple[Part, ...]
    for_fen: int
    max_sets: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From so much money or so many pieces on: `off_fen` less, or `pay_bp` of it is paid."""

    threshold_fen: int = 0
    pieces: int = 0
    off_fen: int | None = None
    pay_bp: int | None = None
    cap_fen: int | None = None


@dataclass(frozen=True, slots=True)
class FullReduction:
    """The reached step that gives most; `is_every`: again for each whole threshold (每满减)."""

    steps: tuple[Step, ...]
    is_every: bool = False
    max_times: int | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """From a sum or a number of pieces on, `gives` pieces of a SKU are added at price 0."""

    sku_id: int
    threshold_fen: int = 0
    pieces: int = 0
    gives: int = 1
    is_every: bool = False


@dataclass(frozen=True, slots=True)
class CouponTerm:
    """Money off, a share off, or (`exchange_pieces`) goods for `for_fen`. `by_code`: a public code.

    `claimable`, `comes_back`, `giftable` and `by_guide` are about giving out, refunds, friends and
    guides, and no matter of the price.
    """

    step: Step = Step()
    exchange_pieces: int = 0
    for_fen: int = 0
    by_code: bool = False
    claimable: bool = True
    comes_back: bool = True
    giftable: bool = False
    by_guide: bool = False


@dataclass(frozen=True, slots=True)
class Freight:
    """`fee_fen` for these deliveries, nothing from `free_from_fen` really paid for goods on."""

    deliveries: frozenset[str]
    fee_fen: int
    free_from_fen: int | None = None


DealTerms = TimedPrice | NForM | Bundle | FullReduction | Gift | CouponTerm | Freight


@dataclass(frozen=True, slots=True)
class Deal:
    """One version of a promotion or coupon, ready to be worked out."""

    code: str
    kind: DealKind
    name: str
    version: str
    terms: DealTerms
    scope: Scope = Scope()
    campaign_id: int = 0
    priority: int = 100
    group: str = ""
    may_stack: bool = True
    limits: tuple[int | None, int | None, int | None] = (None, None, None)
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_limited(self) -> bool:
        """Whether money in all, times in all or times for each member are counted."""
        return self.limits != (None, None, None)

    def means(self, item: Item) -> bool:
        """Whether these goods can take part."""
        if isinstance(self.terms, TimedPrice) and item.sku_id in self.terms.prices:
            return True
        if isinstance(self.terms, Bundle):
            return any(part.has(item) for part in self.terms.parts)
        if isinstance(self.terms, TimedPrice) and self.terms.rate_bp is None:
            return False
        return self.scope.has(item)

    def left(self, used_fen: int, used_times: int, by_member: int | None) -> "Left":
        """What may still be taken, by a member who took `by_member` already (None: nobody known).

        A limit for each needs a member, so somebody unknown has nothing left.
        """
        fen, times, each = self.limits
        own = None if each is None else 0 if by_member is None else each - by_member
        both = [
            one for one in (None if times is None else times - used_times, own) if one is not None
        ]
        return Left(None if fen is None else fen - used_fen, min(both) if both else None)

    def is_for(self, asked: "Asked") -> bool:
        """Whether this shopper, entrance and moment are meant; goods and place are asked apart."""
        if (self.starts_at and asked.at < self.starts_at) or (
            self.ends_at and asked.at >= self.ends_at
        ):
            return False
        scope = self.scope
        return (
            (not scope.tiers or asked.tier in scope.tiers)
            and (not scope.channels or asked.channel in scope.channels)
            and (not scope.segments or not scope.segments.isdisjoint(asked.segments))
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a campaign's limits for this shopper; None is no limit."""

    fen: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A coupon the shopper laid on the table. With `why` it does not count, and is told so."""

    public_id: str
    deal: Deal | None
    coupon_id: int | None = None
    why_zh: str = ""
    why_en: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that holds at this store on this day. `edition` names the state of the rules."""

    prices: Mapping[int, tuple[PriceTerm, ...]] = field(default_factory=dict)
    rates: Mapping[str, RateTerm] = field(default_factory=dict)
    deals: tuple[Deal, ...] = ()
    points: PointsTerm = PointsTerm()
    gifts: Mapping[int, int] = field(default_factory=dict)
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, how and when. `gifts` of Terms are list prices of gifts that can be given."""

    tier: str = ""
    segments: frozenset[str] = frozenset()
    channel: str = "mini_program"
    delivery: str = "pickup"
    delivery_fee_fen: int = 0
    at: datetime = LONG_AGO
    claims: tuple[Claim, ...] = ()
    left: Mapping[int, Left] = field(default_factory=dict)
    points: int = 0
    sold_out: frozenset[int] = frozenset()
