"""A ladder of tiers (等级体系) as data: bounds, window, how long a tier holds, how one falls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from core.clock import SHOP_ZONE, shop_day
from crm.tiers.errors import BadLadder
from crm.tiers.rules.words import BASE_TIER, Basis, Fall, RoundTo

MOST_RUNGS, MOST_AMOUNT, MOST_DAYS = 20, 10**12, 3_660
LEAST_HOLD_DAYS = 28


@dataclass(frozen=True, slots=True)
class Rung:
    """One tier: reached from `threshold` on (fen paid, or growth value), the bound included."""

    code: str
    threshold: int
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """One version. `window_days` None: everything ever counts; `holds_days` None: held for ever.

    A tier holds `holds_days` after it was reached, rounded up to the end of the day, month or year;
    then `grace_days` more, in which qualifying again keeps it. Notice is given `notice_days` before
    it ends. One yuan paid is `growth_per_yuan` of growth value.
    """

    rungs: tuple[Rung, ...]
    basis: Basis = Basis.PAID
    window_days: int | None = 365
    holds_days: int | None = 365
    round_to: RoundTo = RoundTo.DAY
    fall: Fall = Fall.ONE_DOWN
    grace_days: int = 0
    notice_days: int = 30
    growth_per_yuan: int = 1
    since: datetime = datetime(2000, 1, 1, tzinfo=SHOP_ZONE)
    version: int = 0

    def rank_of(self, code: str) -> int | None:
        """The place of a tier, the base being 0; None where this ladder has no such tier."""
        found = (at for at, rung in enumerate(self.rungs) if rung.code == code)
        return next(found, None)

    def rank_for(self, amount: int) -> int:
        """The highest tier whose bound the amount reaches."""
        return max(at for at, rung in enumerate(self.rungs) if at == 0 or rung.threshold <= amount)

    def first_day(self, day: date) -> date:
        """The first shop day that still counts on `day`."""
        if self.window_days is None:
            return date.min
        return day - timedelta(days=self.window_days - 1)

    def held_until(self, moment: datetime) -> datetime | None:
        """The moment a tier reached, or kept, at `moment` ends; it is the start of a shop day."""
        if self.holds_days is None or self.fall is Fall.NEVER:
            return None
        last = shop_day(moment) + timedelta(days=self.holds_days)
        return datetime.combine(_after(last, self.round_to), time(), SHOP_ZONE)


NO_LADDER = Ladder((Rung(BASE_TIER, 0, "普通会员", "Member"),))


def _after(last: date, round_to: RoundTo) -> date:
    if round_to is RoundTo.YEAR:
        return date(last.year + 1, 1, 1)
    if round_to is RoundTo.MONTH:
        return date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return last + timedelta(days=1)


def check_ladder(ladder: Ladder) -> None:
    """Raises BadLadder, which names the field that cannot be kept."""
    codes = [rung.code for rung in ladder.rungs]
    bounds = [rung.threshold for rung in ladder.rungs]
    _fine("rungs", 1 <= len(codes) <= MOST_RUNGS and len(set(codes)) == len(codes))
    _fine("code", all(_is_code(code) for code in codes))
    _fine("threshold", bounds[0] == 0 and _rises(bounds) and bounds[-1] <= MOST_AMOUNT)
    _fine("window_days", ladder.window_days is None or 1 <= ladder.window_days <= MOST_DAYS)
    holds = ladder.holds_days
    _fine("holds_days", holds is None or LEAST_HOLD_DAYS <= holds <= MOST_DAYS)
    _fine("grace_days", 0 <= ladder.grace_days <= 366)
    _fine("notice_days", 0 <= ladder.notice_days <= 366)
    _fine("growth_per_yuan", 0 <= ladder.growth_per_yuan <= 10_000)


def _fine(field: str, is_fine: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_fine:
        raise BadLadder(field=field)


def _is_code(code: str) -> bool:
    return 1 <= len(code) <= 20 and code.isascii() and code.replace("-", "").isalnum()


def _rises(bounds: Sequence[int]) -> bool:
    return all(low < high for low, high in pairwise(bounds))
