"""Coupons for the people who run them: numbers by day, issues, printed codes, who bears what."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import clock
from core.database import sql
from core.money import share_bp
from trade.promotions.rules import DealKind, IssueState

STATES = """
SELECT count(*) FILTER (WHERE returned_of_id IS NULL)::bigint AS given,
    count(*) FILTER (WHERE state IN ('issued', 'held', 'gifted'))::bigint AS in_hand,
    count(*) FILTER (WHERE state = 'used')::bigint AS used,
    count(*) FILTER (WHERE state = 'passed')::bigint AS passed,
    count(*) FILTER (WHERE state = 'expired')::bigint AS expired
FROM promotions_coupon AS c JOIN promotions_campaign AS a ON a.id = c.campaign_id
WHERE a.code = $1
"""
TAKEN = """
SELECT coalesce(sum(u.fen), 0)::bigint AS fen, count(*)::bigint AS orders
FROM promotions_use AS u JOIN promotions_coupon AS c ON u.kind = 'coupon' AND c.id = u.ref
JOIN promotions_campaign AS a ON a.id = c.campaign_id
WHERE a.code = $1 AND u.state = 'captured'
"""
DAYS = """
SELECT day::date AS day,
    (SELECT count(*) FROM promotions_coupon AS c
     WHERE c.campaign_id = a.id AND c.returned_of_id IS NULL AND c.claimed_at >= day
        AND c.claimed_at < day + interval '1 day')::bigint AS given,
    (SELECT count(*) FROM promotions_coupon AS c
     WHERE c.campaign_id = a.id AND c.state = 'used' AND c.used_at >= day
        AND c.used_at < day + interval '1 day')::bigint AS used
FROM promotions_campaign AS a,
    generate_series($2::timestamptz, $3::timestamptz, interval '1 day') AS day
WHERE a.code = $1 ORDER BY day
"""
ISSUES = """
SELECT i.public_id, c.code, i.note, i.state, i.total, i.given, i.refused, i.by, i.created_at,
    (SELECT json_object_agg(outcome, n) FROM (
        SELECT outcome, count(*) AS n FROM promotions_coupon_issue_member AS m
        WHERE m.issue_id = i.id AND outcome NOT IN ('', 'given') GROUP BY outcome) AS why) AS why
FROM promotions_coupon_issue AS i JOIN promotions_campaign AS c ON c.id = i.campaign_id
WHERE ($1 = '' OR c.code = $1) AND ($2 = '' OR i.public_id = $2) ORDER BY i.id DESC LIMIT $3
"""
BATCHES = """
SELECT b.public_id, c.code, b.note, b.count, b.by, b.created_at,
    (SELECT count(*) FROM promotions_coupon_code AS o
     WHERE o.batch_id = b.id AND o.member_id IS NOT NULL) AS taken
FROM promotions_code_batch AS b JOIN promotions_campaign AS c ON c.id = b.campaign_id
WHERE ($1 = '' OR c.code = $1) AND ($2 = '' OR b.public_id = $2) ORDER BY b.id DESC LIMIT $3
"""
CODES = """
SELECT o.id, o.code, o.taken_at FROM promotions_coupon_code AS o
JOIN promotions_code_batch AS b ON b.id = o.batch_id
WHERE b.public_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3
"""
VERSION = """
SELECT c.code, c.claimed, p.* FROM promotions_campaign AS c
JOIN promotions_promotion AS p ON p.campaign_id = c.id
WHERE c.code = $1 AND c.kind = $2 ORDER BY p.version DESC LIMIT 1
"""
# What the terms of the very coupon say, not those of today.
COSTS = """
SELECT u.store_id, p.borne_bp, sum(u.fen)::bigint AS fen, count(*)::bigint AS orders
FROM promotions_use AS u JOIN promotions_coupon AS c ON u.kind = 'coupon' AND c.id = u.ref
JOIN promotions_promotion AS p ON p.id = c.promotion_id
WHERE u.state = 'captured' AND u.store_id IS NOT NULL AND c.used_at >= $1 AND c.used_at < $2
    AND ($3::bigint[] IS NULL OR u.store_id = ANY($3::bigint[]))
GROUP BY u.store_id, p.borne_bp ORDER BY u.store_id, p.borne_bp
"""
GUIDES = """
SELECT c.code, p.name, p.terms FROM promotions_campaign AS c
JOIN LATERAL (
    SELECT * FROM promotions_promotion WHERE campaign_id = c.id ORDER BY version DESC LIMIT 1
) AS p ON true
WHERE c.kind = 'coupon' AND (p.terms->>'by_guide')::boolean
    AND p.valid_from <= $1 AND (p.valid_to IS NULL OR p.valid_to >= $1)
    AND (p.ends_at IS NULL OR p.ends_at > now()) ORDER BY c.code
