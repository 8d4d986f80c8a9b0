"""One upload: sent until WeChat says yes, or a no that a person has to look at."""

import logging

from core import clock
from core.database import use_case
from core.errors import Unavailable
from core.jobs import owe
from core.wechat.mini_program import ours
from trade.fulfilment.shipping_info import gateway
from trade.fulfilment.shipping_info.gateway import Refusal, Told
from trade.fulfilment.shipping_info.models import Managed, Upload
from trade.fulfilment.shipping_info.owing import TOP_UP, goods_of
from trade.fulfilment.shipping_info.rules import (
    NOT_THERE_YET,
    PASSING,
    TOLD_BEFORE,
    Goods,
    Logistics,
    Sheet,
    UploadState,
    again_at,
    mask_phone,
    next_sheet,
)
from trade.orders.queries import consignee_of, order_of

log = logging.getLogger(__name__)

SHIPPED, REFUNDED = 2, 5
ASK_MANAGED_S = 3600


async def upload(*, upload_id: int) -> None:
    """Tell WeChat what it does not know yet of one payment's goods. Again: nothing is told twice.

    No answer, or a passing no: tried again later, without end. A no for good is parked.
    """
    row = await Upload.get(id=upload_id)
    if row.state is not UploadState.OWED:
        return
    goods = await _goods(row)
    sheet = next_sheet(goods, row.sent)
    if sheet is None:
        await _rest(row)
        return
    try:
        if not await _is_managed():
            await _end(row, UploadState.NOT_NEEDED)
            return
        said = await gateway.upload(await _told(row, goods), sheet)
        if isinstance(said, Refusal) and said.errcode in TOLD_BEFORE:
            said = await _ask_back(row, said)
    except Unavailable as lost:
        await _postpone(row, None, lost.code)
        return
    await _hear(row, goods, sheet, said)


async def _goods(row: Upload) -> Goods:
    return TOP_UP if row.order_id is None else await goods_of(await order_of(row.order_id))


async def _told(row: Upload, goods: Goods) -> Told:
    """The contact is read and masked on the way out, and kept nowhere."""
    to = await consignee_of(row.order_id) if row.order_id is not None else None
    return Told(
        transaction_id=row.transaction_id,
        open_id=row.open_id,
        kind=goods.kind,
        desc=goods.desc,
        contact=mask_phone(to.phone) if to and goods.kind is Logistics.EXPRESS else "",
        at=clock.now(),
    )


async def _ask_back(row: Upload, said: Refusal) -> Refusal | None:
    """A sheet whose answer was lost is refused when it comes again: then WeChat knows it."""
    known = await gateway.known(row.transaction_id)
    is_known = not isinstance(known, Refusal) and known.state >= SHIPPED
    return None if is_known else said


async def _hear(row: Upload, goods: Goods, sheet: Sheet, said: Refusal | None) -> None:
    if said is None:
        await _note_sent(row, goods, sheet)
    elif said.errcode in PASSING and not _is_over(row, said):
        await _postpone(row, said.errcode, "")
    else:
        log.error("shipping information was refused", extra={"upload": row.id})
        await _park(row, said.errcode)


def _is_over(row: Upload, said: Refusal) -> bool:
    """A payment that WeChat still does not know at the limit, it never will."""
    return said.errcode == NOT_THERE_YET and clock.now() > row.limit_at


async def _is_managed() -> bool:
    """Asked once an hour; while it is not known, it is taken for managed."""
    app_id, now = ours().app_id, clock.now()
    known = await Managed.get_or_none(app_id=app_id)
    if known is None or (now - known.asked_at).total_seconds() > ASK_MANAGED_S:
        is_managed = await gateway.is_managed()
        facts = {"is_managed": is_managed, "asked_at": now}
        await Managed.update_or_create(facts, app_id=app_id)
        return is_managed
    return known.is_managed


@use_case
async def _note_sent(row: Upload, goods: Goods, sheet: Sheet) -> None:
    """What was accepted is kept; what became known meanwhile is owed at once."""
    now = await Upload.filter(id=row.id).select_for_update().get()
    sent = [*now.sent, *(one.name for one in sheet.parcels if one.name not in now.sent)]
    is_more = now.wanted != row.wanted or next_sheet(goods, sent) is not None
    state = UploadState.DONE if sheet.is_last else UploadState.PARTIAL
    if is_more and not sheet.is_last:
        state = UploadState.OWED
        await owe("shipping_info.upload", key=f"{row.id}:{len(sent)}", upload_id=row.id)
    await Upload.filter(id=row.id).update(
        sent=sent,
        kind=goods.kind,
        state=state,
        tries=0,
        errcode=None,
        said=None,
        try_at=clock.now() if state is UploadState.OWED else None,
        done_at=clock.now() if state is UploadState.DONE else None,
    )


@use_case
async def _rest(row: Upload) -> None:
    """Nothing to tell now after all."""
    state = UploadState.PARTIAL if row.sent else UploadState.WAITING
    rows = Upload.filter(id=row.id, state=UploadState.OWED, wanted=row.wanted)
    await rows.update(state=state, try_at=None)


@use_case
async def _end(row: Upload, state: UploadState) -> None:
    await Upload.filter(id=row.id, state=UploadState.OWED).update(state=state, try_at=None)


@use_case
async def _postpone(row: Upload, errcode: int | None, said: str) -> None:
    rows = Upload.filter(id=row.id, state=UploadState.OWED)
    await rows.update(
        tries=row.tries + 1,
        try_at=again_at(clock.now(), row.tries),
        errcode=errcode,
        said=said[:120] or None,
    )


@use_case
async def _park(row: Upload, errcode: int) -> None:
    rows = Upload.filter(id=row.id, state=UploadState.OWED)
    await rows.update(state=UploadState.PARKED, errcode=errcode, try_at=None)
