"""Telling members on their phones that goods lie ready (取货通知), each notice at most once."""

from core import clock
from core.database import sql, use_case
from core.errors import Unavailable
from core.jobs import owe
from core.settings import ReadyTemplate, current
from core.wechat.api import PlatformRefused
from core.wechat.errcodes import Meaning
from core.wechat.mini_program import Delivery, send_subscription
from crm.people.models import MemberMessage
from crm.people.queries import binding_of, open_id_of
from crm.people.rules import MessageState
from crm.people.service.messages import want_message
from trade.fulfilment.queries import task_of
from trade.orders.queries import OrderView, order_of
from trade.stores.queries import get_store

# Until WeChat has answered nobody knows: a notice whose answer was lost is not sent again.
BEGIN = """
UPDATE people_member_message SET state = 'unknown' WHERE key = $1 AND state = 'wanted'
RETURNING order_id
"""
WAIT = "UPDATE people_member_message SET state = 'wanted' WHERE key = $1 AND state = 'unknown'"
END = """
UPDATE people_member_message SET state = $2, why = $3, settled_at = now()
WHERE key = $1 AND state IN ('wanted', 'unknown') RETURNING member_id, order_id
"""
LATER = {Meaning.SLOWER, Meaning.BUSY, Meaning.STALE}  # it was not taken, and may be later


@use_case
async def want_ready_notice(*, order_id: int, times: int) -> None:
    """Owe the buyer a notice that the goods lie ready, the `times`th. The same again: no change.

    Whoever bought without a name is told nothing.
    """
    order = await order_of(order_id)
    if order.member_id is None:
        return
    key = f"ready:{order.order_no}:{times}"
    wanted = {"member_id": order.member_id, "order_id": order_id, "wanted_at": clock.now()}
    _, is_new = await MemberMessage.get_or_create(wanted, key=key)
    if is_new:
        await owe("people.tell_member", key=key, message_key=key)


async def tell_ready(key: str) -> None:
    """Send a notice that is wanted. One that ended, or that may have been sent, stays as it is.

    When WeChat does not take it the buyer's guide is asked to call. Raises Unavailable when WeChat
    says that it must wait.
    """
    if not (rows := await sql(BEGIN, key)):
        return
    order = await order_of(rows[0]["order_id"])
    try:
        why = await _send(order)
    except PlatformRefused as refused:
        if refused.meaning in LATER:
            await sql(WAIT, key)
            raise
        why = str(refused.meaning)
    except Unavailable:
        return
    await _end(key, why, order)


async def _send(order: OrderView) -> str:
    """Why it did not arrive; empty when it did."""
    mini = current().mini_program
    template = mini.ready_template if mini else None
    if mini is None or template is None:
        return "no_template"
    assert order.member_id is not None
    open_id = await open_id_of(order.member_id, mini.app_id)
    if open_id is None:
        return "no_open_id"
    ended = await send_subscription(
        open_id=open_id,
        template_id=template.template_id,
        page=f"pages/order/order?id={order.public_id}",
        data=await _words(order, template),
    )
    return "" if ended is Delivery.SENT else ended.value


async def _words(order: OrderView, template: ReadyTemplate) -> dict[str, str]:
    task = await task_of(order.id)
    store = await get_store(task.store_id if task else order.store_id)
    return {
        template.order_field: order.order_no,
        template.store_field: store.name,
        template.code_field: (task.code if task else None) or "-",
    }


@use_case
async def _end(key: str, why: str, order: OrderView) -> None:
    state = MessageState.FAILED if why else MessageState.DELIVERED
    ended = await sql(END, key, state, why)
    bound = await binding_of(ended[0]["member_id"]) if ended and why else None
    if bound is not None:
        tail = order.order_no[-6:]
        text = f"您的顾客有订单已备好待取，微信通知未送达，订单尾号 {tail}，请联系顾客。"
        await want_message(key=f"untold:{key}", staff_id=bound.guide_id, text=text)
