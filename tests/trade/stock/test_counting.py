"""Counts with approval, and absolute numbers from a feed: truths as of a moment."""

import asyncio
from datetime import timedelta

import pytest

from core import clock
from core.database import use_case
from core.security.scope import Role, Scope
from tests.trade.stock.room import (
    HERE,
    SKU,
    THERE,
    ago,
    findings,
    level,
    movements,
    on_shelf,
)
from trade.stock.errors import (
    CountClosed,
    CountEmpty,
    CountNotFound,
    GivenTwice,
    MomentInFuture,
    NumberTaken,
    OutOfStock,
    QuantityNotPositive,
    SecondPersonNeeded,
)
from trade.stock.queries import CountState, count_for, short_shelves
from trade.stock.service import (
    Counted,
    FeedAnswer,
    FeedRow,
    ReserveLine,
    ReserveRequest,
    apply_stock_feed,
    approve_count,
    enter_count,
    open_count,
    receive_stock,
    reject_count,
    reserve,
    set_on_hand,
    take_out,
)

pytestmark = pytest.mark.usefixtures("db")
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)


async def sold(
    order_no: str, units: int, *, minutes_ago: float = 0, is_forced: bool = True
) -> None:
    at = ago(minutes_ago) if minutes_ago else None
    await take_out(
        order_no=order_no, store_id=HERE, lines=[(SKU, units)], is_forced=is_forced, at=at
    )


async def counted(units: int, *, minutes_ago: float = 0, number: str = "PD1") -> None:
    await open_count(number=number, store_id=HERE, actor="guide:1")
    at = ago(minutes_ago)
    await enter_count(number=number, found=[Counted(SKU, units)], actor="guide:1", at=at)


async def told(seq: int, on_hand: int, *, minutes_ago: float = 0) -> FeedAnswer:
    row = FeedRow(SKU, HERE, on_hand, ago(minutes_ago))
    return await apply_stock_feed(source="erp", seq=seq, rows=[row])


async def held(order_no: str, units: int) -> None:
    line = (ReserveLine(SKU, units),)
    await use_case(reserve)(ReserveRequest(order_no, HERE, line, clock.now()))


async def test_a_count_moves_goods_only_when_a_second_person_approves_it() -> None:
    await on_shelf(10)
    await counted(8)
    seen = await count_for(OFFICE, "PD1")
    with pytest.raises(SecondPersonNeeded):
        await approve_count(number="PD1", actor="guide:1")
    untouched = (await level()).on_hand
    for _ in range(2):
        await approve_count(number="PD1", actor="store_manager:2")
    posted = await count_for(OFFICE, "PD1")

    assert [(line.booked, line.counted, line.difference) for line in seen.lines] == [(10, 8, -2)]
    assert untouched == 10
    assert (await level()).on_hand == 8
    assert (posted.state, posted.lines[0].difference) == (CountState.POSTED, -2)
    assert await findings() == set()


async def test_what_is_sold_between_count_and_posting_stays_sold() -> None:
    await receive_stock(cause="early", sku_id=SKU, store_id=HERE, quantity=10)
    await counted(9)
    await sold("T1", 2)
    await approve_count(number="PD1", actor="store_manager:2")

    assert (await level()).on_hand == 7
    assert (await movements())[-1] == ("counted", "shelf", HERE, -1)
    assert await findings() == set()


async def test_a_right_count_is_written_down_as_zero() -> None:
    await on_shelf(10)
    await counted(10)
    await approve_count(number="PD1", actor="store_manager:2")

    assert (await movements())[-1] == ("counted", "shelf", HERE, 0)
    assert await findings() == set()


async def test_a_rejected_count_moves_nothing() -> None:
    await on_shelf(10)
    await counted(1)
    for _ in range(2):
        await reject_count(number="PD1", actor="store_manager:2")

    assert (await level()).on_hand == 10
    with pytest.raises(CountClosed):
        await approve_count(number="PD1", actor="store_manager:2")
    with pytest.raises(CountClosed):
        await counted(2)


async def test_count_sheets_refuse_what_makes_no_sense() -> None:
    await open_count(number="PD1", store_id=HERE, actor="guide:1")
    with pytest.raises(CountEmpty):
        await approve_count(number="PD1", actor="store_manager:2")
    with pytest.raises(NumberTaken):
        await open_count(number="PD1", store_id=THERE, actor="guide:1")
    twice = [Counted(SKU, 1), Counted(SKU, 2)]
    with pytest.raises(GivenTwice):
        await enter_count(number="PD1", found=twice, actor="guide:1")
    with pytest.raises(QuantityNotPositive):
        await enter_count(number="PD1", found=[Counted(SKU, -1)], actor="guide:1")
    with pytest.raises(MomentInFuture):
        await enter_count(
            number="PD1", found=[Counted(SKU, 1)], actor="guide:1", at=clock.now() + timedelta(1)
        )
    with pytest.raises(CountNotFound):
        await approve_count(number="PD9", actor="store_manager:2")
    with pytest.raises(CountNotFound):
        await count_for(Scope(Role.GUIDE, staff_id=1, store_ids=frozenset({THERE})), "PD1")
    await counted(3)
    await approve_count(number="PD1", actor="store_manager:2")
    with pytest.raises(CountClosed):
        await reject_count(number="PD1", actor="store_manager:2")


