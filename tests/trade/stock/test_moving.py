"""Receiving with differences, transfers between stores, adjustments."""

import asyncio

import pytest

from core import clock
from core.database import use_case
from core.security.scope import Role, Scope
from tests.trade.stock.room import HERE, SKU, THERE, findings, level, movements, on_shelf
from trade.stock.errors import (
    GivenTwice,
    InboundClosed,
    InboundNotFound,
    MovementCauseReused,
    NotThere,
    NumberTaken,
    QuantityNotPositive,
    ReasonDoesNotFit,
    SameStore,
)
from trade.stock.queries import Coming, InboundState, InboundView, Reason, coming, inbound_for
from trade.stock.service import (
    Arrived,
    Piece,
    ReserveLine,
    ReserveRequest,
    adjust,
    announce_receipt,
    close_inbound,
    receive_inbound,
    reserve,
    ship_transfer,
)

pytestmark = pytest.mark.usefixtures("db")
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)


async def document(number: str) -> InboundView:
    return await inbound_for(OFFICE, number)


async def sent(number: str = "TF1", units: int = 5) -> None:
    pieces = [Piece(SKU, units)]
    await ship_transfer(
        number=number, from_store_id=HERE, store_id=THERE, pieces=pieces, actor="store_manager:1"
    )


async def arrived(number: str, key: str, *pieces: Arrived, is_last: bool = False) -> None:
    await receive_inbound(
        number=number, key=key, pieces=pieces, actor="store_manager:2", is_last=is_last
    )


async def test_a_receipt_shows_expected_against_arrived_with_damaged_apart() -> None:
    pieces = [Piece(7, 10), Piece(8, 4)]
    for _ in range(2):
        await announce_receipt(number="PO1", store_id=HERE, pieces=pieces, actor="head_office:1")
    expected = await coming([7, 8], [HERE])
    for _ in range(2):
        await arrived("PO1", "van-1", Arrived(7, 8, damaged=1), Arrived(9, 2))
    still = await coming([7, 8], [HERE])
    await arrived("PO1", "van-2", Arrived(8, 4), is_last=True)
    seen = await document("PO1")

    assert expected == {(7, HERE): Coming(10, None), (8, HERE): Coming(4, None)}
    assert still == {(7, HERE): Coming(1, None), (8, HERE): Coming(4, None)}
    assert [(line.sku_id, line.arrived, line.damaged, line.difference) for line in seen.lines] == [
        (7, 8, 1, -1),
        (8, 4, 0, 0),
        (9, 2, 0, 2),
    ]
    assert seen.state is InboundState.CLOSED
    # HotWax: damaged goods reduce what can be promised, not what the store has in its hands.
    assert ((await level(7)).on_hand, (await level(7)).available, (await level(7)).damaged) == (
        8,
        8,
        1,
    )
    assert await findings() == set()


async def test_a_transfer_is_in_transit_until_it_arrives_and_what_is_missing_was_lost() -> None:
    await on_shelf(10)
    for _ in range(2):
        await sent()
    travelling = (await level()).on_hand, (await level(store_id=THERE)).in_transit
    clean = await findings()
    for _ in range(2):
        await arrived("TF1", "box-1", Arrived(SKU, 2, damaged=1))
    half = await level(store_id=THERE)
    for _ in range(2):
        await close_inbound(number="TF1", actor="store_manager:2")
    there, seen = await level(store_id=THERE), await document("TF1")

    assert (travelling, clean) == ((5, 5), set())
    assert (half.on_hand, half.damaged, half.in_transit, half.available) == (2, 1, 2, 2)
    assert (there.on_hand, there.in_transit) == (2, 0)
    assert [(line.sent, line.arrived, line.lost, line.difference) for line in seen.lines] == [
        (5, 2, 2, -2)
    ]
    assert await findings() == set()
    with pytest.raises(InboundClosed):
        await arrived("TF1", "box-2", Arrived(SKU, 2))


async def test_a_transfer_that_is_all_there_closes_itself_and_more_than_sent_is_kept() -> None:
    await on_shelf(10)
    await sent()
    await arrived("TF1", "box-1", Arrived(SKU, 6))
    await arrived("TF1", "box-1", Arrived(SKU, 6))

    assert (await document("TF1")).state is InboundState.CLOSED
    assert (await level(store_id=THERE)).on_hand == 6
    assert (await level(store_id=THERE)).in_transit == 0
    assert await findings() == set()


