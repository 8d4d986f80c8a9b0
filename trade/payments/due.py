"""What an order is due now, and until when."""

from datetime import datetime

from trade.orders.queries import OrderState, OrderView

OPEN = {OrderState.PLACED, OrderState.DEPOSITED}


def due_fen(order: OrderView) -> int:
    """The deposit first, then the rest; 0 when the order is not open."""
    if order.state not in OPEN:
        return 0
    if order.state is OrderState.PLACED and order.paid_fen < order.deposit_fen:
        return order.deposit_fen - order.paid_fen
    return order.payable_fen - order.paid_fen


def pay_until(order: OrderView) -> datetime:
    """When the money must be in: the time to pay, or for a deposited order that of its balance."""
    if order.state is OrderState.DEPOSITED and order.balance_due_at is not None:
        return order.balance_due_at
    return order.expires_at
