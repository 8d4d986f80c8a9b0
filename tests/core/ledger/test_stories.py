"""Any story of earning, spending, holding, refunding and expiring keeps the book exact."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core.ledger.audit  # noqa: F401  registers the checks
from core.audit import checks
from core.database import use_case
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    Entry,
    HoldEnded,
    InsufficientBalance,
    MirrorsTooMuch,
    balance,
    capture,
    hold,
    house,
    lots,
    mirror,
    post,
    release,
    replay,
)
from tests.scenes.ledger import SPRING, SUMMER

pytestmark = pytest.mark.usefixtures("db")
serial = count(1)
AMOUNTS, PICKS = st.integers(1, 120), st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("earn"), AMOUNTS, st.sampled_from([SPRING, SUMMER, None])),
    st.tuples(st.just("spend"), AMOUNTS, st.none()),
    st.tuples(st.just("hold"), AMOUNTS, st.none()),
    st.tuples(st.just("capture"), PICKS, st.integers(1, 100)),
    st.tuples(st.just("release"), PICKS, st.none()),
    st.tuples(st.just("refund"), PICKS, st.integers(1, 7)),
    st.tuples(st.just("repeat"), PICKS, st.none()),
)


@dataclass
class Story:
    """What must be true, kept by plain arithmetic."""

    me: Account
    issued = house(AccountKind.POINTS_ISSUED)
    free: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    earned: list[tuple[Cause, int]] = field(default_factory=list)
    back: dict[Cause, Fraction] = field(default_factory=dict)

    @use_case
    async def earn(self, key: str, amount: int, expires_at: datetime | None) -> None:
        cause = Cause("story.earned", key)
        await post(cause, [Entry(self.me, amount, expires_at), Entry(self.issued, -amount)])
        self.free += amount
        self.earned.append((cause, amount))

    @use_case
    async def spend(self, key: str, amount: int) -> None:
        entries = [Entry(self.me, -amount), Entry(self.issued, amount)]
        try:
            await post(Cause("story.spent", key), entries)
        except InsufficientBalance:
            assert self.free < amount
        else:
            self.free -= amount

    @use_case
    async def hold(self, key: str, amount: int) -> None:
        try:
            await hold(Cause("story.held", key), self.me, amount, SUMMER)
        except InsufficientBalance:
            assert self.free < amount
        else:
            self.free -= amount
            self.aside[key] = amount

    @use_case
    async def capture(self, pick: int, percent: int) -> None:
        if not self.aside:
            return
        key = list(self.aside)[pick % len(self.aside)]
        held = self.aside.pop(key)
        used = max(1, held * percent // 100)
        cause = Cause("story.captured", key)
        await capture(cause, Cause("story.held", key), [Entry(self.issued, used)])
        self.free += held - used
        with pytest.raises(HoldEnded):
            await release(Cause("story.released", key), Cause("story.held", key))

    @use_case
    async def release(self, pick: int) -> None:
        if self.aside:
            key = list(self.aside)[pick % len(self.aside)]
            await release(Cause("story.released", key), Cause("story.held", key))
            self.free += self.aside.pop(key)

    @use_case
    async def refund(self, key: str, pick: int, sevenths: int) -> None:
        if not self.earned:
            return
        cause, amount = self.earned[pick % len(self.earned)]
        before = self.back.get(cause, Fraction(0))
        after = before + Fraction(sevenths, 7)
        try:
            await mirror(Cause("story.refunded", key), cause, sevenths, 7)
        except MirrorsTooMuch:
            assert after > 1
        else:
            self.free -= half_up(amount * after) - half_up(amount * before)
            self.back[cause] = after

    @use_case
    async def repeat(self, pick: int) -> None:
        if self.earned:
            cause, amount = self.earned[pick % len(self.earned)]
            again = await post(cause, [Entry(self.me, amount), Entry(self.issued, -amount)])
            assert not again.is_new


def half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEPS, min_size=5, max_size=25))
async def test_every_story_ends_with_an_exact_book(
    steps: list[tuple[str, int, object]],
) -> None:
    story = Story(Account(AccountKind.POINTS, f"member:{next(serial)}"))
    for place, (name, number, more) in enumerate(steps):
        key = f"{story.me.owner}.{place}"
        match name:
            case "earn":
                assert more is None or isinstance(more, datetime)
                await story.earn(key, number, more)
            case "spend":
                await story.spend(key, number)
            case "hold":
                await story.hold(key, number)
            case "capture":
                assert isinstance(more, int)
                await story.capture(number, more)
            case "release":
                await story.release(number)
            case "refund":
                assert isinstance(more, int)
                await story.refund(key, number, more)
            case _:
                await story.repeat(number)
        assert await balance(story.me) == story.free

    kept = await lots(story.me)
    assert sum(lot.remaining for lot in kept) == story.free
    assert await balance(story.me.held) == sum(story.aside.values())
    found = [name for name, work in checks.items() if name.startswith("ledger.") and await work()]
    assert found == []
    assert await replay() == 0
