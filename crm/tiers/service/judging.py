"""Judging where members stand: any number at once, each under its own row's lock.

Judging again changes nothing. What changed is a row of history and news, written together.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.database import sql, use_case
from core.outbox import publish
from crm.people.service import show_tiers
from crm.tiers.events import TierChanged, TierEndsSoon
from crm.tiers.reading import credits_of, ladders
from crm.tiers.rules import (
    BASE_TIER,
    BLINK,
    Credit,
    Ladder,
    Stand,
    Sums,
    Why,
    fold,
    ladder_at,
    next_look,
)
from crm.tiers.service.welcoming import welcome

# Without a row there is nothing to lock: it is made first. By member, so that no two groups wait
# for each other.
OPEN = """
INSERT INTO tiers_standing (member_id, judged_at)
SELECT id, '2000-01-01T00:00:00Z' FROM unnest($1::bigint[]) AS id ORDER BY id
ON CONFLICT (member_id) DO NOTHING
"""
LOCK = """
SELECT member_id, tier, judged_at, told_until FROM tiers_standing
WHERE member_id = ANY($1::bigint[]) ORDER BY member_id FOR UPDATE
"""
TERMS = """
SELECT member_id, tier, starts_at, ends_at FROM tiers_term
WHERE member_id = ANY($1::bigint[]) AND ended_at IS NULL AND (ends_at IS NULL OR ends_at > $2)
"""
WRITE = """
UPDATE tiers_standing AS s SET tier = n.tier, rank = n.rank, earned = n.earned, amount = n.amount,
    since = n.since, until = n.until, is_in_grace = n.is_in_grace, told_until = n.told_until,
    judged_at = n.judged_at, look_at = n.look_at
FROM jsonb_populate_recordset(NULL::tiers_standing, $1::jsonb) AS n
WHERE s.member_id = n.member_id
"""
CHANGE = """
INSERT INTO tiers_change (member_id, from_tier, to_tier, why, cause, amount, at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
"""
DUE = """
SELECT member_id FROM tiers_standing WHERE look_at <= $1
ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class TermFact:
    tier: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a member stands; `told_until` is the end that is announced by now."""

    member_id: int
    tier: str
    rank: int
    amount: int
    stand: Stand
    look_at: datetime | None
    told_until: datetime | None
    missing: int
    at: datetime

    def row(self) -> dict[str, Any]:
        return {
            "member_id": self.member_id,
            "tier": self.tier,
            "rank": self.rank,
            "earned": self.stand.code,
            "amount": self.amount,
            "since": self.stand.since,
            "until": self.stand.until,
            "is_in_grace": self.stand.is_in_grace,
            "told_until": self.told_until,
            "judged_at": self.at,
            "look_at": self.look_at,
        }


@use_case
async def judge(member_ids: Iterable[int], *, why: Why, cause: str = "") -> dict[int, str]:
    """Work out where these members stand now, and answer their tiers. Again: nothing changes.

    The moment is now, or the last one they were judged at where the clock has gone back since.
    """
    wanted = sorted(set(member_ids))
    if not wanted:
        return {}
    await sql(OPEN, wanted)
    known = {row["member_id"]: row for row in await sql(LOCK, wanted)}
    rules, counted = await ladders(), await credits_of(wanted)
    terms = await _terms(wanted)
    verdicts = [
        _verdict(known[id_], rules, counted.get(id_, []), terms.get(id_, [])) for id_ in wanted
    ]
    await sql(WRITE, json.dumps([one.row() for one in verdicts], default=str))
    await show_tiers({one.member_id: one.tier for one in verdicts})
    for verdict in verdicts:
        await _tell(verdict, known[verdict.member_id], rules, why, cause)
    return {one.member_id: one.tier for one in verdicts}


@use_case
async def judge_due(*, limit: int = 200) -> int:
    """Judge the members whose tiers may end, or whose ends have to be announced; answers how many.

    Two workers take different ones.
    """
    rows = await sql(DUE, clock.now(), limit)
    await judge([row["member_id"] for row in rows], why=Why.EXPIRY)
    return len(rows)


async def _terms(member_ids: Sequence[int]) -> dict[int, list[TermFact]]:
    found: dict[int, list[TermFact]] = {}
    for row in await sql(TERMS, member_ids, clock.now()):
        fact = TermFact(row["tier"], row["starts_at"], row["ends_at"])
        found.setdefault(row["member_id"], []).append(fact)
    return found


def _verdict(
    known: Mapping[str, Any],
    rules: Sequence[Ladder],
    counted: Sequence[Credit],
    terms: Sequence[TermFact],
) -> Verdict:
    at = max(clock.now(), known["judged_at"])
    ladder = ladder_at(rules, at)
    stand = fold(rules, counted, at)
    ranks = {stand.code: stand.rank}
    for term in terms:
        if term.starts_at <= at:
            ranks[term.tier] = max(ranks.get(term.tier, 0), ladder.rank_of(term.tier) or 0)
    tier = max(ranks, key=lambda code: ranks[code])
    sums, until = Sums(counted), stand.until
    missing = _missing(ladder, stand, sums)
    is_told = missing > 0 and _is_soon(ladder, stand, at)
    return Verdict(
        member_id=known["member_id"],
        tier=tier,
        rank=ranks[tier],
        amount=sums.at(ladder, at),
        stand=stand,
        look_at=_look_at(rules, ladder, stand, terms, at),
        told_until=until if is_told else known["told_until"],
        missing=missing,
        at=at,
    )


def _missing(ladder: Ladder, stand: Stand, sums: Sums) -> int:
    """What the window that is looked at when the tier ends lacks as yet: what counts now may have
    left it by then."""
    if stand.until is None:
        return 0
    rung = ladder.rungs[min(stand.rank, len(ladder.rungs) - 1)]
    return max(rung.threshold - sums.at(ladder, stand.until - BLINK), 0)


def _is_soon(ladder: Ladder, stand: Stand, at: datetime) -> bool:
    if stand.until is None or not ladder.notice_days:
        return False
    left = stand.until - at
    return left.total_seconds() <= ladder.notice_days * 86_400


def _look_at(
    rules: Sequence[Ladder],
    ladder: Ladder,
    stand: Stand,
    terms: Sequence[TermFact],
    at: datetime,
) -> datetime | None:
    moments = [next_look(ladder, stand, at), *(one.since for one in rules)]
    moments += [moment for term in terms for moment in (term.starts_at, term.ends_at)]
    return min((moment for moment in moments if moment is not None and moment > at), default=None)


async def _tell(
    verdict: Verdict, known: Mapping[str, Any], rules: Sequence[Ladder], why: Why, cause: str
) -> None:
    stand, at = verdict.stand, verdict.at
    if verdict.told_until != known["told_until"] and stand.until:
        soon = TierEndsSoon(verdict.member_id, stand.code, stand.until, verdict.missing, at)
        await publish(soon)
    if verdict.tier == known["tier"]:
        return
    before = ladder_at(rules, at).rank_of(known["tier"]) or 0
    facts = (verdict.member_id, known["tier"], verdict.tier)
    [row] = await sql(CHANGE, *facts, why, cause[:80], verdict.amount, at)
    is_up = verdict.rank > before
    await publish(TierChanged(*facts, is_up, why, row["id"], at))
    if is_up and verdict.tier != BASE_TIER:
        await welcome(verdict.member_id, verdict.tier)
