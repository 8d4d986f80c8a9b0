"""Set the scene: a shop with stock, a member who buys, and money that comes."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from core import clock
from core.database import sql
from core.security.scope import Role, Scope
from core.settings import current
from tests.scenes.catalog import a_sku
from tests.scenes.stores import a_store
from trade.orders.queries import OrderView, order_of
from trade.orders.service import OrderedLine, PlaceOrder, place_order
from trade.payments.due import due_fen
from trade.payments.models import Payment
from trade.payments.protocol.notices import PaidFact, RefundFact
from trade.payments.service import register_payment
from trade.promotions.models import ProgramRate
from trade.stock.service import receive_stock

serial = count(1)
MEMBER = 7
OPEN_ID = "o-shopper"


@dataclass(frozen=True, slots=True)
class Shelf:
    store_id: int
    sku_id: int


async def a_shelf(
    *, units: int = 10, list_price_fen: int = 39_900, store_id: int | None = None
) -> Shelf:
    """One SKU with some units in a store."""
    place = store_id or (await a_store()).id
    sku = await a_sku(list_price_fen=list_price_fen)
    cause = f"scene:{next(serial)}"
    await receive_stock(cause=cause, sku_id=sku.id, store_id=place, quantity=units)
    return Shelf(place, sku.id)


def a_cart(*shelves: Shelf, quantity: int = 1, **more: Any) -> PlaceOrder:
    """A request to buy `quantity` of what lies on each shelf."""
    facts = {"member_id": MEMBER, "idempotency_key": f"cart-{next(serial):06}", **more}
    lines = tuple(OrderedLine(shelf.sku_id, quantity) for shelf in shelves)
    return PlaceOrder(store_id=shelves[0].store_id, lines=lines, **facts)


async def an_order(*shelves: Shelf, quantity: int = 1, **more: Any) -> OrderView:
    return await place_order(a_cart(*(shelves or (await a_shelf(),)), quantity=quantity, **more))


async def a_payment(order: OrderView, *, payment_no: str | None = None) -> str:
    """The number of a payment that a phone may make now, of what is due."""
    number = payment_no or f"P{next(serial):08}"
    total_fen = due_fen(await order_of(order.id))
    await register_payment(
        order_id=order.id, payment_no=number, open_id=OPEN_ID, total_fen=total_fen
    )
    return number


async def money_for(payment_no: str, **more: Any) -> PaidFact:
    """What a verified notice says when the whole amount of this payment was paid."""
    payment = await Payment.get(payment_no=payment_no)
    facts = {
        "payment_no": payment_no,
        "transaction_id": f"42{next(serial):026}",
        "trade_state": "SUCCESS",
        "total_fen": payment.amount_fen,
        "payer_fen": payment.amount_fen,
        "currency": "CNY",
        "mch_id": payment.mch_id,
        "app_id": payment.app_id,
        "open_id": OPEN_ID,
        "at": clock.now(),
    }
    return PaidFact(**{**facts, **more})


def money_back(payment_no: str, refund_no: str, *, refund_fen: int, **more: Any) -> RefundFact:
    """What a verified notice says when a refund has gone through."""
    pay = current().pay
    assert pay is not None
    facts = {
        "refund_no": refund_no,
        "refund_id": f"50{next(serial):026}",
        "payment_no": payment_no,
        "transaction_id": "4200000000000000000000000000",
        "status": "SUCCESS",
        "refund_fen": refund_fen,
        "total_fen": refund_fen,
        "mch_id": pay.mch_id,
        "at": clock.now(),
    }
    return RefundFact(**{**facts, **more})


async def overdue(order: OrderView) -> None:
    """As if the time to pay had run out a minute ago."""
    past = clock.now() - timedelta(minutes=1)
    await sql("UPDATE orders_order SET expires_at = $2 WHERE id = $1", order.id, past)


async def some_rates() -> None:
    """One point a yuan, 3 % for the guide, 70 % for the franchisee."""
    day = clock.shop_day(clock.now()) - timedelta(days=400)
    await ProgramRate(
        version=1, points_per_yuan=1, commission_bp=300, share_bp=7000, valid_from=day
    ).save()


def member_scope(member_id: int = MEMBER) -> Scope:
    return Scope(Role.MEMBER, member_id=member_id)
