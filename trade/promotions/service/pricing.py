"""Putting prices, the tiers' rates and the program's rates. Nothing is changed: versions are added.

Writers take turns, so that two of them cannot give one number to two versions.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from core.database import sql, use_case
from core.upsert import Upserted
from trade.promotions.models import MemberRate, ProgramRate
from trade.promotions.rules import RateBase, place_of

ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('promotions.write'))"

# One statement for any number of prices: 10,000 of them take a second, not 10,000 round trips.
PUT_PRICES = """
INSERT INTO promotions_price
    (place, sku_id, tier, price_fen, is_lower_only, valid_from, valid_to, version)
SELECT asked.place, asked.sku_id, asked.tier, asked.price_fen, asked.is_lower_only,
    asked.valid_from, asked.valid_to, coalesce(newest.version, 0) + 1
FROM jsonb_populate_recordset(NULL::promotions_price, $1::jsonb) AS asked
LEFT JOIN LATERAL (
    SELECT * FROM promotions_price AS old
    WHERE old.place = asked.place AND old.sku_id = asked.sku_id AND old.tier = asked.tier
        AND old.valid_from = asked.valid_from
    ORDER BY old.version DESC LIMIT 1
) AS newest ON true
WHERE newest.id IS NULL OR (newest.price_fen, newest.is_lower_only, newest.valid_to)
    IS DISTINCT FROM (asked.price_fen, asked.is_lower_only, asked.valid_to)
RETURNING version = 1 AS is_new
"""


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price in one store, of a franchisee's stores, in a region, or (all empty) everywhere.

    With a `tier` it is that tier's price. `is_lower_only`: never above what it would cost anyway.
    """

    store_id: int | None
    sku_id: int
    price_fen: int
    valid_from: date
    valid_to: date | None
    region: str = ""
    franchisee_id: int | None = None
    tier: str = ""
    is_lower_only: bool = False

    def row(self) -> dict[str, Any]:
        facts = asdict(self)
        where = {name: facts.pop(name) for name in ("store_id", "franchisee_id", "region")}
        return {**facts, "place": place_of(**where)}


@dataclass(frozen=True, slots=True)
class MemberRateDraft:
    tier: str
    rate_bp: int
    valid_from: date
    valid_to: date | None
    rate_of: RateBase = RateBase.LIST


@dataclass(frozen=True, slots=True)
class ProgramRateDraft:
    """The last three say what points are worth at checkout; without them they pay nothing."""

    points_per_yuan: int
    commission_bp: int
    share_bp: int
    valid_from: date
    points_a_yuan: int = 0
    points_step: int = 1
    points_cap_bp: int = 0


@use_case
async def put_prices(drafts: Iterable[PriceDraft]) -> Upserted:
    """Set prices by place, SKU, tier and first day. A changed one becomes a new version.

    Doing it again changes nothing. Two drafts of one key in a call are the caller's mistake.
    """
    rows = [draft.row() for draft in drafts]
    if not rows:
        return Upserted()
    await sql(ONE_WRITER)
    told = await sql(PUT_PRICES, json.dumps(rows, default=str))
    new = sum(row["is_new"] for row in told)
    return Upserted(new, len(told) - new, len(rows) - len(told))


@use_case
async def put_member_rates(drafts: Iterable[MemberRateDraft]) -> Upserted:
    """Give tiers their rates. A changed one becomes a new version; the old one stays readable."""
    await sql(ONE_WRITER)
    done = Upserted()
    for draft in drafts:
        facts = asdict(draft)
        newest = await MemberRate.filter(tier=draft.tier).order_by("-version").first()
        if newest is not None and _holds(newest, facts):
            done += Upserted(same=1)
            continue
        await MemberRate(version=newest.version + 1 if newest else 1, **facts).save()
        done += Upserted(changed=1) if newest else Upserted(new=1)
    return done


@use_case
async def put_program_rates(drafts: Iterable[ProgramRateDraft]) -> Upserted:
    """Set the program's flat rates from a day on. A changed one becomes a new version."""
    await sql(ONE_WRITER)
    done = Upserted()
    for draft in drafts:
        newest = await ProgramRate.all().order_by("-version").first()
        same_day = (
            await ProgramRate.filter(valid_from=draft.valid_from).order_by("-version").first()
        )
        if same_day is not None and _holds(same_day, asdict(draft)):
            done += Upserted(same=1)
            continue
        await ProgramRate(version=newest.version + 1 if newest else 1, **asdict(draft)).save()
        done += Upserted(changed=1) if same_day else Upserted(new=1)
    return done


def _holds(row: MemberRate | ProgramRate, facts: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in facts.items())
