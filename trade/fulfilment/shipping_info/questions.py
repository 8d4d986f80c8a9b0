"""What can be asked about shipping information. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from core.security.scope import Scope
from trade.fulfilment.shipping_info.models import Upload
from trade.fulfilment.shipping_info.rules import (
    ALARM_BEFORE,
    OPEN,
    Advice,
    Logistics,
    UploadState,
    advice_for,
)


@dataclass(frozen=True, slots=True)
class UploadView:
    id: int
    payment_no: str
    order_id: int | None
    order_no: str
    store_id: int | None
    kind: Logistics
    state: UploadState
    tries: int
    errcode: int | None
    said: str | None
    sent: tuple[str, ...]
    paid_at: datetime
    limit_at: datetime
    reminded_at: datetime | None
    done_at: datetime | None
    settled_at: datetime | None

    @property
    def advice(self) -> Advice:
        return advice_for(self.errcode)


async def late_uploads(scope: Scope, at: datetime, *, limit: int = 200) -> tuple[UploadView, ...]:
    """What WeChat does not know twelve hours before its limit, or later, and what is parked.

    The one whose limit comes first stands first; as far as the stores in scope go.
    """
    rows = Upload.filter(scope.stores_q("store_id"), state__in=OPEN)
    due = await rows.filter(limit_at__lte=at + ALARM_BEFORE).order_by("limit_at").limit(limit)
    parked = await rows.filter(state=UploadState.PARKED, limit_at__gt=at + ALARM_BEFORE)
    return tuple([_view(row) for row in [*due, *parked]])


async def uploads_of(order_id: int) -> tuple[UploadView, ...]:
    """What WeChat was told of an order, payment by payment."""
    return tuple([_view(row) for row in await Upload.filter(order_id=order_id).order_by("id")])


async def find_upload(scope: Scope, upload_id: int) -> UploadView | None:
    row = await Upload.filter(scope.stores_q("store_id"), id=upload_id).first()
    return _view(row) if row else None


def _view(row: Upload) -> UploadView:
    return UploadView(
        id=row.id,
        payment_no=row.payment_no,
        order_id=row.order_id,
        order_no=row.order_no,
        store_id=row.store_id,
        kind=row.kind,
        state=row.state,
        tries=row.tries,
        errcode=row.errcode,
        said=row.said,
        sent=tuple(row.sent),
        paid_at=row.paid_at,
        limit_at=row.limit_at,
        reminded_at=row.reminded_at,
        done_at=row.done_at,
        settled_at=row.settled_at,
    )
