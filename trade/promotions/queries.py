"""What can be asked about prices and rates. Nothing here writes; models never leave, views do."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import clock
from core.database import sql
from core.money import share_bp
from trade.catalog.queries import skus
from trade.promotions.models import ProgramRate
from trade.promotions.rules import (
    MemberRateTerm,
    ReductionTerm,
    StorePriceTerm,
    Terms,
    points_for,
)

__all__ = ["PriceView", "Rates", "StorePriceTerm", "Terms", "prices_of", "rates", "terms_at"]


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


# Everything a quote needs in one round trip instead of four; the parts are JSON.
TERMS = """
SELECT
    (SELECT json_agg(own) FROM (
        SELECT DISTINCT ON (sku_id) sku_id, price_fen, valid_from FROM promotions_price
        WHERE place = 'store:' || $1::bigint AND tier = '' AND sku_id = ANY($2::bigint[])
            AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3)
        ORDER BY sku_id, valid_from DESC, version DESC
    ) AS own) AS prices,
    (SELECT json_agg(newest) FROM (
        SELECT DISTINCT ON (c.id) c.code, c.kind, p.* FROM promotions_campaign AS c
        JOIN promotions_promotion AS p ON p.campaign_id = c.id
        ORDER BY c.id, p.version DESC
    ) AS newest
    WHERE kind = 'full_reduction' AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3)
        AND (scope->'places' IS NULL OR scope->'places' ? ('store:' || $1::bigint)))
    AS reductions,
    (SELECT row_to_json(newest) FROM (
        SELECT * FROM promotions_member_rate WHERE tier = $4 ORDER BY version DESC LIMIT 1
    ) AS newest
    WHERE valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3)) AS member_rate,
    (SELECT points_per_yuan FROM promotions_program_rate WHERE valid_from <= $3
     ORDER BY valid_from DESC, version DESC LIMIT 1) AS points_per_yuan
"""


async def terms_at(store_id: int, sku_ids: Iterable[int], *, day: date, tier: str = "") -> Terms:
    """What holds in a store on a day: its own prices, its full-reductions, the tier's rate, points.

    Of a rule with several versions the newest counts, on the days it names. A store price's version
    is its first day.
    """
    [row] = await sql(TERMS, store_id, sorted(set(sku_ids)), day, tier)
    rate = json.loads(row["member_rate"] or "null")
    return Terms(
        store_prices={
            own["sku_id"]: StorePriceTerm(own["price_fen"], own["valid_from"])
            for own in json.loads(row["prices"] or "[]")
        },
        member_rate=rate and MemberRateTerm(tier, rate["rate_bp"], f"{tier} v{rate['version']}"),
        reductions=tuple(map(_reduction, json.loads(row["reductions"] or "[]"))),
        points_per_yuan=row["points_per_yuan"] or 0,
    )


def _reduction(row: dict[str, Any]) -> ReductionTerm:
    return ReductionTerm(
        code=row["code"],
        name=row["name"],
        threshold_fen=row["terms"]["steps"][0]["threshold_fen"],
        reduction_fen=row["terms"]["steps"][0]["off_fen"],
        version=f"{row['code']} v{row['version']}",
    )


async def prices_of(
    store_id: int, sku_ids: Iterable[int], at: datetime | None = None
) -> dict[int, PriceView]:
    """What SKUs cost in a store now, or `at` a moment; unknown SKUs are left out."""
    views = await skus(sku_ids)
    terms = await terms_at(store_id, views, day=clock.shop_day(at or clock.now()))
    own = terms.store_prices
    return {
        sku_id: PriceView(
            sku.list_price_fen, own[sku_id].price_fen if sku_id in own else sku.list_price_fen
        )
        for sku_id, sku in views.items()
    }


async def rates(at: datetime | None = None) -> Rates:
    """The program's rates now, or `at` a moment; before any were set nothing is earned."""
    day = clock.shop_day(at or clock.now())
    row = await ProgramRate.filter(valid_from__lte=day).order_by("-valid_from", "-version").first()
    if row is None:
        return Rates(points_per_yuan=0, commission_bp=0, share_bp=0, version=0)
    return Rates(row.points_per_yuan, row.commission_bp, row.share_bp, row.version)