async def test_an_older_message_of_a_feed_never_overwrites_a_newer_one() -> None:
    newer = await told(2, 9, minutes_ago=1)
    older = await told(1, 4, minutes_ago=5)
    again = await told(2, 9, minutes_ago=1)
    same = await told(3, 9)

    assert [newer, older, again, same] == [
        FeedAnswer(1, 0, 0),
        FeedAnswer(0, 1, 0),
        FeedAnswer(0, 1, 0),
        FeedAnswer(0, 0, 1),
    ]
    assert (await level()).on_hand == 9
    assert await findings() == set()


async def test_sales_after_the_moment_of_a_number_are_kept() -> None:
    await receive_stock(cause="early", sku_id=SKU, store_id=HERE, quantity=10)
    moment = clock.now()
    await sold("T1", 3)
    row = FeedRow(SKU, HERE, 20, moment)
    await apply_stock_feed(source="erp", seq=1, rows=[row])

    assert (await level()).on_hand == 17
    assert await findings() == set()


async def test_a_sale_heard_late_of_the_time_before_the_number_does_not_count_twice() -> None:
    # odoo#152259, #60939: receipts of offline tills arrive late; SY-05: any order, any age.
    await told(1, 6, minutes_ago=5)
    for _ in range(2):
        await sold("T1", 2, minutes_ago=10)

    assert (await level()).on_hand == 6
    assert [move[0] for move in await movements()] == ["synced", "sold", "synced"]
    await sold("T2", 2, minutes_ago=1)
    assert (await level()).on_hand == 4
    assert await findings() == set()


async def test_a_count_of_now_is_not_undone_by_a_number_from_before() -> None:
    await on_shelf(10)
    await counted(8)
    await approve_count(number="PD1", actor="store_manager:2")
    late = await told(9, 10, minutes_ago=30)

    assert late == FeedAnswer(0, 1, 0)
    assert (await level()).on_hand == 8


async def test_one_number_may_be_said_twice() -> None:
    at = ago(1)

    async def say(cause: str, units: int) -> bool:
        return await set_on_hand(cause=cause, sku_id=SKU, store_id=HERE, on_hand=units, at=at)

    assert [await say("x", 5), await say("x", 5), await say("y", 5)] == [True, False, True]
    assert not await set_on_hand(cause="z", sku_id=SKU, store_id=HERE, on_hand=1, at=ago(9))
    assert (await level()).on_hand == 5


async def test_a_feed_refuses_what_makes_no_sense() -> None:
    row = FeedRow(SKU, HERE, 1, clock.now())
    with pytest.raises(GivenTwice):
        await apply_stock_feed(source="erp", seq=1, rows=[row, row])
    with pytest.raises(QuantityNotPositive):
        await told(1, -1)
    with pytest.raises(MomentInFuture):
        await told(1, 1, minutes_ago=-10)


async def test_a_sale_that_happened_is_booked_below_zero_and_asks_for_a_count() -> None:
    # erpnext#49021, #50277: till and stock disagree at closing. Every sale is posted at once, and
    # a shelf that cannot be so is listed instead of the sale being refused.
    await on_shelf(2)
    await held("A1", 2)
    with pytest.raises(OutOfStock) as refusal:
        await sold("T1", 1, is_forced=False)
    for _ in range(2):
        await sold("T1", 3)
    seen, listed = await level(), await short_shelves(OFFICE)

    assert refusal.value.facts["left"] == 0
    assert (seen.on_hand, seen.reserved, seen.available) == (-1, 2, 0)
    assert [(each.sku_id, each.on_hand, each.reserved) for each in listed] == [(SKU, -1, 2)]
    assert await short_shelves(Scope(Role.GUIDE, staff_id=1)) == []
    assert await findings() == set()
    with pytest.raises(OutOfStock):
        await held("A2", 1)
    await receive_stock(cause="more", sku_id=SKU, store_id=HERE, quantity=9)
    assert await short_shelves(OFFICE) == []


async def test_feeds_counts_and_sales_at_once_keep_the_books() -> None:
    await on_shelf(30)
    await counted(25, minutes_ago=0)
    await asyncio.gather(
        approve_count(number="PD1", actor="store_manager:2"),
        *(told(seq, 20 + seq, minutes_ago=0) for seq in range(1, 6)),
        *(sold(f"T{number}", 1) for number in range(8)),
    )

    assert await findings() == set()