async def test_what_orders_hold_is_not_sent_away() -> None:
    # medusa#16338, #16488: moving stock skips the check and corrupts both places without a word.
    await on_shelf(5)
    line = (ReserveLine(SKU, 3),)
    await use_case(reserve)(ReserveRequest("A1", HERE, line, clock.now()))
    with pytest.raises(NotThere) as refusal:
        await sent(units=3)

    assert refusal.value.facts == {"sku_code": "7", "place": "shelf", "left": 2}
    with pytest.raises(InboundNotFound):
        await document("TF1")
    assert await findings() == set()


async def test_documents_refuse_what_makes_no_sense() -> None:
    await on_shelf(5)
    await sent()
    with pytest.raises(NumberTaken):
        await sent(units=4)
    with pytest.raises(SameStore):
        await ship_transfer(
            number="T", from_store_id=HERE, store_id=HERE, pieces=[Piece(SKU, 1)], actor="x"
        )
    with pytest.raises(GivenTwice):
        await announce_receipt(
            number="P", store_id=HERE, pieces=[Piece(SKU, 1), Piece(SKU, 1)], actor="x"
        )
    with pytest.raises(GivenTwice):
        await arrived("TF1", "k", Arrived(SKU, 1), Arrived(SKU, 2))
    for pieces in ([], [Piece(SKU, 0)]):
        with pytest.raises(QuantityNotPositive):
            await announce_receipt(number="P", store_id=HERE, pieces=pieces, actor="x")
    with pytest.raises(QuantityNotPositive):
        await arrived("TF1", "k", Arrived(SKU, -1))
    with pytest.raises(InboundNotFound):
        await close_inbound(number="nothing", actor="x")
    await arrived("TF1", "k", Arrived(SKU, 1))
    with pytest.raises(MovementCauseReused):
        await arrived("TF1", "k", Arrived(SKU, 2))


async def test_a_document_is_seen_by_both_stores_and_nobody_else() -> None:
    await on_shelf(5)
    await sent()
    for store_id in (HERE, THERE):
        asker = Scope(Role.STORE_MANAGER, staff_id=1, store_ids=frozenset({store_id}))
        assert (await inbound_for(asker, "TF1")).number == "TF1"
    with pytest.raises(InboundNotFound):
        await inbound_for(Scope(Role.STORE_MANAGER, staff_id=1, store_ids=frozenset({3})), "TF1")


async def corrected(cause: str, quantity: int, reason: Reason) -> None:
    await adjust(
        cause=cause, sku_id=SKU, store_id=HERE, quantity=quantity, reason=reason, actor="guide:3"
    )


async def test_every_correction_has_a_reason_and_somebody_who_made_it() -> None:
    # HotWax: every variance has a reason.
    await on_shelf(10)
    for _ in range(2):
        await corrected("a", -2, Reason.DAMAGED)
        await corrected("b", 1, Reason.FOUND)
        await corrected("c", -1, Reason.SCRAPPED)
        await corrected("d", -3, Reason.STOLEN)
    seen = await level()

    assert (seen.on_hand, seen.damaged) == (6, 1)
    assert (await movements())[1:] == [
        ("adjusted", "shelf", HERE, -2),
        ("adjusted", "damaged", HERE, 2),
        ("adjusted", "shelf", HERE, 1),
        ("scrapped", "damaged", HERE, -1),
        ("adjusted", "shelf", HERE, -3),
    ]
    assert await findings() == set()
    for quantity, reason in ((1, Reason.STOLEN), (-1, Reason.FOUND), (-1, Reason.LOST_IN_TRANSIT)):
        with pytest.raises(ReasonDoesNotFit):
            await corrected("e", quantity, reason)
    with pytest.raises(NotThere):
        await corrected("f", -7, Reason.LOST)
    with pytest.raises(NotThere):
        await corrected("g", -2, Reason.SCRAPPED)


async def test_eight_posters_of_one_cause_post_it_once() -> None:
    await on_shelf(10)
    await asyncio.gather(
        *(sent() for _ in range(8)), *(corrected("x", -1, Reason.OWN_USE) for _ in range(8))
    )
    await asyncio.gather(*(arrived("TF1", "box", Arrived(SKU, 5)) for _ in range(8)))

    assert (await level()).on_hand == 4
    assert (await level(store_id=THERE)).on_hand == 5
    assert await findings() == set()
