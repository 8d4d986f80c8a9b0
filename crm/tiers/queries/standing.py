"""Where a member stands, what is missing to the next tier, and how it came about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql
from crm.tiers.reading import credits_of, ladders
from crm.tiers.rules import BASE_TIER, BLINK, Basis, Credit, Ladder, Sums, Why, ladder_at

STANDING = """
SELECT tier, rank, earned, amount, since, until, is_in_grace FROM tiers_standing
WHERE member_id = $1
"""
CHANGES = """
SELECT from_tier, to_tier, why, cause, amount, at FROM tiers_change
WHERE member_id = $1 ORDER BY id DESC LIMIT $2
"""
COUNTS = "SELECT tier, count(*)::bigint AS members FROM tiers_standing GROUP BY tier"
HAVING = "SELECT member_id FROM tiers_standing WHERE tier = $1 ORDER BY member_id"


@dataclass(frozen=True, slots=True)
class RungView:
    code: str
    zh: str
    en: str
    threshold: int


@dataclass(frozen=True, slots=True)
class LadderView:
    """The tiers in force, the base first. Amounts are fen paid or growth value, by `basis`."""

    version: int
    basis: Basis
    rungs: tuple[RungView, ...]
    window_days: int | None
    holds_days: int | None
    round_to: str
    fall: str
    grace_days: int
    notice_days: int
    growth_per_yuan: int
    since: datetime


@dataclass(frozen=True, slots=True)
class StandingView:
    """`amount` counts now; `next` is the tier above the earned one, `missing` of it still. `tier`
    may be above `earned`: paid for or given. `until` None: what was earned does not end.
    """

    tier: str
    earned: str
    basis: Basis
    amount: int
    next: RungView | None
    missing: int
    to_keep: int
    since: datetime | None
    until: datetime | None
    is_in_grace: bool


@dataclass(frozen=True, slots=True)
class ChangeView:
    from_tier: str
    to_tier: str
    why: Why
    cause: str
    amount: int
    at: datetime


async def ladder_now() -> LadderView:
    """The tiers in force now; before any were set there is the base tier alone."""
    return _ladder(ladder_at(await ladders(), clock.now()))


async def standing_of(member_id: int) -> StandingView:
    """Where a member stands now. `to_keep` is what is missing to keep the tier at its end."""
    rows, rules, now = await sql(STANDING, member_id), await ladders(), clock.now()
    ladder = ladder_at(rules, now)
    counted = (await credits_of([member_id])).get(member_id, [])
    amount = Sums(counted).at(ladder, now)
    row = rows[0] if rows else _NOTHING
    rank = ladder.rank_of(row["earned"]) or 0
    above = ladder.rungs[rank + 1] if rank + 1 < len(ladder.rungs) else None
    return StandingView(
        tier=row["tier"],
        earned=row["earned"],
        basis=ladder.basis,
        amount=amount,
        next=RungView(above.code, above.zh, above.en, above.threshold) if above else None,
        missing=max(above.threshold - amount, 0) if above else 0,
        to_keep=_to_keep(ladder, rank, counted, row["until"]),
        since=row["since"],
        until=row["until"],
        is_in_grace=row["is_in_grace"],
    )


_NOTHING: dict[str, Any] = {
    "tier": BASE_TIER,
    "earned": BASE_TIER,
    "since": None,
    "until": None,
    "is_in_grace": False,
}


async def changes_of(member_id: int, *, limit: int = 50) -> list[ChangeView]:
    """How a member's tier came about, the newest first."""
    rows = await sql(CHANGES, member_id, limit)
    return [ChangeView(**{**row, "why": Why(row["why"])}) for row in rows]


async def members_by_tier() -> dict[str, int]:
    """How many members stand on each tier; who has earned nothing has no row and is not counted."""
    return {row["tier"]: row["members"] for row in await sql(COUNTS)}


async def members_having(tier: str) -> list[int]:
    """Who has a tier now, by id. The base tier's are only those who bought something once."""
    return [row["member_id"] for row in await sql(HAVING, tier)]


def _ladder(ladder: Ladder) -> LadderView:
    return LadderView(
        version=ladder.version,
        basis=ladder.basis,
        rungs=tuple(RungView(one.code, one.zh, one.en, one.threshold) for one in ladder.rungs),
        window_days=ladder.window_days,
        holds_days=ladder.holds_days,
        round_to=ladder.round_to,
        fall=ladder.fall,
        grace_days=ladder.grace_days,
        notice_days=ladder.notice_days,
        growth_per_yuan=ladder.growth_per_yuan,
        since=ladder.since,
    )


def _to_keep(ladder: Ladder, rank: int, counted: Iterable[Credit], until: datetime | None) -> int:
    """What of the window that will be looked at, when the tier ends, has not been reached yet."""
    if until is None or rank == 0:
        return 0
    return max(ladder.rungs[rank].threshold - Sums(counted).at(ladder, until - BLINK), 0)