"""


@dataclass(frozen=True, slots=True)
class DayOfCoupon:
    day: date
    given: int
    used: int


@dataclass(frozen=True, slots=True)
class CouponNumbers:
    """`given` ever; of those now in hand, used, passed on to friends, expired; `saved_fen` by
    paid orders that were not sent back whole."""

    given: int
    in_hand: int
    used: int
    passed: int
    expired: int
    saved_fen: int
    orders: int
    days: tuple[DayOfCoupon, ...]


@dataclass(frozen=True, slots=True)
class IssueView:
    """`refusals`: how many were refused, by the code of the refusal."""

    public_id: str
    code: str
    note: str
    state: IssueState
    total: int
    given: int
    refused: int
    by: str
    created_at: datetime
    refusals: dict[str, int]


@dataclass(frozen=True, slots=True)
class BatchView:
    public_id: str
    code: str
    note: str
    count: int
    taken: int
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CodeView:
    id: int
    code: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A coupon campaign as its newest version says."""

    code: str
    name: str
    version: int
    terms: dict[str, Any]
    scope: dict[str, Any]
    quota: int | None
    claims_each: int | None
    valid_days: int | None
    borne_bp: int
    valid_from: date
    valid_to: date | None
    claimed: int
    is_ended: bool


@dataclass(frozen=True, slots=True)
class CostView:
    """What coupons took off in a store: the brand's part and the franchisee's."""

    store_id: int
    orders: int
    fen: int
    franchisee_fen: int

    @property
    def brand_fen(self) -> int:
        return self.fen - self.franchisee_fen


async def coupon_numbers(code: str, *, days: int = 30) -> CouponNumbers:
    """How a coupon does, day by day of the shop, today the last."""
    today = clock.shop_day(clock.now())
    last = datetime.combine(today, datetime.min.time(), clock.SHOP_ZONE)
    [states], [taken] = await sql(STATES, code), await sql(TAKEN, code)
    rows = await sql(DAYS, code, last - timedelta(days=days - 1), last)
    return CouponNumbers(
        **states,
        saved_fen=taken["fen"],
        orders=taken["orders"],
        days=tuple(
            DayOfCoupon(today - timedelta(days=days - 1 - at), row["given"], row["used"])
            for at, row in enumerate(rows)
        ),
    )


async def find_template(code: str) -> TemplateView | None:
    rows = await sql(VERSION, code, DealKind.COUPON)
    if not rows:
        return None
    [row] = rows
    names = ("code", "name", "version", "quota", "claims_each", "valid_days", "borne_bp")
    more = ("valid_from", "valid_to", "claimed")
    today = clock.shop_day(clock.now())
    is_over = row["valid_to"] is not None and row["valid_to"] < today
    return TemplateView(
        **{name: row[name] for name in (*names, *more)},
        terms=_json(row["terms"]),
        scope=_json(row["scope"]),
        is_ended=is_over or (row["ends_at"] is not None and row["ends_at"] <= clock.now()),
    )


async def issues(*, code: str = "", public_id: str = "", limit: int = 50) -> list[IssueView]:
    """Issues of a coupon, or of all, the latest first."""
    rows = await sql(ISSUES, code, public_id, limit)
    return [_issue(row) for row in rows]


async def code_batches(*, code: str = "", public_id: str = "", limit: int = 50) -> list[BatchView]:
    return [BatchView(**row) for row in await sql(BATCHES, code, public_id, limit)]


async def codes_of(batch_id: str, *, after: int = 0, limit: int = 5_000) -> list[CodeView]:
    """The codes of a batch by its public id, page by page."""
    return [CodeView(**row) for row in await sql(CODES, batch_id, after, limit)]


async def coupon_costs(
    since: datetime, until: datetime, *, store_ids: Iterable[int] | None = None
) -> list[CostView]:
    """What coupons used in a time took off, by store, and who bears it; None: all stores.

    The franchisee's part is rounded half upwards once for each store and rate.
    """
    wanted = None if store_ids is None else sorted(set(store_ids))
    found: dict[int, CostView] = {}
    for row in await sql(COSTS, since, until, wanted):
        old = found.get(row["store_id"], CostView(row["store_id"], 0, 0, 0))
        borne = share_bp(row["fen"], row["borne_bp"])
        found[old.store_id] = CostView(
            old.store_id,
            old.orders + row["orders"],
            old.fen + row["fen"],
            old.franchisee_fen + borne,
        )
    return list(found.values())


async def coupons_of_guides() -> list[tuple[str, str]]:
    """Code and name of the coupons guides may give to their members now."""
    today = clock.shop_day(clock.now())
    return [(row["code"], row["name"]) for row in await sql(GUIDES, today)]


def _issue(row: dict[str, Any]) -> IssueView:
    why = _json(row.pop("why")) or {}
    return IssueView(**{**row, "state": IssueState(row["state"])}, refusals=why)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
