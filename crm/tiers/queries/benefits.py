"""What tiers and paid memberships bring, and who has which."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql
from crm.tiers.rules import BenefitKind, TermKind

OPEN = """
SELECT tier, plan, place, kind, facts, zh, en FROM tiers_benefit
WHERE ended_at IS NULL AND ($1 = '' OR tier = $1) AND ($2 = '' OR plan = $2) ORDER BY id
"""
PLANS = "SELECT code, zh, en, sku_id, tier, days, is_open FROM tiers_plan ORDER BY id"
TERMS = """
SELECT t.public_id, t.kind, t.plan, t.tier, t.starts_at, t.ends_at, t.ended_at, t.why_ended,
    coalesce((SELECT is_wanted FROM tiers_renewal AS r
              WHERE r.member_id = t.member_id AND r.plan = t.plan), false) AS wants_renewal
FROM tiers_term AS t WHERE t.member_id = $1 ORDER BY t.starts_at DESC, t.id DESC LIMIT $2
"""
PLANS_OF = """
SELECT DISTINCT member_id, plan FROM tiers_term
WHERE member_id = ANY($1::bigint[]) AND kind = 'plan' AND ended_at IS NULL
    AND starts_at <= $2 AND ends_at > $2
"""
ON_PLANS = """
SELECT member_id, array_agg(DISTINCT plan ORDER BY plan) AS plans FROM tiers_term
WHERE kind = 'plan' AND ended_at IS NULL AND starts_at <= $1 AND ends_at > $1 AND member_id > $2
GROUP BY member_id ORDER BY member_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class BenefitView:
    """One benefit of a tier or of a paid membership (`plan`), at a place or (empty) everywhere."""

    tier: str
    plan: str
    place: str
    kind: BenefitKind
    facts: dict[str, Any]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PlanView:
    code: str
    zh: str
    en: str
    sku_id: int
    tier: str
    days: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class TermView:
    """A tier for a while. It counts from `starts_at` until `ends_at`, or until it was ended."""

    public_id: str
    kind: TermKind
    plan: str
    tier: str
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    why_ended: str
    wants_renewal: bool

    def is_alive(self, at: datetime) -> bool:
        is_on = self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
        return is_on and self.ended_at is None


async def benefits(*, tier: str = "", plan: str = "") -> list[BenefitView]:
    """What a tier, or a membership, brings now; without either, of all of them."""
    return [_benefit(row) for row in await sql(OPEN, tier, plan)]


async def benefits_of(member_id: int, tier: str) -> list[BenefitView]:
    """All a member has: of their tier and of each paid membership; of equals the best counts."""
    rows = await sql(PLANS_OF, [member_id], clock.now())
    plans = {row["plan"] for row in rows}
    found = await benefits()
    return [one for one in found if (tier and one.tier == tier) or one.plan in plans]


async def plans() -> list[PlanView]:
    return [PlanView(**row) for row in await sql(PLANS)]


async def terms_of(member_id: int, *, limit: int = 50) -> list[TermView]:
    """Paid memberships and given tiers of a member, the latest first."""
    rows = await sql(TERMS, member_id, limit)
    return [TermView(**{**row, "kind": TermKind(row["kind"])}) for row in rows]


async def plans_of(member_ids: Iterable[int]) -> dict[int, set[str]]:
    """The paid memberships members have now; who has none is left out."""
    found: dict[int, set[str]] = {}
    for row in await sql(PLANS_OF, sorted(set(member_ids)), clock.now()):
        found.setdefault(row["member_id"], set()).add(row["plan"])
    return found


async def members_on_plans(*, after: int = 0, limit: int = 500) -> list[tuple[int, str]]:
    """Members and each of their paid memberships now, by id; a page is of `limit` members."""
    rows = await sql(ON_PLANS, clock.now(), after, limit)
    return [(row["member_id"], plan) for row in rows for plan in row["plans"]]


def _benefit(row: dict[str, Any]) -> BenefitView:
    facts = json.loads(row["facts"]) if isinstance(row["facts"], str) else row["facts"]
    return BenefitView(**{**row, "kind": BenefitKind(row["kind"]), "facts": facts})
