"""An exchange (换货) is a return and a replacement order, paid with what came back.

Of equal goods it is even: what was paid for the old pieces is agreed for the new ones, and no money
leaves or enters. Otherwise the difference is due, or goes back as the policy says.
"""

from collections import Counter as Count
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock
from core.database import use_case
from core.money import split_fen
from core.security.scope import Scope
from trade.catalog.queries import SkuView, skus
from trade.fulfilment.cases import ReturnView, case_in, return_view
from trade.fulfilment.errors import BadPieces, GoodsFirst, NoReplacement, ReturnCannotMove
from trade.fulfilment.models import Return, ReturnLine
from trade.fulfilment.return_rules import RefundTo, ReturnKind, ReturnState
from trade.fulfilment.service.asking import log_case
from trade.fulfilment.service.paying_back import GiveBack, give_money, worth_now
from trade.orders.queries import Delivery, Entrance, OrderView
from trade.orders.service import Agreed, AgreedLine, OrderedLine, PlaceOrder, place_order
from trade.payments.service import Method, pay_from_balance
from trade.promotions.service import QuoteLine, QuoteRequest, quote_cart
from trade.stock.errors import OutOfStock


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the guest takes instead, of which store; `delivery` as for any order."""

    lines: tuple[OrderedLine, ...]
    store_id: int
    key: str
    delivery: Delivery = Delivery.TAKEN
    tier: str = ""


@use_case
async def exchange(*, scope: Scope, return_id: str, wish: Exchange) -> ReturnView:
    """Place the replacement order of a return and pay it with what came back, as store credit.

    What it costs more stays due on that order; what it costs less goes back. The same `key` again
    changes nothing. Raises ReturnNotFound, GoodsFirst, NoReplacement, ReturnCannotMove (also for a
    purchase without a member, who would own the credit), and what orders and payments refuse.
    """
    case = await case_in(scope, return_id)
    case = await Return.filter(id=case.id).select_for_update().get()  # two clerks take turns
    if case.exchange_order_id is not None:
        return await return_view(case.id)
    if case.state is not ReturnState.OPEN or case.member_id is None:
        raise ReturnCannotMove(state=case.state, action="exchange")
    worth = await worth_now(case) - case.asked_fen
    if worth <= 0:
        raise GoodsFirst
    order = await _place(case, wish, worth, scope)
    await Return.filter(id=case.id).update(exchange_order_id=order.id, kind=ReturnKind.EXCHANGE)
    await log_case(case.id, "exchange", actor=scope.actor, note=order.order_no)
    await _pay(case, order, min(worth, order.payable_fen), wish, by=scope.actor)
    if worth > order.payable_fen:
        await case.refresh_from_db()
        rest = GiveBack(f"{wish.key}:rest", worth - order.payable_fen, None)
        await give_money(case, rest, by=scope.actor, is_manager=True)
    return await return_view(case.id)


async def _pay(case: Return, order: OrderView, fen: int, wish: Exchange, *, by: str) -> None:
    if not fen:
        return
    credit = GiveBack(f"{wish.key}:credit", fen, RefundTo.CREDIT)
    await give_money(case, credit, by=by, is_manager=True)
    await pay_from_balance(
        order_id=order.id, kind=Method.CREDIT, amount_fen=fen, key=f"exchange:{case.id}"
    )


async def _place(case: Return, wish: Exchange, worth: int, scope: Scope) -> OrderView:
    agreed = await _agree(case, wish, worth)
    request = PlaceOrder(
        store_id=wish.store_id,
        lines=wish.lines,
        idempotency_key=f"exchange:{case.return_no}",
        member_id=case.member_id,
        placed_by=scope.actor,
        delivery=wish.delivery,
        entrance=Entrance.EXCHANGE,
        agreed=agreed,
    )
    try:
        return await place_order(request)
    except OutOfStock as error:
        raise NoReplacement(**error.facts) from None


async def _agree(case: Return, wish: Exchange, worth: int) -> Agreed:
    rows = await ReturnLine.filter(case_id=case.id).order_by("line_id")
    known = await skus([*(row.sku_id for row in rows), *(line.sku_id for line in wish.lines)])
    if any(line.sku_id not in known or line.quantity < 1 for line in wish.lines) or not wish.lines:
        raise BadPieces
    if _is_even(rows, wish.lines, known):
        return Agreed(lines=tuple(_even(wish.lines, known, worth)), at=clock.now())
    return await _quoted(case, wish)


def _is_even(
    rows: Sequence[ReturnLine], lines: Sequence[OrderedLine], known: Mapping[int, SkuView]
) -> bool:
    """The same products at the same list prices, piece for piece: another size or colour."""
    came, goes = Count[tuple[int, int]](), Count[tuple[int, int]]()
    for row in rows:
        sku = known.get(row.sku_id)
        if sku is None:
            return False
        came[sku.product_id, sku.list_price_fen] += row.received or row.quantity
    for line in lines:
        sku = known[line.sku_id]
        goes[sku.product_id, sku.list_price_fen] += line.quantity
    return came == goes


def _even(
    lines: Sequence[OrderedLine], known: Mapping[int, SkuView], worth: int
) -> list[AgreedLine]:
    lists = [known[line.sku_id].list_price_fen * line.quantity for line in lines]
    parts = split_fen(worth, lists) if sum(lists) else [0 for _ in lines]
    return [
        _even_line(line, known[line.sku_id].list_price_fen, part)
        for line, part in zip(lines, parts, strict=True)
    ]


def _even_line(line: OrderedLine, list_fen: int, payable_fen: int) -> AgreedLine:
    """At the price that was paid, also where the list has fallen below it since."""
    price_fen = max(list_fen, -(-payable_fen // line.quantity))
    return AgreedLine(
        sku_id=line.sku_id,
        quantity=line.quantity,
        list_fen=list_fen,
        price_fen=price_fen,
        discount_fen=price_fen * line.quantity - payable_fen,
        payable_fen=payable_fen,
    )


async def _quoted(case: Return, wish: Exchange) -> Agreed:
    quote = await quote_cart(
        QuoteRequest(
            store_id=wish.store_id,
            lines=[QuoteLine(line.sku_id, line.quantity) for line in wish.lines],
            tier=wish.tier,
            at=clock.now(),
            member_id=case.member_id,
        )
    )
    lines = [
        AgreedLine(
            sku_id=line.sku_id,
            quantity=line.quantity,
            list_fen=line.list_fen,
            price_fen=line.price_fen,
            discount_fen=line.discount_fen,
            payable_fen=line.payable_fen,
        )
        for line in quote.lines
        if not line.is_gift
    ]
    return Agreed(lines=tuple(lines), at=clock.now())
