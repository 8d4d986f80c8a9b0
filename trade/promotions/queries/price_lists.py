"""Price lists, tiers' rates and what points are worth, with what they were."""

from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from trade.promotions.models import MemberRate, Price, ProgramRate
from trade.promotions.rules import RateBase


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One version of a price. `is_newest`: of its place, tier and first day."""

    place: str
    tier: str
    price_fen: int
    is_lower_only: bool
    valid_from: date
    valid_to: date | None
    version: int
    created_at: datetime
    is_newest: bool


@dataclass(frozen=True, slots=True)
class TierRate:
    tier: str
    rate_bp: int
    rate_of: RateBase
    valid_from: date
    valid_to: date | None
    version: int
    is_newest: bool


@dataclass(frozen=True, slots=True)
class ProgramView:
    """What points are worth from a day on, and the program's other rates."""

    points_per_yuan: int
    commission_bp: int
    share_bp: int
    points_a_yuan: int
    points_step: int
    points_cap_bp: int
    valid_from: date
    version: int


async def price_rows(sku_id: int, *, limit: int = 200) -> list[PriceRow]:
    """Every price of a SKU, by place and tier, the newest version first."""
    rows = Price.filter(sku_id=sku_id).order_by("place", "tier", "-valid_from", "-version")
    seen: set[tuple[str, str, date]] = set()
    found = []
    for row in await rows.limit(limit):
        key = (row.place, row.tier, row.valid_from)
        names = [name for name in PriceRow.__slots__ if name != "is_newest"]
        facts = {name: getattr(row, name) for name in names}
        found.append(PriceRow(**facts, is_newest=key not in seen))
        seen.add(key)
    return found


async def tier_rates() -> list[TierRate]:
    """Every version, tier by tier, the newest first."""
    seen: set[str] = set()
    found = []
    for row in await MemberRate.all().order_by("tier", "-version").limit(200):
        names = [name for name in TierRate.__slots__ if name != "is_newest"]
        facts = {name: getattr(row, name) for name in names}
        found.append(TierRate(**facts, is_newest=row.tier not in seen))
        seen.add(row.tier)
    return found


async def program_rates() -> list[ProgramView]:
    """Every version, the one of the latest day first; what counts is in `program_now`."""
    rows = await ProgramRate.all().order_by("-valid_from", "-version").limit(50)
    names = ProgramView.__slots__
    return [ProgramView(**{name: getattr(row, name) for name in names}) for row in rows]


async def program_now() -> ProgramView | None:
    """What counts today."""
    today = clock.shop_day(clock.now())
    return next((one for one in await program_rates() if one.valid_from <= today), None)
