"""Parcels and riders: never more than was ordered, and everybody knows where the goods are."""

import asyncio
from datetime import timedelta

import pytest

from core import clock
from core.database import sql
from core.errors import DomainError
from core.security.scope import Role, Scope
from tests.scene import tell_everyone
from tests.scenes.fulfilment import (
    ME,
    a_label,
    days_pass,
    key,
    on_hand,
    people_of,
    refunds_arrive,
    sold,
    the_task,
)
from tests.scenes.orders import Shelf, a_shelf
from tests.scenes.stores import a_store
from trade.fulfilment.errors import (
    BadTrackingNo,
    NotShippedYet,
    ParcelKnown,
    ShipmentNotFound,
    TaskCannotMove,
    TooManyPieces,
    TooManySteps,
    TrackInFuture,
)
from trade.fulfilment.queries import (
    ShipmentState,
    ShipmentView,
    TaskState,
    TaskView,
    TrackStep,
    find_shipment,
    shipments_of,
)
from trade.fulfilment.service import (
    Label,
    Pieces,
    TrackEvent,
    call_off,
    call_rider,
    confirm_forgotten,
    confirm_receipt,
    give_to_rider,
    mark_arrived,
    record_parcel_track,
    record_track,
    ship,
)
from trade.orders.errors import OrderCannotMove
from trade.orders.queries import Delivery, OrderState, OrderView, order_of, timeline_of
from trade.payments.service import refund

pytestmark = pytest.mark.usefixtures("db")


async def to_pack(quantity: int = 3, **more: object) -> tuple[Shelf, OrderView, TaskView]:
    shelf = await a_shelf(store_id=(await a_store(city_radius_m=5_000)).id)
    more.setdefault("delivery", Delivery.EXPRESS)
    order = await sold(shelf, quantity=quantity, **more)  # type: ignore[arg-type]
    return shelf, order, await the_task(order)


async def sent(task: TaskView, pieces: int | None = None, **more: object) -> ShipmentView:
    chosen = [Pieces(task.lines[0].line_id, pieces)] if pieces else []
    facts = {"labels": [a_label()], "key": key(), **more}
    return await ship(
        scope=people_of(task.store_id),
        task_id=task.public_id,
        pieces=chosen,
        **facts,  # type: ignore[arg-type]
    )


async def test_an_order_leaves_in_several_shipments_and_is_shipped_with_the_last() -> None:
    _, order, task = await to_pack()

    await sent(task, 1)
    between = (await order_of(order.id)).state
    last = await sent(task)

    steps = [step.action for step in await timeline_of(order.id)]
    assert (between, steps[-2:]) == (OrderState.PAID, ["part_ship", "ship"])
    assert [line.quantity for line in last.lines] == [2]
    assert (await the_task(order)).state is TaskState.DONE
    news = await sql("SELECT payload FROM core_outbox WHERE name LIKE '%shipped%'")
    assert news == [] or len(news) == 2


async def test_never_more_leaves_than_was_ordered_however_many_pack_at_once() -> None:
    _, order, task = await to_pack(4)

    answers = await asyncio.gather(*(sent(task, 2) for _ in range(5)), return_exceptions=True)

    gone = await sql("SELECT sum(quantity)::int AS n FROM fulfilment_shipment_line")
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert (gone[0]["n"], len(refused)) == (4, 3)
    assert (await order_of(order.id)).state is OrderState.SHIPPED


async def test_the_same_shipment_twice_is_one() -> None:
    _, order, task = await to_pack(2)
    label, one = a_label(), key()

    first = await sent(task, 1, labels=[label], key=one)
    again = await sent(task, 1, labels=[label], key=one)

    assert first == again
    assert len(await shipments_of(order.id)) == 1


async def test_one_large_piece_travels_in_several_parcels() -> None:
    _, _, task = await to_pack(1)

    shipment = await sent(task, labels=[a_label(), a_label("OTHER")])

    assert [parcel.carrier_en for parcel in shipment.parcels] == ["SF Express", "Another carrier"]


async def test_labels_that_cannot_be_and_labels_of_others_are_refused() -> None:
    _, _, task = await to_pack()
    label = a_label()
    await sent(task, 1, labels=[label])

    for labels, refusal in (
        ([], BadTrackingNo),
        ([Label("SF", "12")], BadTrackingNo),
        ([Label("NONE", "SF0000000000001")], BadTrackingNo),
        ([label], ParcelKnown),
    ):
        with pytest.raises(refusal):
            await sent(task, 1, labels=labels)
    with pytest.raises(TooManyPieces):
        await sent(task, 3)


async def test_what_was_given_back_is_not_sent_and_what_is_sent_is_not_shelved() -> None:
    shelf, order, task = await to_pack(3, wechat=True)
    await sent(task, 1)
    await refund(order_id=order.id, amount_fen=order.payable_fen, reason="改主意", key="all")
    await refunds_arrive(order)

    with pytest.raises((OrderCannotMove, TaskCannotMove)):
        await sent(task, 1)

    # two pieces never left and are sold again; the one on its way is not
    assert await on_hand(shelf) == 9


