"""Rules and prices out of the database, kept in the process for as long as their edition holds.

The edition is a random number that every write of prices or rules replaces. It is read before what
it names, so what is kept is never older than its name says; a copy of an old edition is not used.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.database import sql
from trade.promotions.rules import (
    CouponTerm,
    Deal,
    DealKind,
    PointsTerm,
    PriceTerm,
    RateBase,
    RateTerm,
    deal_terms,
    scope_of,
)

MOST_KEPT = 200_000  # prices a process keeps; then it starts anew
EDITION = "coalesce((SELECT edition::text FROM promotions_edition), '')"

RULES = f"""
SELECT {EDITION} AS edition,
    (SELECT json_agg(newest) FROM (
        SELECT DISTINCT ON (c.id) c.code, c.kind, p.*
        FROM promotions_campaign AS c JOIN promotions_promotion AS p ON p.campaign_id = c.id
        ORDER BY c.id, p.version DESC
    ) AS newest WHERE valid_to IS NULL OR valid_to >= current_date - 400) AS deals,
    (SELECT json_agg(newest) FROM (
        SELECT DISTINCT ON (tier) * FROM promotions_member_rate ORDER BY tier, version DESC
    ) AS newest) AS rates,
    (SELECT json_agg(r ORDER BY valid_from DESC, version DESC)
     FROM promotions_program_rate AS r) AS program
"""  # noqa: S608 - our own words

# The newest version of each first day, then the youngest first day that holds.
PRICES = """
SELECT DISTINCT ON (place, sku_id, tier)
    place, sku_id, tier, price_fen, is_lower_only, valid_from, version
FROM (
    SELECT DISTINCT ON (place, sku_id, tier, valid_from) * FROM promotions_price
    WHERE place = ANY($1::text[]) AND sku_id = ANY($2::bigint[]) AND valid_from <= $3
    ORDER BY place, sku_id, tier, valid_from, version DESC
) AS newest
WHERE valid_to IS NULL OR valid_to >= $3
ORDER BY place, sku_id, tier, valid_from DESC
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A deal and the days it runs, whatever the place."""

    deal: Deal
    valid_from: date
    valid_to: date | None

    def is_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(slots=True)
class Rules:
    """One edition: every rule, and the prices asked for so far by place, SKU and day."""

    edition: str
    deals: tuple[Running, ...]
    rates: tuple[tuple[RateTerm, date, date | None], ...]
    program: tuple[tuple[PointsTerm, date], ...]
    prices: dict[tuple[str, int, date], tuple[PriceTerm, ...]] = field(default_factory=dict)
    places: dict[int, tuple[float, tuple[str, ...]]] = field(default_factory=dict)

    def points_on(self, day: date) -> PointsTerm:
        return next((term for term, since in self.program if since <= day), PointsTerm())

    def rates_on(self, day: date) -> dict[str, RateTerm]:
        return {
            term.tier: term
            for term, since, until in self.rates
            if since <= day and (until is None or day <= until)
        }

    def deals_on(self, day: date, places: Sequence[str]) -> tuple[Deal, ...]:
        here = frozenset(places)
        return tuple(
            running.deal
            for running in self.deals
            if running.is_on(day)
            and (not running.deal.scope.places or not here.isdisjoint(running.deal.scope.places))
        )


_kept: list[Rules] = []


def forget_terms() -> None:
    """Read prices and rules anew with the next quote."""
    _kept.clear()


def kept_rules() -> Rules | None:
    """What this process has, without asking whether it still holds."""
    return _kept[0] if _kept else None


async def rules_of(edition: str) -> Rules:
    """The rules of an edition: kept, or read; where it has gone on meanwhile, the newer ones."""
    if _kept and edition and _kept[0].edition == edition:
        return _kept[0]
    [row] = await sql(RULES)
    rules = _rules(row)
    if rules.edition:  # an empty shop has no edition, and nothing worth keeping
        _kept[:] = [rules]
    return rules


def _rules(row: Mapping[str, Any]) -> Rules:
    deals = json.loads(row["deals"] or "[]")
    return Rules(
        edition=row["edition"],
        deals=tuple(Running(deal_of(one), *_days(one)) for one in deals),
        rates=tuple((_rate(one), *_days(one)) for one in json.loads(row["rates"] or "[]")),
        program=tuple(
            (_points(one), date.fromisoformat(one["valid_from"]))
            for one in json.loads(row["program"] or "[]")
        ),
    )


def _days(row: Mapping[str, Any]) -> tuple[date, date | None]:
    last = row["valid_to"]
    return date.fromisoformat(row["valid_from"]), date.fromisoformat(last) if last else None


def _rate(row: Mapping[str, Any]) -> RateTerm:
    version = f"{row['tier']} v{row['version']}"
    return RateTerm(row["tier"], row["rate_bp"], version, RateBase(row["rate_of"]))


def _points(row: Mapping[str, Any]) -> PointsTerm:
    a_yuan, step, cap = row["points_a_yuan"], row["points_step"], row["points_cap_bp"]
    return PointsTerm(row["points_per_yuan"], a_yuan, step, cap)


def deal_of(row: Mapping[str, Any]) -> Deal:
    """A version of a promotion as the JSON of its row, with `code` and `kind` of its campaign."""
    kind = DealKind(row["kind"])
    limits = (row["budget_fen"], row["budget_times"], row["times_each"])
    return Deal(
        code=row["code"],
        kind=kind,
        name=row["name"],
        version=f"{row['code']} v{row['version']}",
        terms=deal_terms(kind, row["terms"]),
        scope=scope_of(row["scope"]),
        campaign_id=row["campaign_id"],
        priority=row["priority"],
        group=row["exclusive_group"],
        may_stack=row["may_stack"],
        limits=limits,
        starts_at=_moment(row["starts_at"]),
        ends_at=_moment(row["ends_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def is_coupon_code(deal: Deal) -> bool:
    return isinstance(deal.terms, CouponTerm) and deal.terms.by_code


async def know_prices(
    rules: Rules, wanted: Mapping[tuple[str, ...], Iterable[int]], day: date
) -> None:
    """Read the prices that are not kept yet, of any number of stores, in one statement."""
    missing = {
        (place, sku_id)
        for places, sku_ids in wanted.items()
        for place in places
        for sku_id in sku_ids
        if (place, sku_id, day) not in rules.prices
    }
    if not missing:
        return
    places, sku_ids = {place for place, _ in missing}, {sku_id for _, sku_id in missing}
    rows = await sql(PRICES, sorted(places), sorted(sku_ids), day)
    if len(rules.prices) > MOST_KEPT:
        rules.prices.clear()
    found: dict[tuple[str, int, date], tuple[PriceTerm, ...]] = {}
    for row in rows:
        at = (row["place"], row["sku_id"], day)
        found[at] = (*found.get(at, ()), _price(row))
    asked = ((place, sku_id, day) for place in places for sku_id in sku_ids)
    rules.prices.update({at: found.get(at, ()) for at in asked})


def _price(row: Mapping[str, Any]) -> PriceTerm:
    where = row["place"] or "all"
    version = f"{where} {row['valid_from']} v{row['version']}"
    return PriceTerm(row["place"], row["price_fen"], version, row["tier"], row["is_lower_only"])


def prices_at(
    rules: Rules, places: Sequence[str], sku_ids: Iterable[int], day: date
) -> dict[int, tuple[PriceTerm, ...]]:
    """The prices of SKUs in a store, the narrowest place first; call `know_prices` before."""
    return {
        sku_id: tuple(
            term for place in places for term in rules.prices.get((place, sku_id, day), ())
        )
        for sku_id in sku_ids
    }
