"""Set the scene: orders paid in several ways, and members with something in their purse."""

from typing import Any

from core.database import sql
from core.ledger import Account, AccountKind, balance, house
from tests.scenes.orders import MEMBER, a_payment, a_shelf, an_order, money_for, serial
from trade.orders.queries import OrderView
from trade.payments.queries import PaymentView
from trade.payments.service import (
    Method,
    Tender,
    pay_from_balance,
    record_tender,
    settle,
    top_up,
)

CASHIER = "guide:3"


async def a_sale(payable_fen: int = 10_000, **more: Any) -> OrderView:
    """An order of this worth that waits for its money."""
    return await an_order(await a_shelf(list_price_fen=payable_fen), **more)


async def a_purse(fen: int, *, member_id: int = MEMBER, store_id: int = 1) -> None:
    """The member bought so much stored value for cash."""
    key = f"purse-{next(serial)}"
    await top_up(
        member_id=member_id,
        amount_fen=fen,
        method=Method.CASH,
        key=key,
        by=CASHIER,
        store_id=store_id,
    )


async def by_hand(
    order: OrderView, amount_fen: int, method: Method = Method.CASH, **more: Any
) -> PaymentView:
    facts = {"key": f"hand-{next(serial)}", "by": CASHIER, **more}
    given_fen, slip_no = facts.pop("given_fen", None), facts.pop("slip_no", None)
    tender = Tender(method, amount_fen, given_fen, slip_no)
    return await record_tender(order_id=order.id, tender=tender, **facts)


async def from_purse(
    order: OrderView, amount_fen: int, kind: Method = Method.STORED_VALUE, **more: Any
) -> PaymentView:
    facts = {"key": f"purse-{next(serial)}", **more}
    return await pay_from_balance(order_id=order.id, kind=kind, amount_fen=amount_fen, **facts)


async def by_wechat(order: OrderView) -> str:
    """What is due is paid on a phone."""
    number = await a_payment(order)
    await settle(await money_for(number))
    return number


async def purse(kind: AccountKind = AccountKind.STORED_VALUE, member_id: int = MEMBER) -> int:
    return await balance(Account(kind, f"member:{member_id}"))


async def customers() -> int:
    """Money of customers that lies with us."""
    return await balance(house(AccountKind.MONEY_CUSTOMER))


async def of_deposit(order: OrderView, deposit_fen: int) -> None:
    """As if the order had been placed for a deposit."""
    await sql("UPDATE orders_order SET deposit_fen = $2 WHERE id = $1", order.id, deposit_fen)
