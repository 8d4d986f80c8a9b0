"""Coupons as a member sees them: mine, those to be had, and which of them fit a cart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql
from trade.catalog.queries import skus
from trade.promotions.queries.asking import QuoteRequest, answerable
from trade.promotions.queries.goods import items_of
from trade.promotions.queries.showing import NOBODY, Shopper
from trade.promotions.reading import deal_of
from trade.promotions.rules import CouponState, CouponTerm, Deal, Quote, work_out

MINE = """
SELECT c.public_id, c.state, c.order_no, c.starts_at, c.ends_at, c.returned_of_id, a.code, a.kind,
    row_to_json(p) AS version
FROM promotions_coupon AS c
JOIN promotions_campaign AS a ON a.id = c.campaign_id
JOIN promotions_promotion AS p ON p.id = c.promotion_id
WHERE c.member_id = $1 AND ($2 = '' OR c.state = $2)
ORDER BY array_position(
    ARRAY['issued', 'held', 'gifted', 'used', 'returned', 'passed', 'expired'], c.state::text),
    c.ends_at, c.id
LIMIT $3
"""

GIVEN = """
SELECT a.code, a.claimed, (
    SELECT count(*) FROM promotions_coupon AS c
    WHERE c.campaign_id = a.id AND c.member_id = $2 AND c.returned_of_id IS NULL
) AS mine, (
    SELECT json_build_array(p.quota, p.claims_each, p.terms->>'claimable')
    FROM promotions_promotion AS p WHERE p.campaign_id = a.id ORDER BY p.version DESC LIMIT 1
) AS limits
FROM promotions_campaign AS a WHERE a.code = ANY($1::text[])
"""


@dataclass(frozen=True, slots=True)
class CouponView:
    """One coupon in a member's hand. `can_be_gifted`: to a friend, now."""

    public_id: str
    code: str
    name: str
    state: CouponState
    order_no: str | None
    starts_at: datetime
    ends_at: datetime
    terms: CouponTerm
    can_be_gifted: bool


@dataclass(frozen=True, slots=True)
class CouponOffer:
    """A campaign members can claim from; `can_claim` is about this member."""

    code: str
    name: str
    terms: CouponTerm
    ends_at: datetime | None
    can_claim: bool
    left: int | None


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a coupon would do to a cart: `saves_fen` on the whole, or why nothing."""

    coupon: CouponView
    saves_fen: int
    zh: str
    en: str


def _view(row: Mapping[str, Any], now: datetime) -> CouponView:
    deal = _deal(row)
    assert isinstance(deal.terms, CouponTerm)
    state = CouponState(row["state"])
    if state is CouponState.ISSUED and row["ends_at"] <= now:
        state = CouponState.EXPIRED  # the clock is quicker than the job
    return CouponView(
        public_id=row["public_id"],
        code=row["code"],
        name=deal.name,
        state=state,
        order_no=row["order_no"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        terms=deal.terms,
        can_be_gifted=deal.terms.giftable
        and state is CouponState.ISSUED
        and row["returned_of_id"] is None,
    )


def _deal(row: Mapping[str, Any]) -> Deal:
    version = row["version"]
    facts = json.loads(version) if isinstance(version, str) else version
    return deal_of({**facts, "code": row["code"], "kind": row["kind"]})


async def coupons_of(member_id: int, *, state: str = "", limit: int = 100) -> list[CouponView]:
    """A member's coupons: usable ones first, the soonest to expire first."""
    rows = await sql(MINE, member_id, state, limit)
    return [_view(row, clock.now()) for row in rows]


async def coupon_offers(
    store_id: int, member_id: int, shopper: Shopper = NOBODY
) -> list[CouponOffer]:
    """The campaigns of this store that this member may claim from, or has claimed from."""
    request = QuoteRequest(
        store_id,
        (),
        shopper.tier,
        member_id=member_id,
        segments=shopper.segments,
        channel=shopper.channel,
    )
    [ready] = await answerable([request])
    deals = {
        deal.code: deal
        for deal in ready.terms.deals
        if isinstance(deal.terms, CouponTerm)
        and not deal.terms.by_code
        and deal.terms.claimable
        and deal.is_for(ready.asked)
    }
    rows = await sql(GIVEN, sorted(deals), member_id)
    return [_offer(deals[row["code"]], row) for row in rows]


def _offer(deal: Deal, row: Mapping[str, Any]) -> CouponOffer:
    limits = row["limits"]
    quota, each, _ = json.loads(limits) if isinstance(limits, str) else limits
    assert isinstance(deal.terms, CouponTerm)
    left = None if quota is None else max(quota - row["claimed"], 0)
    can_claim = (left is None or left > 0) and (each is None or row["mine"] < each)
    return CouponOffer(deal.code, deal.name, deal.terms, deal.ends_at, can_claim, left)


async def coupons_fitting(request: QuoteRequest) -> list[Fitting]:
    """Each usable coupon of the member, tried on this cart alone: the most saving first.

    Raises what `quote_cart` raises of the lines.
    """
    assert request.member_id is not None
    views = await skus({line.sku_id for line in request.lines})
    items = items_of(request.lines, views)
    mine = await coupons_of(request.member_id, state="issued", limit=50)
    tries = [(), *((coupon.public_id,) for coupon in mine)]
    ready = await answerable([replace(request, coupons=names, points=0) for names in tries])
    plain, *others = [work_out(items, one.terms, one.asked) for one in ready]
    found = [_fitting(one, plain, quote) for one, quote in zip(mine, others, strict=True)]
    return sorted(found, key=lambda one: (-one.saves_fen, one.coupon.ends_at))


def _fitting(coupon: CouponView, plain: Quote, quote: Quote) -> Fitting:
    said = [reason for reason in quote.reasons if reason.rule == "coupon"]
    zh, en = (said[-1].zh, said[-1].en) if said else ("", "")
    return Fitting(coupon, plain.payable_fen - quote.payable_fen, zh, en)
