"""A notice that was verified and kept is read and acted upon."""

import logging

from core.database import use_case
from core.inbox import raw
from trade.payments.protocol.notices import PaidFact, RefundFact, TransferFact
from trade.payments.service.notices import NoticeRefused, read_fact
from trade.payments.service.refunding import book_refund
from trade.payments.service.settling import settle
from trade.payments.service.transfers import book_transfer

log = logging.getLogger(__name__)


@use_case
async def believe_notice(*, inbox_id: int) -> None:
    """Act on a kept notice of WeChat Pay. Again: nothing changes.

    A kind that is not acted upon (yet) stays in the inbox, and so does one that cannot be read.
    """
    notice = await raw(inbox_id)
    try:
        fact = read_fact(notice.facts["kind"], notice.body)
    except NoticeRefused:
        log.warning("a kept notice cannot be read", extra={"inbox_id": inbox_id})
        return
    if isinstance(fact, PaidFact):
        await settle(fact)
    elif isinstance(fact, RefundFact):
        await book_refund(fact)
    elif isinstance(fact, TransferFact):
        await book_transfer(fact)