async def test_a_rider_is_called_called_off_and_called_again() -> None:
    _, order, task = await to_pack(2, delivery=Delivery.CITY)
    staff = people_of(task.store_id)

    first = await call_rider(
        scope=staff, task_id=task.public_id, key=key(), label=Label("CITY_DADA", "D123456789")
    )
    await call_off(scope=staff, shipment_id=first.public_id)
    second = await call_rider(scope=staff, task_id=task.public_id, key=key(), rider="店员小林")
    waiting = (await order_of(order.id)).state
    await give_to_rider(scope=staff, shipment_id=second.public_id)
    gone = await give_to_rider(scope=staff, shipment_id=second.public_id)
    there = await mark_arrived(scope=staff, shipment_id=second.public_id)

    assert (waiting, (await order_of(order.id)).state) == (OrderState.PAID, OrderState.SHIPPED)
    assert (gone.state, there.state) == (ShipmentState.ON_WAY, ShipmentState.ARRIVED)
    with pytest.raises(TaskCannotMove):
        await call_off(scope=staff, shipment_id=second.public_id)
    assert [one.shipment_no for one in await shipments_of(order.id)] == [second.shipment_no]


async def test_a_carrier_may_tell_in_any_order_as_often_as_it_likes() -> None:
    _, _, task = await to_pack()
    shipment = await sent(task, labels=[a_label(), a_label()])
    one, two = (parcel.tracking_no for parcel in shipment.parcels)
    at = clock.now() - timedelta(hours=6)
    told = [
        TrackEvent(TrackStep.ARRIVED, "已签收", at + timedelta(hours=3), one),
        TrackEvent(TrackStep.COLLECTED, "已揽收", at, one),
        TrackEvent(TrackStep.TROUBLE, "地址不详", at + timedelta(hours=4), two),
    ]
    for _ in range(2):
        await record_track(shipment_no=shipment.shipment_no, events=told)
    between = await find_shipment(shipment.shipment_no)
    assert between is not None
    await record_track(
        shipment_no=shipment.shipment_no,
        events=[TrackEvent(TrackStep.ARRIVED, "已签收", at + timedelta(hours=5), two)],
    )

    ended = await find_shipment(shipment.shipment_no)
    assert ended is not None
    assert [event.text for event in between.track] == ["地址不详", "已签收", "已揽收"]
    assert (between.state, ended.state) == (ShipmentState.TROUBLE, ShipmentState.ARRIVED)
    with pytest.raises(ShipmentNotFound):
        await record_track(shipment_no="nothing", events=told)


async def test_tellings_of_all_parcels_at_once_end_the_shipment() -> None:
    _, _, task = await to_pack()
    shipment = await sent(task, labels=[a_label() for _ in range(6)])
    labels = [(parcel.carrier, parcel.tracking_no) for parcel in shipment.parcels]
    event = TrackEvent(TrackStep.ARRIVED, "已签收", clock.now())
    partner = Scope(Role.PARTNER, is_everywhere=True)

    async def tell(carrier: str, number: str) -> str:
        return await record_parcel_track(
            partner, carrier=carrier, tracking_no=number, events=[event]
        )

    told = await asyncio.gather(*(tell(*label) for label in labels))

    ended = await find_shipment(shipment.shipment_no)
    assert ended is not None
    assert (ended.state, set(told)) == (ShipmentState.ARRIVED, {shipment.shipment_no})


async def test_a_step_that_cannot_have_happened_is_refused() -> None:
    _, _, task = await to_pack()
    number = (await sent(task)).shipment_no
    soon = TrackEvent(TrackStep.MOVING, "运输中", clock.now() + timedelta(hours=1))
    with pytest.raises(TrackInFuture):
        await record_track(shipment_no=number, events=[soon])
    with pytest.raises(TooManySteps):
        await record_track(shipment_no=number, events=[soon] * 201)


async def test_the_buyer_confirms_what_was_shipped_and_nothing_else() -> None:
    _, order, task = await to_pack()
    await sent(task, 1)
    with pytest.raises(NotShippedYet):
        await confirm_receipt(scope=ME, order_id=order.public_id)
    await sent(task)

    done = [await confirm_receipt(scope=ME, order_id=order.public_id) for _ in range(2)]

    assert [one.state for one in done] == [OrderState.DONE] * 2
    assert len([s for s in await timeline_of(order.id) if s.action == "confirm"]) == 1


async def test_an_order_nobody_confirms_is_done_in_time_but_not_while_in_trouble() -> None:
    _, order, task = await to_pack()
    shipment = await sent(task)
    early = await confirm_forgotten()
    await days_pass(11)
    at = clock.now() - timedelta(hours=2)
    trouble = [TrackEvent(TrackStep.TROUBLE, "破损", at)]
    await record_track(shipment_no=shipment.shipment_no, events=trouble)
    troubled = await confirm_forgotten()
    moving = [TrackEvent(TrackStep.MOVING, "继续运输", at + timedelta(hours=1))]
    await record_track(shipment_no=shipment.shipment_no, events=moving)

    done = [await confirm_forgotten(), await confirm_forgotten()]

    await tell_everyone()
    assert (early, troubled, done) == (0, 0, [1, 0])
    assert (await timeline_of(order.id))[-1].cause == "auto_confirm"
