"""Shipping information that is refused, unanswered, late, or asked for by WeChat itself."""

from datetime import timedelta

import pytest

from core import clock
from core.audit import checks
from core.audit_log import AuditRow
from core.database import sql
from core.errors import DomainError
from core.inbox import receive
from core.outbox import OutboxRow
from core.security.scope import Role
from core.wechat import mini_program
from sandbox import shipping_info as platform
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.bills import refunded_there
from tests.scenes.fulfilment import people_of, refunds_arrive
from tests.scenes.orders import OPEN_ID
from tests.scenes.payments import goes_wrong
from tests.scenes.people import head_office
from tests.scenes.shipping_info import a_sale, known_there, later, ours, sent, there, uploads
from trade.fulfilment.service.shipping_info import (
    Settlement,
    UploadNotParked,
    UploadState,
    UploadUnknown,
    late_uploads,
    note_reminder,
    note_settlement,
    try_again,
)
from trade.fulfilment.shipping_info import gateway
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.owing import look_at_all
from trade.orders.queries import Delivery
from trade.payments.service import refund

pytestmark = pytest.mark.usefixtures("db")


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
    app_id = mini_program.ours().app_id
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
