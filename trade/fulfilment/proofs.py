"""Proof of purchase (购买凭证): from what a guest shows to the orders it names, in any store."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.security.receipt_code import BadReceiptCode, check, order_key_of, read
from core.security.scope import Role, Scope
from trade.fulfilment.cases import judged, left_pieces
from trade.fulfilment.errors import ProofNeeded
from trade.fulfilment.models import LineBack
from trade.fulfilment.return_rules import Proof, RefundTo
from trade.orders.queries import OrderView, find_order, order_of, orders_for, sold_in_minute
from trade.payments.queries import orders_paid_by
from trade.promotions.service import refund_share
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import receipt_key


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """How many pieces may still come back and what they are worth; `why` says why none may."""

    line_id: int
    sku_id: int
    sku_code: str
    title: str
    spec_text: str
    picture: str
    is_gift: bool
    quantity: int
    worth_fen: int
    refund_to: RefundTo
    until: datetime | None
    why: str
    rule: str
    rule_zh: str
    rule_en: str


@dataclass(frozen=True, slots=True)
class Explained:
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Returnable:
    """An order as a return sees it, with what a buyer should know before."""

    order: OrderView
    lines: tuple[ReturnableLine, ...]
    notes: tuple[Explained, ...]


GIFTS = Explained(
    "gifts",
    "订单含赠品：退回触发赠品的商品时，请一并退回赠品",
    "The order came with gifts: bring them along with the goods they were given for.",
)
SHARED = Explained(
    "shared_discount",
    "优惠已分摊到每件商品，退款按每件实付金额计算，精确到分",
    "Discounts were shared over all pieces: each gives back what was paid for it, to the fen.",
)
FREIGHT = Explained(
    "freight", "运费不随商品退回", "What the delivery cost does not come back with goods."
)


async def find_purchases(proof: Proof, value: str) -> tuple[OrderView, ...]:
    """The orders that a number or a receipt's code names, in whatever store they were sold.

    Only what is named exactly is found. Raises ProofNeeded.
    """
    found = await FINDERS[proof](value.strip())
    if not found:
        raise ProofNeeded
    return found


async def purchases_of_member(member_id: int) -> tuple[OrderView, ...]:
    """A member's newest orders; the entrance has made sure of the member."""
    page = await orders_for(Scope(Role.MEMBER, member_id=member_id), limit=50)
    return page.items


async def _by_number(value: str) -> tuple[OrderView, ...]:
    order = await find_order(value)
    return (order,) if order else ()


async def _by_payment(value: str) -> tuple[OrderView, ...]:
    return tuple([await order_of(order_id) for order_id in await orders_paid_by(value)])


async def _by_receipt(value: str) -> tuple[OrderView, ...]:
    try:
        said = read(value)
        store_id, key = await receipt_key(said.kid)
        check(value, key)
    except (BadReceiptCode, ReceiptKeyNotFound):
        return ()
    orders = await sold_in_minute(store_id, said.amount_fen, said.at)
    return tuple(order for order in orders if order_key_of(order.order_no) == said.order_key)


Finder = Callable[[str], Awaitable[tuple[OrderView, ...]]]
FINDERS: dict[Proof, Finder] = {
    Proof.ORDER: _by_number,
    Proof.RECEIPT: _by_receipt,
    Proof.PAYMENT: _by_payment,
}


async def returnable(order: OrderView, *, at: datetime | None = None) -> Returnable:
    """What of an order may come back now, for how much, until when, and why not."""
    moment = at or clock.now()
    verdicts = await judged(order, [line.id for line in order.lines], at=moment)
    left = await left_pieces(order)
    known = {row.id: row for row in await LineBack.filter(order_id=order.id)}
    lines = []
    for line in order.lines:
        verdict, back = verdicts[line.id], known.get(line.id)
        pieces = left[line.id] - (back.returned if back else 0)
        before = back.refused + back.returned if back else 0
        why = verdict.why or ("" if pieces > 0 else "nothing_left")
        lines.append(
            ReturnableLine(
                line_id=line.id,
                sku_id=line.sku_id,
                sku_code=line.sku_code,
                title=line.title,
                spec_text=line.spec_text,
                picture=line.picture,
                is_gift=line.is_gift,
                quantity=0 if why else pieces,
                worth_fen=0
                if why
                else refund_share(line.payable_fen, line.quantity, before, pieces),
                refund_to=verdict.refund_to,
                until=verdict.until,
                why=why,
                rule=verdict.rule.code,
                rule_zh=verdict.rule.zh,
                rule_en=verdict.rule.en,
            )
        )
    return Returnable(order, tuple(lines), _notes(order))


def _notes(order: OrderView) -> tuple[Explained, ...]:
    has = {
        GIFTS: any(line.is_gift for line in order.lines),
        SHARED: order.discount_fen > 0,
        FREIGHT: order.freight_fen > 0,
    }
    return tuple(note for note, is_so in has.items() if is_so)
