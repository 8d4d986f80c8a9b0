"""What WeChat tells of orders: that shipping information is missing, and that the money is ours."""

from dataclasses import dataclass
from datetime import datetime

from core import audit_log, clock
from core.database import sql, use_case
from core.errors import Conflict, NotFound
from core.jobs import owe
from core.outbox import publish
from core.security.scope import Scope
from trade.fulfilment.events import StoreAsked
from trade.fulfilment.queries import task_of
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.owing import look_at_order
from trade.fulfilment.shipping_info.rules import UploadState


class UploadUnknown(NotFound):
    code = "fulfilment.shipping_info_not_found"
    zh = "没有这笔发货信息，请刷新页面"
    en = "There is no such shipping information: reload the page."


class UploadNotParked(Conflict):
    code = "fulfilment.shipping_info_not_parked"
    zh = "这笔发货信息不需要人工处理，请刷新页面"
    en = "This shipping information needs nobody: reload the page."


@dataclass(frozen=True, slots=True)
class Settlement:
    """When the buyer confirmed, or time did, and when the money became ours."""

    transaction_id: str
    confirmed_at: datetime | None
    settled_at: datetime | None


RETRY = """
UPDATE shipping_info_upload SET state = 'owed', tries = 0, try_at = now(), wanted = wanted + 1
WHERE id = $1 AND state = 'parked' RETURNING id
"""


@use_case
async def note_reminder(*, transaction_id: str, at: datetime) -> bool:
    """WeChat misses the shipping of a payment (48 hours): look again and tell the store's people.

    Again: nothing changes. False when the payment is not one of ours.
    """
    row = await Upload.filter(transaction_id=transaction_id).select_for_update().first()
    if row is None:
        return False
    if row.reminded_at is not None or row.order_id is None:
        return True
    await Upload.filter(id=row.id).update(reminded_at=at)
    await look_at_order(order_id=row.order_id)
    task = await task_of(row.order_id)
    if task is not None and row.state in {UploadState.WAITING, UploadState.PARTIAL}:
        await publish(
            StoreAsked(
                task_id=task.id,
                order_no=row.order_no,
                store_id=task.store_id,
                is_late=True,
                at=clock.now(),
            )
        )
    return True


@use_case
async def note_settlement(told: Settlement) -> bool:
    """The buyer confirmed and the money is ours. Again: nothing changes."""
    rows = Upload.filter(transaction_id=told.transaction_id)
    known = await rows.first()
    if known is None:
        return False
    await rows.update(
        confirmed_at=known.confirmed_at or told.confirmed_at,
        settled_at=known.settled_at or told.settled_at,
    )
    return True


@use_case
async def try_again(scope: Scope, *, upload_id: int) -> None:
    """Send parked shipping information once more, after somebody has seen to its cause.

    Again, while it is on its way: nothing changes. Raises UploadUnknown, also for another store's,
    and UploadNotParked.
    """
    row = await Upload.filter(scope.stores_q("store_id"), id=upload_id).first()
    if row is None:
        raise UploadUnknown(upload=upload_id)
    if row.state is UploadState.OWED:
        return
    if not await sql(RETRY, upload_id):
        raise UploadNotParked(upload=upload_id)
    await owe("shipping_info.upload", key=str(upload_id), upload_id=upload_id)
    await audit_log.record(scope, "shipping_info.tried_again", f"upload:{upload_id}")
