"""What a shopper asks, and everything a quote needs to answer: terms of the store, and their own.

Prices and rules come out of the process's memory; one statement asks whether they still hold, what
is left of limited promotions, and which coupons lie on the table.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import clock
from core.database import sql
from trade.catalog.queries import SkuView, skus
from trade.promotions.queries.claiming import NO_COUPON, why_not, why_not_here
from trade.promotions.reading import (
    EDITION,
    Rules,
    deal_of,
    is_coupon_code,
    kept_rules,
    know_prices,
    prices_at,
    rules_of,
)
from trade.promotions.rules import Asked, Claim, Deal, Gift, Left, Terms, places_of
from trade.stores.queries import stores_of

PLACES_FOR_S = 60  # how long a store may still be priced as of its former region or franchisee


@dataclass(frozen=True, slots=True)
class QuoteLine:
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """Who wants what, where. `tier` and `segments` are what crm says of the member; `at` is now.

    `coupons` are public ids of the member's coupons or codes, `points` how many are offered,
    `channel` the order's entrance, `sold_out` gifts that the caller knows to be gone,
    `delivery_fee_fen` what the store asks for this delivery where no freight rule speaks.
    """

    store_id: int
    lines: Sequence[QuoteLine]
    tier: str = ""
    at: datetime | None = None
    member_id: int | None = None
    segments: frozenset[str] = frozenset()
    channel: str = "mini_program"
    coupons: tuple[str, ...] = ()
    points: int = 0
    delivery: str = "pickup"
    sold_out: frozenset[int] = frozenset()
    delivery_fee_fen: int = 0


STANDING = f"""
SELECT {EDITION} AS edition,
    (SELECT json_agg(json_build_array(id, used_fen, used_times)) FROM promotions_campaign
     WHERE id = ANY($1::bigint[])) AS used,
    (SELECT json_agg(one) FROM (
        SELECT ref, member_id, sum(times)::bigint AS times FROM promotions_use
        WHERE kind = 'deal' AND ref = ANY($1::bigint[]) AND member_id = ANY($2::bigint[])
            AND state IN ('held', 'captured')
        GROUP BY ref, member_id
    ) AS one) AS taken,
    (SELECT json_agg(one) FROM (
        SELECT c.id AS coupon_id, c.public_id, c.member_id, c.state, c.starts_at AS good_from,
            c.ends_at AS good_until, a.code, a.kind, row_to_json(p) AS version
        FROM promotions_coupon AS c
        JOIN promotions_campaign AS a ON a.id = c.campaign_id
        JOIN promotions_promotion AS p ON p.id = c.promotion_id
        WHERE c.public_id = ANY($3::text[])
    ) AS one) AS coupons
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Standing:
    """The moment's facts of a group: what is used, by whom, and the coupons that were named."""

    edition: str
    used: Mapping[int, tuple[int, int]]
    taken: Mapping[tuple[int, int], int]
    coupons: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Answerable:
    """A request with all that the pure chain needs, but the goods."""

    request: QuoteRequest
    terms: Terms
    asked: Asked


async def answerable(
    requests: Sequence[QuoteRequest], *, is_checked_later: bool = False
) -> list[Answerable]:
    """Terms and facts of a whole group in at most four statements, most of them from memory.

    Who ask for the same with nothing of their own in it get the very same: many want one hot SKU.
    """
    rules, standing = await _fresh(requests, is_checked_later=is_checked_later)
    is_personal = bool(_limited(rules))
    twins = [(not is_personal and _impersonal(one)) or id(one) for one in requests]
    unlike = dict(zip(twins, requests, strict=True))
    made = await _with_terms(rules, standing, list(unlike.values()))
    by_twin = dict(zip(unlike, made, strict=True))
    return [by_twin[twin] for twin in twins]


def _impersonal(request: QuoteRequest) -> tuple[Any, ...] | None:
    """All that the quote depends on, unless it depends on whose it is."""
    if request.coupons or request.points or request.at is None:
        return None
    names = (name for name in request.__slots__ if name not in {"member_id", "lines"})
    return (tuple(request.lines), *(getattr(request, name) for name in names))


async def _with_terms(
    rules: Rules, standing: Standing, requests: Sequence[QuoteRequest]
) -> list[Answerable]:
    moments = [request.at or clock.now() for request in requests]
    places = [await places_in(rules, request.store_id) for request in requests]
    days = [clock.shop_day(at) for at in moments]
    for day in sorted(set(days)):
        await know_prices(rules, _wanted(requests, places, days, day), day)
    running = [rules.deals_on(*one) for one in zip(days, places, strict=True)]
    gifts = await _gifts([deal for deals in running for deal in deals])
    return [
        Answerable(
            request,
            Terms(
                prices=prices_at(rules, places[at], _sku_ids(request), days[at]),
                rates=rules.rates_on(days[at]),
                deals=running[at],
                points=rules.points_on(days[at]),
                gifts=gifts,
                edition=rules.edition,
            ),
            asked_of(request, moments[at], places[at], running[at], standing),
        )
        for at, request in enumerate(requests)
    ]


