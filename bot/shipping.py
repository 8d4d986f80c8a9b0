"""What WeChat tells of the orders of our mini-program: read here, acted upon in fulfilment."""

import logging
from datetime import UTC, datetime

from bot.protocol.envelope import Tree, read_tree
from bot.protocol.untrusted import Untrusted
from core.database import use_case
from core.inbox import raw
from trade.fulfilment.service.shipping_info import Settlement, note_reminder, note_settlement

log = logging.getLogger(__name__)

REMINDS, SETTLES = "trade_manage_remind_shipping", "trade_manage_order_settlement"
LATEST = 2**33  # a second beyond the next two centuries is no time


@use_case
async def believe_order_news(*, inbox_id: int) -> None:
    """Act on a kept event of the mini-program. Again: nothing changes.

    What is no event of orders, or cannot be read, stays in the inbox.
    """
    kept = await raw(inbox_id)
    try:
        tree = read_tree(kept.body.encode())
    except Untrusted:
        log.warning("a kept event cannot be read", extra={"inbox_id": inbox_id})
        return
    event, number = tree.get("Event"), tree.get("transaction_id")
    if not isinstance(number, str):
        return
    is_ours = True
    if event == REMINDS:
        is_ours = await note_reminder(transaction_id=number, at=kept.at)
    elif event == SETTLES:
        is_ours = await note_settlement(
            Settlement(
                number,
                confirmed_at=_moment(tree, "confirm_receive_time"),
                settled_at=_moment(tree, "settlement_time"),
            )
        )
    if not is_ours:
        log.warning("an event is about a payment we do not know", extra={"inbox_id": inbox_id})


def _moment(tree: Tree, name: str) -> datetime | None:
    """A Unix second, a number in JSON and a text in XML; None when it is none."""
    text = str(tree.get(name) or "")
    is_second = text.isascii() and text.isdecimal() and len(text) <= 11
    return datetime.fromtimestamp(int(text), UTC) if is_second and int(text) < LATEST else None
