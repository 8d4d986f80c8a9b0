"""Shipping information: WeChat keeps the money until it is told, and some orders are never shipped.

binarywang/WxJava#3052: pick-up orders were forgotten, for they have no step of shipping.
binarywang/WxJava#3799: WeChat reminds after 48 hours.
"""

import pytest

from core.database import sql
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.bills import merchant
from tests.scenes.fulfilment import key, people_of, sold, the_task
from tests.scenes.orders import a_shelf
from tests.scenes.shipping_info import a_sale, known_there, ours, sent, there, uploads
from trade.fulfilment.service import (
    accept_task,
    call_rider,
    give_to_rider,
    hand_over,
    mark_ready,
    pick_task,
)
from trade.fulfilment.service.shipping_info import (
    UploadState,
    uploads_of,
)
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.owing import look_at_all, look_at_order
from trade.orders.queries import Delivery

pytestmark = pytest.mark.usefixtures("db")


async def test_an_express_parcel_is_told_with_its_number(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    assert (await ours(order)).state is UploadState.WAITING
    await sent(order, "73100000000001")

    told = await there(world, order)
    assert (told["logistics_type"], told["delivery_mode"], told["finished"]) == (1, 1, True)
    [parcel] = told["list"]
    assert (parcel["express_company"], parcel["tracking_no"]) == ("ZTO", "73100000000001")
    assert parcel["item_desc"].endswith("*1")
    row = await ours(order)
    assert (row.state, row.sent) == (UploadState.DONE, ("ZTO:73100000000001",))


async def test_sf_gets_the_phone_with_its_middle_hidden(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, "SF1000000000001", carrier="SF")

    told = await there(world, order)
    assert told["list"][0]["contact"] == {"receiver_contact": "021****0000"}


async def test_a_split_order_is_told_parcel_by_parcel(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS, quantity=3)
    await sent(order, "73100000000011", pieces=1)
    first = await there(world, order)
    assert (first["delivery_mode"], first["finished"], len(first["list"])) == (2, False, 1)
    assert (await ours(order)).state is UploadState.PARTIAL
    await sent(order, "73100000000012", "73100000000013")

    told = await there(world, order)
    assert (told["finished"], len(told["list"])) == (True, 3)
    assert (await ours(order)).state is UploadState.DONE
    assert uploads(world) == 2


async def test_more_parcels_than_one_sheet_takes_go_in_several(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, *(f"731000000{number:05}" for number in range(23)))

    told = await there(world, order)
    assert (told["finished"], len(told["list"])) == (True, 23)
    assert uploads(world) == 3


async def test_same_city_is_told_when_the_rider_has_it(world: World) -> None:
    order = await a_sale(world, Delivery.CITY)
    task = await the_task(order)
    scope = people_of(task.store_id)
    called = await call_rider(scope=scope, task_id=task.public_id, key=key(), rider="王师傅")
    await tell_everyone()
    assert uploads(world) == 0
    await give_to_rider(scope=scope, shipment_id=called.public_id)
    await tell_everyone()

    told = await there(world, order)
    assert (told["logistics_type"], told["delivery_mode"], told["finished"]) == (2, 1, True)


async def test_a_pick_up_is_not_forgotten(world: World) -> None:
    order = await a_sale(world, Delivery.PICKUP)
    task = await the_task(order)
    scope = people_of(task.store_id)
    await accept_task(scope=scope, task_id=task.public_id)
    await pick_task(scope=scope, task_id=task.public_id)
    await mark_ready(scope=scope, task_id=task.public_id)
    await tell_everyone()
    assert uploads(world) == 0
    await hand_over(scope=scope, code=task.code or "", key=key())
    await tell_everyone()

    told = await there(world, order)
    assert (told["logistics_type"], told["finished"]) == (4, True)
    assert (await ours(order)).state is UploadState.DONE


async def test_what_was_taken_along_is_told_as_collected(world: World) -> None:
    order = await a_sale(None, Delivery.TAKEN)
    await known_there(world, order)
    await sql("UPDATE shipping_info_upload SET try_at = now()")
    await look_at_all()
    await tell_everyone()

    assert (await there(world, order))["logistics_type"] == 4
    assert (await ours(order)).state is UploadState.DONE


async def test_stored_value_is_told_as_virtual(world: World) -> None:
    order = await a_sale(world, Delivery.PICKUP)
    await Upload.all().delete()
    await sql("SET session_replication_role = replica")
    await sql("UPDATE payments_payment SET order_id = NULL, top_up_id = 7, order_no = 'T7'")
    await sql("SET session_replication_role = DEFAULT")
    await look_at_all()
    await look_at_all()
    await tell_everyone()

    [row] = await Upload.all()
    told = world.collection("shippings")[f"{merchant()}/{row.payment_no}"]
    assert (told["logistics_type"], told["list"]) == (3, [{"item_desc": "储值"}])
    assert (row.state, row.order_id) == (UploadState.DONE, None)
    assert (uploads(world), order.id > 0) == (1, True)


async def test_money_that_is_no_money_of_the_mini_program_is_not_told(world: World) -> None:
    order = await sold(await a_shelf(), delivery=Delivery.EXPRESS)
    await sent(order, "73100000000021")

    assert await uploads_of(order.id) == ()
    assert uploads(world) == 0


async def test_the_same_goods_are_told_once(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, "73100000000031")
    for _ in range(3):
        await look_at_order(order_id=order.id)
        await tell_everyone()

    assert uploads(world) == 1