async def _fresh(
    requests: Sequence[QuoteRequest], *, is_checked_later: bool
) -> tuple[Rules, Standing]:
    rules = kept_rules()
    names = sorted({name for request in requests for name in request.coupons})
    if rules and is_checked_later and not names and not _limited(rules):
        return rules, Standing(rules.edition, {}, {}, {})
    rules = rules or await rules_of("")
    standing = await _standing(rules, requests, names)
    if standing.edition != rules.edition:
        rules = await rules_of(standing.edition)
        standing = await _standing(rules, requests, names)
    return rules, standing


def _limited(rules: Rules) -> list[int]:
    return [one.deal.campaign_id for one in rules.deals if one.deal.is_limited]


async def _standing(rules: Rules, requests: Sequence[QuoteRequest], names: list[str]) -> Standing:
    members = sorted({one.member_id for one in requests if one.member_id is not None})
    [row] = await sql(STANDING, _limited(rules), members, names)
    return Standing(
        edition=row["edition"],
        used={one[0]: (one[1], one[2]) for one in json.loads(row["used"] or "[]")},
        taken={
            (one["ref"], one["member_id"]): one["times"] for one in json.loads(row["taken"] or "[]")
        },
        coupons={one["public_id"]: one for one in json.loads(row["coupons"] or "[]")},
    )


async def places_in(rules: Rules, store_id: int) -> tuple[str, ...]:
    """Every place a store is in; kept for a minute, so that a quote asks one room less."""
    known = rules.places.get(store_id)
    if known and known[0] > time.monotonic():
        return known[1]
    found = await stores_of([store_id])
    if not found:
        return places_of(store_id, None, "")
    places = places_of(store_id, found[0].franchisee_id, found[0].region)
    rules.places[store_id] = (time.monotonic() + PLACES_FOR_S, places)
    return places


def _sku_ids(request: QuoteRequest) -> set[int]:
    return {line.sku_id for line in request.lines}


def _wanted(
    requests: Sequence[QuoteRequest],
    places: Sequence[tuple[str, ...]],
    days: Sequence[date],
    day: date,
) -> dict[tuple[str, ...], set[int]]:
    wanted: dict[tuple[str, ...], set[int]] = {}
    for request, where, of in zip(requests, places, days, strict=True):
        if of == day:
            wanted.setdefault(where, set()).update(_sku_ids(request))
    return wanted


async def _gifts(deals: Sequence[Deal]) -> dict[int, int]:
    """List prices of the gifts that are on the shelf."""
    wanted = {deal.terms.sku_id for deal in deals if isinstance(deal.terms, Gift)}
    views: Mapping[int, SkuView] = await skus(wanted) if wanted else {}
    return {view.id: view.list_price_fen for view in views.values() if view.on_sale}


def asked_of(
    request: QuoteRequest,
    at: datetime,
    places: Sequence[str],
    deals: Sequence[Deal],
    standing: Standing,
) -> Asked:
    """Who asks, with what is left for them and what their coupons are."""
    claims = tuple(_claim(name, request, at, places, deals, standing) for name in request.coupons)
    limited = [deal for deal in deals if deal.is_limited]
    limited += [claim.deal for claim in claims if claim.deal and claim.deal.is_limited]
    return Asked(
        tier=request.tier,
        segments=request.segments,
        channel=request.channel,
        delivery=request.delivery,
        delivery_fee_fen=request.delivery_fee_fen,
        at=at,
        claims=claims,
        left={deal.campaign_id: _left(deal, request.member_id, standing) for deal in limited},
        points=request.points,
        sold_out=request.sold_out,
    )


def _left(deal: Deal, member_id: int | None, standing: Standing) -> Left:
    used_fen, used_times = standing.used.get(deal.campaign_id, (0, 0))
    taken = None
    if member_id is not None:
        taken = standing.taken.get((deal.campaign_id, member_id), 0)
    return deal.left(used_fen, used_times, taken)


def _claim(
    name: str,
    request: QuoteRequest,
    at: datetime,
    places: Sequence[str],
    deals: Sequence[Deal],
    standing: Standing,
) -> Claim:
    row = standing.coupons.get(name)
    if row is None:
        by_code = (one for one in deals if is_coupon_code(one) and one.code == name)
        deal = next(by_code, None)
        return Claim(name, deal) if deal else Claim(name, None, None, *NO_COUPON)
    if row["member_id"] != request.member_id:
        return Claim(name, None, None, *NO_COUPON)
    deal = deal_of({**row["version"], "code": row["code"], "kind": row["kind"]})
    why = why_not(row, at) or why_not_here(deal, places)
    said = (f"{deal.name}：{why[0]}", f"{deal.code}: {why[1]}") if why else ("", "")
    return Claim(name, deal, row["coupon_id"], *said)
