"""Shipping information: WeChat keeps the money until it is told, and some orders are never shipped.

binarywang/WxJava#3052: pick-up orders were forgotten, for they have no step of shipping.
binarywang/WxJava#3799: WeChat reminds after 48 hours.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.audit import checks
from core.audit_log import AuditRow
from core.database import sql
from core.errors import DomainError
from core.inbox import receive
from core.outbox import OutboxRow
from core.security.scope import Role
from core.settings import Settings
from sandbox import shipping_info as platform
from sandbox.timetable import Doc
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.bills import merchant, paid_there, refunded_there
from tests.scenes.fulfilment import key, people_of, refunds_arrive, sold, the_task
from tests.scenes.orders import OPEN_ID, a_shelf
from tests.scenes.payments import goes_wrong
from tests.scenes.people import head_office, played
from trade.fulfilment.queries import ShipmentView, TaskView
from trade.fulfilment.service import (
    Label,
    Pieces,
    accept_task,
    call_rider,
    give_to_rider,
    hand_over,
    mark_ready,
    pick_task,
    ship,
)
from trade.fulfilment.service.shipping_info import (
    Settlement,
    UploadNotParked,
    UploadState,
    UploadUnknown,
    UploadView,
    late_uploads,
    note_reminder,
    note_settlement,
    try_again,
    uploads_of,
)
from trade.fulfilment.shipping_info import gateway
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.owing import look_at_all, look_at_order
from trade.orders.queries import Delivery, OrderView
from trade.payments.queries import payment_of
from trade.payments.service import refund

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    """A WeChat that plays along."""
    async with played(settings, secrets) as world:
        yield world


async def a_sale(world: World | None, delivery: Delivery, **more: Any) -> OrderView:
    """An order paid in the mini-program; `world` None: WeChat does not know of it yet."""
    shelf = await a_shelf()
    await sql("UPDATE stores_store SET city_radius_m = 5000")
    order = await sold(shelf, wechat=True, delivery=delivery, **more)
    if world is not None:
        await known_there(world, order)
    return order


async def known_there(world: World, order: OrderView) -> None:
    payment = await payment_of(order.id)
    assert payment is not None
    assert payment.transaction_id is not None
    number, fen = payment.payment_no, payment.amount_fen
    at = clock.now()
    paid_there(world, number, payment.transaction_id, fen, at, openid=OPEN_ID)


async def there(world: World, order: OrderView) -> Doc:
    """What WeChat was told of an order."""
    payment = await payment_of(order.id)
    assert payment is not None
    told = world.collection("shippings").get(f"{merchant()}/{payment.payment_no}")
    return told or {"list": [], "finished": False}


async def ours(order: OrderView) -> UploadView:
    [row] = await uploads_of(order.id)
    return row


async def sent(
    order: OrderView, *labels: str, pieces: int | None = None, carrier: str = "ZTO"
) -> ShipmentView:
    task: TaskView = await the_task(order)
    chosen = [Pieces(task.lines[0].line_id, pieces)] if pieces else []
    shipment = await ship(
        scope=people_of(task.store_id),
        task_id=task.public_id,
        labels=[Label(carrier, number) for number in labels],
        key=key(),
        pieces=chosen,
    )
    await tell_everyone()
    return shipment


def uploads(world: World) -> int:
    path = "/wxa/sec/order/upload_shipping_info"
    return sum(1 for call in world.calls if call.get("path") == path)


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


@pytest.mark.parametrize("kind", ["http500", "garbage", "reset", "errcode:-1", "errcode:45009"])
async def test_no_answer_is_tried_again(world: World, kind: str) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    goes_wrong(world, "upload_shipping_info", kind, times=3)
    await sent(order, "73100000000041")
    waiting = await ours(order)
    assert (waiting.state, waiting.tries) == (UploadState.OWED, 1)
    await later()

    assert (await there(world, order))["finished"]
    assert (await ours(order)).state is UploadState.DONE


async def later() -> None:
    """As if the waits were over."""
    for _ in range(4):
        await sql("UPDATE shipping_info_upload SET try_at = now() WHERE state = 'owed'")
        await look_at_all()
        await make_due()
        await tell_everyone()


async def test_a_sheet_whose_answer_was_lost_is_not_told_twice(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    goes_wrong(world, "upload_shipping_info", "garbage", when="after")
    await sent(order, "73100000000051")
    assert (await there(world, order))["finished"]
    assert (await ours(order)).state is UploadState.OWED
    await later()

    assert (await ours(order)).state is UploadState.DONE
    assert not (await there(world, order))["redone"]


async def test_a_payment_that_wechat_learns_of_later_is_told_later(world: World) -> None:
    order = await a_sale(None, Delivery.EXPRESS)
    await sent(order, "73100000000061")
    waiting = await ours(order)
    assert (waiting.state, waiting.errcode) == (UploadState.OWED, 10060001)
    await known_there(world, order)
    await later()

    assert (await ours(order)).state is UploadState.DONE


async def test_a_payment_that_wechat_never_learns_of_is_parked_at_the_limit(world: World) -> None:
    order = await a_sale(None, Delivery.EXPRESS)
    await sent(order, "73100000000062")
    await sql("UPDATE shipping_info_upload SET limit_at = now() - interval '1 minute'")
    await later()

    row = await ours(order)
    assert (row.state, row.errcode) == (UploadState.PARKED, 10060001)
    assert row.advice.zh.startswith("微信查不到这笔支付")


async def test_a_refusal_for_good_waits_for_a_person(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await Upload.all().update(open_id="o-somebody-else")
    await sent(order, "73100000000071")
    row = await ours(order)
    assert (row.state, row.errcode) == (UploadState.PARKED, 10060031)
    assert row.advice.en.startswith("The payer is not of this mini-program")
    await Upload.all().update(open_id=OPEN_ID)
    await try_again(head_office(), upload_id=row.id)
    await tell_everyone()

    assert (await ours(order)).state is UploadState.DONE
    assert await AuditRow.filter(action="shipping_info.tried_again").count() == 1


async def test_trying_again_is_for_the_own_stores_and_for_what_is_parked(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    row = await ours(order)
    elsewhere = people_of(order.store_id + 1, role=Role.STORE_MANAGER)
    with pytest.raises(UploadUnknown):
        await try_again(elsewhere, upload_id=row.id)
    with pytest.raises(UploadNotParked):
        await try_again(head_office(), upload_id=row.id)
    assert issubclass(UploadNotParked, DomainError)


async def test_an_order_given_back_before_it_left_needs_nothing(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await refund(order_id=order.id, amount_fen=order.payable_fen, reason="取消", key="whole")
    await refunds_arrive(order)

    assert (await ours(order)).state is UploadState.NOT_NEEDED
    assert uploads(world) == 0


async def test_a_refund_that_only_wechat_knows_parks_the_upload(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    row = await ours(order)
    refunded_there(world, row.payment_no, "BY-HAND", order.payable_fen, clock.now())
    await sent(order, "73100000000081")

    assert (await ours(order)).errcode == 10060004
    assert (await ours(order)).state is UploadState.PARKED


async def test_an_app_that_is_not_managed_tells_nothing(world: World) -> None:
    app_id = gateway.ours().app_id
    world.collection("trade_managed")[app_id] = {"managed": False}
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, "73100000000091")

    assert (await ours(order)).state is UploadState.NOT_NEEDED
    assert uploads(world) == 0
    await gateway.set_jump_path("pages/orders/index")
    assert world.collection("shipping_paths")[app_id]["path"] == "pages/orders/index"


async def told_us(world: World, event: str) -> int:
    """The callbacks of an event, as our door keeps them."""
    found = [one for one in world.collection("callbacks").values() if one["event"] == event]
    for one in found:
        await receive("mini_program", f"text:{one['id']}", one["plain"])
        await receive("mini_program", f"again:{one['id']}", one["plain"])
    await tell_everyone()
    return len(found)


async def test_the_reminder_after_two_days_reaches_the_store(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    before = await OutboxRow.filter(name="shipping_info.upload").count()
    world.set_now(clock.now() + timedelta(hours=49))
    assert (platform.remind(world), platform.remind(world)) == (1, 0)
    assert await told_us(world, "trade_manage_remind_shipping") == 1

    row = await ours(order)
    assert row.reminded_at is not None
    assert [one.order_no for one in await late_uploads(head_office(), row.limit_at)] == [
        order.order_no
    ]
    assert await OutboxRow.filter(name="shipping_info.upload").count() == before


async def test_the_reminder_finds_goods_that_left_without_being_told(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, "73100000000101")
    world.collection("shippings").clear()
    await Upload.all().update(state="waiting", sent=[], done_at=None)
    row = await ours(order)
    transaction_id = (await Upload.get(id=row.id)).transaction_id
    assert await note_reminder(transaction_id=transaction_id, at=clock.now())
    await tell_everyone()

    assert (await there(world, order))["finished"]


async def test_the_settlement_says_that_the_money_is_ours(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, "73100000000111")
    await world.timetable.advance(world.now() + timedelta(days=11))
    assert await told_us(world, "trade_manage_order_settlement") == 1

    row = await Upload.get(order_id=order.id)
    assert row.settled_at is not None
    assert row.confirmed_at == row.settled_at


async def test_events_about_others_change_nothing(world: World) -> None:
    nobody = "4200000000000000000000000000"
    assert not await note_reminder(transaction_id=nobody, at=clock.now())
    assert not await note_settlement(Settlement(nobody, None, None))
    odd = ('{"Event": "trade_manage_remind_shipping"}', "<xml><Event>x</Event></xml>", "[]", "")
    for number, text in enumerate(odd):
        await receive("mini_program", f"odd:{number}", text)
    await tell_everyone()

    assert await OutboxRow.filter(dead_at__isnull=False).count() == 0
    assert world.collection("shippings") == {}


async def test_what_left_without_news_is_found_within_the_hour(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sql("UPDATE orders_order SET state = 'shipped'")
    await look_at_all()
    assert (await ours(order)).state is UploadState.WAITING
    await sql("UPDATE shipping_info_upload SET looked_at = now() - interval '61 minutes'")
    await look_at_all()
    await tell_everyone()

    assert (await ours(order)).state is UploadState.DONE


async def test_late_ones_are_listed_by_their_limit_and_store(world: World) -> None:
    first, second = [await a_sale(world, Delivery.EXPRESS) for _ in range(2)]
    limit = (await ours(first)).limit_at
    assert await late_uploads(head_office(), limit - timedelta(hours=13)) == ()
    both = await late_uploads(head_office(), limit - timedelta(hours=11))
    own = people_of(second.store_id, role=Role.STORE_MANAGER)
    mine = await late_uploads(own, limit + timedelta(hours=1))

    assert [one.order_no for one in both] == [first.order_no, second.order_no]
    assert [one.order_no for one in mine] == [second.order_no]
    assert limit - (await ours(first)).paid_at == timedelta(hours=48)


async def findings() -> set[str]:
    names = [name for name in checks if name.startswith("shipping_info.")]
    return {name for name in names if await checks[name]()}


async def test_the_auditor_names_what_was_forgotten_or_is_late(world: World) -> None:
    order = await a_sale(world, Delivery.EXPRESS)
    await sent(order, "73100000000121")
    await sql("UPDATE orders_order SET paid_at = paid_at - interval '4 hours'")
    assert await findings() == set()
    await Upload.all().update(state="waiting")
    assert await findings() == {"shipping_info.forgotten"}
    await Upload.all().update(state="parked", limit_at=clock.now() - timedelta(minutes=1))
    assert await findings() == {"shipping_info.late"}
    await Upload.all().delete()
    assert await findings() == {"shipping_info.forgotten"}
