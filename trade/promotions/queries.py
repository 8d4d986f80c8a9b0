"""What can be asked about prices and rates. Nothing here writes; models never leave, views do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from core.database import sql
from core.money import share_bp
from trade.catalog.queries import skus
from trade.promotions.models import ProgramRate
from trade.promotions.rules import (
    MemberRateTerm,
    ReductionTerm,
    StorePriceTerm,
    points_for,
)

__all__ = [
    "MemberRateTerm",
    "PriceView",
    "Rates",
    "ReductionTerm",
    "StorePriceTerm",
    "member_rate_of",
    "prices_of",
    "rates",
    "reductions_at",
    "store_prices",
]


@dataclass(frozen=True, slots=True)
class PriceView:
    """One piece, before any tier or promotion."""

    list_fen: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Flat rates of the program at a moment, and what they make of an amount."""

    points_per_yuan: int
    commission_bp: int
    share_bp: int
    version: int

    def points_for(self, paid_fen: int) -> int:
        """Points (积分) for money really paid: whole yuan count."""
        return points_for(paid_fen, self.points_per_yuan)

    def commission_for(self, paid_fen: int) -> int:
        """The guide's commission (佣金) in fen, half a fen upwards."""
        return share_bp(paid_fen, self.commission_bp)

    def share_for(self, paid_fen: int) -> int:
        """The franchisee's share (分账) in fen, half a fen upwards."""
        return share_bp(paid_fen, self.share_bp)


STORE_PRICES = """
SELECT DISTINCT ON (sku_id) sku_id, price_fen, valid_from FROM promotions_store_price
WHERE store_id = $1 AND sku_id = ANY($2::bigint[]) AND valid_from <= $3
    AND (valid_to IS NULL OR valid_to >= $3)
ORDER BY sku_id, valid_from DESC
"""


async def store_prices(
    store_id: int, sku_ids: Iterable[int], day: date
) -> dict[int, StorePriceTerm]:
    """A store's own prices on a day, where it has one. The version is the price's first day."""
    rows = await sql(STORE_PRICES, store_id, sorted(set(sku_ids)), day)
    return {
        row["sku_id"]: StorePriceTerm(row["price_fen"], f"{row['valid_from']:%Y-%m-%d}")
        for row in rows
    }


async def prices_of(
    store_id: int, sku_ids: Iterable[int], at: datetime | None = None
) -> dict[int, PriceView]:
    """What SKUs cost in a store now, or `at` a moment; unknown SKUs are left out."""
    views = await skus(sku_ids)
    own = await store_prices(store_id, views, clock.shop_day(at or clock.now()))
    return {
        sku_id: PriceView(
            sku.list_price_fen, own[sku_id].price_fen if sku_id in own else sku.list_price_fen
        )
        for sku_id, sku in views.items()
    }


MEMBER_RATE = """
SELECT * FROM (
    SELECT DISTINCT ON (tier) tier, version, rate_bp, valid_from, valid_to
    FROM promotions_member_rate WHERE tier = $1 ORDER BY tier, version DESC
) AS newest
WHERE valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
"""

REDUCTIONS = """
SELECT * FROM (
    SELECT DISTINCT ON (code) code, version, name, store_id, threshold_fen, reduction_fen,
        valid_from, valid_to
    FROM promotions_full_reduction ORDER BY code, version DESC
) AS newest
WHERE valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
    AND (store_id IS NULL OR store_id = $1)
ORDER BY threshold_fen, code
"""


async def member_rate_of(tier: str, day: date) -> MemberRateTerm | None:
    """What a tier pays on a day; None when it pays like everybody."""
    rows = await sql(MEMBER_RATE, tier, day) if tier else []
    return (
        MemberRateTerm(tier, rows[0]["rate_bp"], f"{tier} v{rows[0]['version']}") if rows else None
    )


async def reductions_at(store_id: int, day: date) -> tuple[ReductionTerm, ...]:
    """The full-reductions of a store on a day, the lowest threshold first."""
    return tuple(
        ReductionTerm(
            code=row["code"],
            name=row["name"],
            threshold_fen=row["threshold_fen"],
            reduction_fen=row["reduction_fen"],
            version=f"{row['code']} v{row['version']}",
        )
        for row in await sql(REDUCTIONS, store_id, day)
    )


async def rates(at: datetime | None = None) -> Rates:
    """The program's rates now, or `at` a moment; before any were set nothing is earned."""
    day = clock.shop_day(at or clock.now())
    row = await ProgramRate.filter(valid_from__lte=day).order_by("-valid_from", "-version").first()
    if row is None:
        return Rates(points_per_yuan=0, commission_bp=0, share_bp=0, version=0)
    return Rates(row.points_per_yuan, row.commission_bp, row.share_bp, row.version)
