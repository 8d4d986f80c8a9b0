"""What an order has set aside besides goods: points of its member, and uses of promotions.

They are spent when it is sold, freed when it ends without a sale, and come back with a refund.
"""

from typing import Any

from core.ledger import (
    Account,
    AccountKind,
    Cause,
    Entry,
    HoldEnded,
    HoldNotFound,
    InsufficientBalance,
    capture,
    house,
    mirror,
    name_cause,
    post,
    release,
)

name_cause("order_paid.spent_points", zh="订单抵扣积分", en="points spent on an order")
name_cause("order_closed.spent_points", zh="订单关闭，积分退回", en="the order ended, points freed")
name_cause("order_refunded.spent_points", zh="退款退回积分", en="points returned by a refund")


class PromiseGone(Exception):
    """The points or the coupon an order was priced with went elsewhere meanwhile."""


async def spend_promised(order: dict[str, Any]) -> None:
    """The hold of the points ends in their spending."""
    if order["points_spent"]:
        entries = [Entry(house(AccountKind.POINTS_ISSUED), order["points_spent"])]
        await capture(_spent(order["order_no"]), _held(order["order_no"]), entries)


async def spend_promised_anew(order: dict[str, Any]) -> None:
    """As `spend_promised`, when the order had ended and its hold with it. Raises PromiseGone."""
    points = order["points_spent"]
    if not points:
        return
    member = Account(AccountKind.POINTS, f"member:{order['member_id']}")
    entries = [Entry(member, -points), Entry(house(AccountKind.POINTS_ISSUED), points)]
    try:
        await post(_spent(order["order_no"]), entries)
    except InsufficientBalance:
        raise PromiseGone from None


async def free_promised(order_no: str, points_spent: int) -> None:
    """The order ended without a sale."""
    if points_spent:
        try:
            await release(Cause("order_closed.spent_points", order_no), _held(order_no))
        except (HoldEnded, HoldNotFound):
            return  # it expired, or was never made: nothing is held


async def return_points(order: dict[str, Any], *, refund_no: str, refund_fen: int) -> None:
    """Of the points spent, as great a part as of the money goes back."""
    if order["points_spent"]:
        await mirror(
            Cause("order_refunded.spent_points", refund_no),
            of=_spent(order["order_no"]),
            numerator=refund_fen,
            denominator=order["payable_fen"],
        )


def _held(order_no: str) -> Cause:
    return Cause("order_placed.spent_points", order_no)


def _spent(order_no: str) -> Cause:
    return Cause("order_paid.spent_points", order_no)
