"""A small book: a member's points, a guide's commission, and use cases that post."""

from datetime import UTC, datetime, timedelta

from core import clock
from core.database import use_case
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    Entry,
    Journal,
    capture,
    hold,
    house,
    mirror,
    post,
    release,
)
from core.ledger.journals import Memo

POINTS = Account(AccountKind.POINTS, "member:12")
ISSUED = house(AccountKind.POINTS_ISSUED)
COMMISSION = Account(AccountKind.COMMISSION, "staff:3")
COST = house(AccountKind.COMMISSION_COST)
SPRING, SUMMER = datetime(2090, 3, 1, tzinfo=UTC), datetime(2090, 6, 1, tzinfo=UTC)


@use_case
async def give(
    key: str, amount: int, memo: Memo | None = None, expires_at: datetime | None = SUMMER
) -> Journal:
    entries = [Entry(POINTS, amount, expires_at), Entry(ISSUED, -amount)]
    return await post(Cause("test.given", key), entries, memo)


@use_case
async def spend(key: str, amount: int) -> Journal:
    return await post(Cause("test.spent", key), [Entry(POINTS, -amount), Entry(ISSUED, amount)])


@use_case
async def set_aside(key: str, amount: int, *, for_s: int = 900) -> Journal:
    ends = clock.now() + timedelta(seconds=for_s)
    return await hold(Cause("test.held", key), POINTS, amount, ends)


@use_case
async def use_held(key: str, amount: int, *, by: str | None = None) -> Journal:
    cause = Cause("test.captured", by or key)
    return await capture(cause, Cause("test.held", key), [Entry(ISSUED, amount)])


@use_case
async def give_back(key: str, *, by: str | None = None) -> Journal:
    return await release(Cause("test.released", by or key), Cause("test.held", key))


@use_case
async def earn(key: str, amount: int) -> Journal:
    entries = [Entry(COMMISSION, amount), Entry(COST, -amount)]
    return await post(Cause("test.earned", key), entries)


@use_case
async def take_back(key: str, of: Cause, numerator: int, denominator: int) -> Journal:
    return await mirror(Cause("test.refunded", key), of, numerator, denominator)
