"""How many points: worked out step by step, so that a member and a marketer can read why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.money import split_fen
from crm.points.rules.terms import Limits, Terms, Times


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic: `points` is what it adds or takes."""

    zh: str
    en: str
    points: int


@dataclass(frozen=True, slots=True)
class Worked:
    """`points` is the sum of the steps."""

    steps: tuple[Step, ...] = ()

    @property
    def points(self) -> int:
        return sum(step.points for step in self.steps)


@dataclass(frozen=True, slots=True)
class Bought:
    """A paid order as a program sees it; `lines` are (product, fen paid for it)."""

    lines: Sequence[tuple[int, int]]
    freight_fen: int
    promised: int
    tier: str = ""
    store_id: int = 0
    is_birth_month: bool = False

    @property
    def goods_fen(self) -> int:
        return sum(fen for _, fen in self.lines)

    def basis_fen(self, terms: Terms) -> int:
        """The money that earns, and in proportion to which a refund takes back."""
        return self.goods_fen + (self.freight_fen if terms.counts_freight else 0)


def points_of_order(terms: Terms, bought: Bought) -> Worked:
    """The points of an order before limits.

    A multiple counts for the goods it names; where several do, the greatest one. Goods of one
    multiple are added up before it is applied, and what is less than a point is dropped.
    """
    base = _base(terms, bought)
    if not base.points:
        return base
    weights = [fen for _, fen in bought.lines]
    if not any(weights):
        weights = [1] * len(weights)
    shares = split_fen(base.points, weights) if weights else []
    by_rate: dict[int, int] = {}
    for (product_id, _), share in zip(bought.lines, shares, strict=True):
        rate = rate_for(terms.times, bought, product_id)
        by_rate[rate] = by_rate.get(rate, 0) + share
    more = [_multiplied(rate, part) for rate, part in sorted(by_rate.items()) if rate != 10_000]
    return Worked((*base.steps, *more))


def _base(terms: Terms, bought: Bought) -> Worked:
    if terms.as_promised:
        said = "结算时承诺", "promised by the quote"
        return Worked((Step(*said, bought.promised),)) if bought.promised else Worked()
    if terms.flat:
        return Worked((Step("每单", "for each order", terms.flat),))
    whole = bought.basis_fen(terms) // 100
    points = whole * terms.per_yuan
    zh = f"实付 {whole} 元 × {terms.per_yuan}"
    en = f"{whole} whole yuan paid × {terms.per_yuan}"
    return Worked((Step(zh, en, points),)) if points else Worked()


def _multiplied(rate: int, part: int) -> Step:
    times = f"{rate / 10_000:g}"
    zh, en = f"{part} 分按 {times} 倍", f"{part} points times {times}"
    return Step(zh, en, (part * rate) // 10_000 - part)


def rate_for(times: Collection[Times], bought: Bought, product_id: int) -> int:
    """The multiple that counts for goods of an order, in 1/10000; 10000 where none does."""
    fitting = [one.bp for one in times if _fits(one, bought, product_id)]
    return max(fitting) if fitting else 10_000


def _fits(one: Times, bought: Bought, product_id: int) -> bool:
    return (
        (not one.tiers or bought.tier in one.tiers)
        and (not one.store_ids or bought.store_id in one.store_ids)
        and (not one.product_ids or product_id in one.product_ids)
        and (not one.in_birth_month or bought.is_birth_month)
    )


def points_of_deed(terms: Terms, streak: int = 0) -> Worked:
    """The points of anything but an order; `streak` is how many days in a row it is by now."""
    steps = [Step("每次", "each time", terms.flat)] if terms.flat else []
    for days, more in sorted(terms.streak.items()):
        if streak and streak % days == 0:
            steps.append(Step(f"连续 {days} 天", f"{days} days in a row", more))
    return Worked(tuple(steps))


@dataclass(frozen=True, slots=True)
class Had:
    """What a member was given by a program before: on that day, and in all."""

    points_today: int = 0
    times_today: int = 0
    points: int = 0
    times: int = 0


def limited(worked: Worked, limits: Limits, had: Had) -> Worked:
    """Cut down to what the limits leave; the cut is a step of its own."""
    left = worked.points
    if _is_used_up(limits.times_a_day, had.times_today) or _is_used_up(
        limits.times_in_all, had.times
    ):
        left = 0
    if limits.points_a_day is not None:
        left = min(left, max(0, limits.points_a_day - had.points_today))
    if limits.points_in_all is not None:
        left = min(left, max(0, limits.points_in_all - had.points))
    cut = worked.points - left
    if not cut:
        return worked
    return Worked((*worked.steps, Step("超过上限", "over the limit", -cut)))


def _is_used_up(most: int | None, had: int) -> bool:
    return most is not None and had >= most


def part_of_refund(basis_fen: int, before_fen: int, refund_fen: int) -> int:
    """How much of the money that earned goes back with one more refund.

    Goods before freight: buying, sending everything back and keeping the points is not possible.
    """
    return min(basis_fen, before_fen + refund_fen) - min(basis_fen, before_fen)
