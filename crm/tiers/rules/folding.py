"""Which tier somebody has earned: everything that counted, gone through in the order of time.

It is always worked out from the beginning. So it does not matter in which order news arrives, and
what a refund took back is as if it had never been bought: `docs/why/tiers.md` has worked numbers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import accumulate

from core.clock import SHOP_ZONE, shop_day
from crm.tiers.rules.ladder import NO_LADDER, Ladder
from crm.tiers.rules.words import BASE_TIER, Basis, Fall

BLINK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Credit:
    """What one purchase (or deed) counts, less what of it was refunded, at its own moment."""

    at: datetime
    paid_fen: int = 0
    growth: int = 0


@dataclass(frozen=True, slots=True)
class Stand:
    """An earned tier. `until` None: it does not end. `is_in_grace`: it has ended, and may be
    kept by qualifying before the grace days are over."""

    code: str = BASE_TIER
    rank: int = 0
    since: datetime | None = None
    until: datetime | None = None
    is_in_grace: bool = False


class Sums:
    """Credits by time, ready to be summed over any window."""

    def __init__(self, counted: Iterable[Credit]) -> None:
        self.credits = sorted(counted, key=lambda one: one.at)
        self._ats = [one.at for one in self.credits]
        self._sums = {
            Basis.PAID: [0, *accumulate(one.paid_fen for one in self.credits)],
            Basis.GROWTH: [0, *accumulate(one.growth for one in self.credits)],
        }

    def at(self, ladder: Ladder, moment: datetime) -> int:
        """What counts at a moment: of the days of the window, up to the moment itself."""
        first = ladder.first_day(shop_day(moment))
        low = 0
        if ladder.window_days is not None:
            low = bisect_left(self._ats, datetime.combine(first, time(), SHOP_ZONE))
        sums = self._sums[ladder.basis]
        return sums[max(bisect_right(self._ats, moment), low)] - sums[low]


def fold(ladders: Sequence[Ladder], counted: Iterable[Credit], at: datetime) -> Stand:
    """The tier earned at a moment. `ladders` are all versions; what comes later does not count.

    Up at once; when a tier ends it is kept by who qualifies on its last day or in the grace days,
    and lost by the policy of the ladder of that moment.
    """
    walk = _Walk(sorted(ladders, key=lambda one: (one.since, one.version)), Sums(counted))
    marks = {one.since for one in walk.ladders} | {one.at for one in walk.sums.credits}
    stand = Stand()
    for mark in sorted(mark for mark in marks if mark <= at):
        stand = walk.met(walk.aged(stand, mark), mark)
    return walk.aged(stand, at)


def next_look(ladder: Ladder, stand: Stand, at: datetime) -> datetime | None:
    """When an earned tier has to be looked at next, were nothing bought meanwhile."""
    if stand.until is None:
        return None
    due = stand.until + timedelta(days=ladder.grace_days)
    moments = (stand.until - timedelta(days=ladder.notice_days), stand.until, due)
    return next((moment for moment in moments if moment > at), due)


def ladder_at(ladders: Sequence[Ladder], moment: datetime) -> Ladder:
    """The version in force; before the first there is the base tier and nothing else."""
    begun = [one for one in ladders if one.since <= moment]
    return max(begun, key=lambda one: (one.since, one.version), default=NO_LADDER)


@dataclass(frozen=True, slots=True)
class _Walk:
    ladders: Sequence[Ladder]
    sums: Sums

    def met(self, stand: Stand, mark: datetime) -> Stand:
        """Something counts, or the rules change: up at once, never down."""
        ladder = ladder_at(self.ladders, mark)
        reached = ladder.rank_for(self.sums.at(ladder, mark))
        known = ladder.rank_of(stand.code)
        if known is None or reached > known:
            return _stand(ladder, reached, mark)
        if stand.is_in_grace and reached == known:
            until = ladder.held_until(mark)
            return replace(stand, rank=known, until=until, is_in_grace=False)
        return replace(stand, rank=known)

    def aged(self, stand: Stand, mark: datetime) -> Stand:
        """Time passes: what ends until `mark` is kept or lost."""
        while (until := stand.until) is not None and until <= mark:
            if not stand.is_in_grace:
                stand = self._ended(stand, until)
                continue
            due = until + timedelta(days=ladder_at(self.ladders, mark).grace_days)
            if due > mark:
                break
            stand = self._lost(stand, due)
        return stand

    def _ended(self, stand: Stand, until: datetime) -> Stand:
        ladder = ladder_at(self.ladders, until)
        if ladder.rank_for(self.sums.at(ladder, until - BLINK)) >= stand.rank:
            return replace(stand, until=ladder.held_until(until))
        return replace(stand, is_in_grace=True)

    def _lost(self, stand: Stand, due: datetime) -> Stand:
        ladder = ladder_at(self.ladders, due)
        if ladder.fall is Fall.NEVER:
            return replace(stand, until=None, is_in_grace=False)
        reached = ladder.rank_for(self.sums.at(ladder, due - BLINK))
        down = max(stand.rank - 1, reached) if ladder.fall is Fall.ONE_DOWN else reached
        return _stand(ladder, min(down, stand.rank), due)


def _stand(ladder: Ladder, rank: int, moment: datetime) -> Stand:
    until = ladder.held_until(moment) if rank else None
    return Stand(ladder.rungs[rank].code, rank, moment, until)
