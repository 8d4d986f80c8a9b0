"""What an order has set aside besides goods: points of its member, and uses of promotions.

They are spent when its money or its deposit is in, freed when it ends before that, and come back
with a refund: points in proportion, uses with the last fen.
"""

import logging
from typing import Any

from core.ledger import (
    Account,
    AccountKind,
    Cause,
    Entry,
    HoldEnded,
    HoldNotFound,
    InsufficientBalance,
    JournalNotFound,
    capture,
    house,
    mirror,
    name_cause,
    post,
    release,
)
from trade.promotions.service import capture_uses, release_uses, retake_uses, return_uses

log = logging.getLogger(__name__)

name_cause("order_paid.spent_points", zh="订单抵扣积分", en="points spent on an order")
name_cause("order_closed.spent_points", zh="订单关闭，积分退回", en="the order ended, points freed")
name_cause("order_refunded.spent_points", zh="退款退回积分", en="points returned by a refund")


class PromiseGone(Exception):
    """The points or the coupon an order was priced with went elsewhere meanwhile."""


async def spend_promised(order: dict[str, Any]) -> None:
    """The holds end in their use.

    Points whose hold ran out in the meantime are taken anew; should they be gone, the buyer is not
    made to pay for our delay, and a person is told.
    """
    await capture_uses(order["order_no"])
    points = order["points_spent"]
    if not points:
        return
    entries = [Entry(house(AccountKind.POINTS_ISSUED), points)]
    try:
        await capture(_spent(order["order_no"]), _held(order["order_no"]), entries)
    except (HoldEnded, HoldNotFound):
        try:
            await _spend_anew(order)
        except InsufficientBalance:
            log.error("an order was sold whose points were gone", extra={"order": order["id"]})


async def spend_promised_anew(order: dict[str, Any]) -> None:
    """As `spend_promised`, when the order had ended and its holds with it. Raises PromiseGone."""
    if not await retake_uses(order["order_no"]):
        raise PromiseGone
    await capture_uses(order["order_no"])
    try:
        if order["points_spent"]:
            await _spend_anew(order)
    except InsufficientBalance:
        raise PromiseGone from None


async def free_promised(order: dict[str, Any]) -> None:
    """The order ended without a sale. What its deposit had spent comes back whole."""
    order_no = order["order_no"]
    cause = Cause("order_closed.spent_points", order_no)
    if order["action"] == "give_up":
        await return_uses(order_no)
        if order["points_spent"]:
            await mirror(cause, of=_spent(order_no), numerator=1, denominator=1)
        return
    await release_uses(order_no)
    if order["points_spent"]:
        try:
            await release(cause, _held(order_no))
        except (HoldEnded, HoldNotFound):
            return  # it ran out, or was never made: nothing is held


async def return_promised(order: dict[str, Any], *, refund_no: str, refund_fen: int) -> None:
    """Of the points spent, as great a part as of the money goes back; uses with the last fen."""
    if order["is_all"]:
        await return_uses(order["order_no"])
    if not order["points_spent"]:
        return
    try:
        await mirror(
            Cause("order_refunded.spent_points", refund_no),
            of=_spent(order["order_no"]),
            numerator=refund_fen,
            denominator=order["payable_fen"],
        )
    except JournalNotFound:
        return  # they were gone when it was sold


async def _spend_anew(order: dict[str, Any]) -> None:
    member = Account(AccountKind.POINTS, f"member:{order['member_id']}")
    points = order["points_spent"]
    entries = [Entry(member, -points), Entry(house(AccountKind.POINTS_ISSUED), points)]
    await post(_spent(order["order_no"]), entries)


def _held(order_no: str) -> Cause:
    return Cause("order_placed.spent_points", order_no)


def _spent(order_no: str) -> Cause:
    return Cause("order_paid.spent_points", order_no)
