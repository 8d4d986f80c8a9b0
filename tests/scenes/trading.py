"""Set the scene: a shop that trades. Any sequence of steps is a story; the books must stay exact.

A step is a name and two numbers that pick whom, what and how much, so that any numbers make sense.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from core.audit import Finding, checks
from core.database import sql, use_case
from core.errors import DomainError
from core.ledger import Account, AccountKind, Cause, Entry, balance, house, post
from tests.scene import tell_everyone
from tests.scenes.catalog import a_sku
from tests.scenes.orders import a_payment, money_back, money_for
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store
from tests.scenes.tenders import CASHIER
from trade.catalog.service import PartDraft, set_kit
from trade.orders.queries import CloseReason, OrderState, OrderView, Source, order_of
from trade.orders.service import OrderedLine, PlaceOrder, close_order, place_order
from trade.payments.models import Refund
from trade.payments.queries import RefundState
from trade.payments.service import (
    Method,
    RefundTo,
    Tender,
    book_refund,
    give_back_unsold,
    pay_from_balance,
    record_tender,
    refund,
    settle,
    top_up,
)
from trade.promotions.models import Coupon
from trade.promotions.service import (
    DealKind,
    ProgramRateDraft,
    PromotionDraft,
    give_coupon,
    put_program_rates,
    put_promotions,
)
from trade.stock.queries import availability
from trade.stock.service import receive_stock

serial = count(1)
MEMBERS, UNITS, PRICES = (7, 8, 9), 8, (39_900, 12_345, 101)
STEPS = (
    *("claim", "earn", "purse", "place", "place", "place", "wechat", "wechat", "cash", "pay_purse"),
    *("cancel", "expire", "late", "refund", "refund_credit", "again", "tell"),
)
SOLD = {OrderState.PAID, OrderState.SHIPPED, OrderState.DONE}
Step = tuple[str, int, int]


@dataclass
class Shop:
    """What a story has made so far; `units` are pieces by stock item that lay there at first."""

    store_id: int
    guide: Source
    sku_ids: list[int]
    kit: tuple[int, ...]
    orders: list[OrderView] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def pick(self, at: int) -> OrderView | None:
        return self.orders[at % len(self.orders)] if self.orders else None


async def a_trading_shop() -> Shop:
    """Three SKUs and a kit of two of them, a full reduction, a limited price, coupons, points."""
    await put_program_rates([ProgramRateDraft(1, 300, 7000, date(2020, 1, 1), 100, 100, 5000)])
    store = await a_store(franchisee=await a_franchisee())
    guide = await a_member_of_staff(store=store)
    skus = [await a_sku(list_price_fen=price) for price in PRICES]
    kit = await a_sku(list_price_fen=50_000)
    parts = [PartDraft(skus[0].code, 1), PartDraft(skus[1].code, 2)]
    await set_kit(sku_code=kit.code, parts=parts)
    for sku in skus:
        cause = f"story:{next(serial)}"
        await receive_stock(cause=cause, sku_id=sku.id, store_id=store.id, quantity=UNITS)
    day = date(2026, 1, 1)
    await put_promotions(
        [
            PromotionDraft(
                "full",
                DealKind.FULL_REDUCTION,
                name="满三百减四十",
                terms={"steps": [{"threshold_fen": 30_000, "off_fen": 4_000}]},
                valid_from=day,
                budget_fen=9_000,
            ),
            PromotionDraft(
                "ten",
                DealKind.COUPON,
                name="立减十元",
                terms={"off_fen": 1_000},
                valid_from=day,
            ),
            PromotionDraft(
                "all",
                DealKind.COUPON,
                name="满额全免",
                terms={"pay_bp": 0},
                valid_from=day,
            ),
        ]
    )
    ids = [sku.id for sku in skus]
    return Shop(store.id, Source(guide.id, store.id), [*ids, kit.id], tuple(ids))


async def act(shop: Shop, step: Step) -> None:
    """Do one step. A refusal is fine; it is counted and must have changed nothing."""
    name, which, much = step
    try:
        await DO[name](shop, which, much)
    except DomainError as refusal:
        shop.refused[refusal.code] += 1


async def _claim(shop: Shop, which: int, much: int) -> None:
    code = ("ten", "all", "ten")[much % 3]
    await give_coupon(member_id=MEMBERS[which % 3], code=code, cause=f"story:{next(serial)}")


@use_case
async def _earn(shop: Shop, which: int, much: int) -> None:
    me, issued = (
        Account(AccountKind.POINTS, f"member:{MEMBERS[which % 3]}"),
        house(AccountKind.POINTS_ISSUED),
    )
    amount = 1 + much * 37
    await post(
        Cause("story.earned", str(next(serial))), [Entry(me, amount, None), Entry(issued, -amount)]
    )


async def _purse(shop: Shop, which: int, much: int) -> None:
    await top_up(
        member_id=MEMBERS[which % 3],
        amount_fen=1 + much * 1_111,
        method=Method.CASH,
        key=f"story-purse-{next(serial)}",
        by=CASHIER,
        store_id=shop.store_id,
    )


async def _place(shop: Shop, which: int, much: int) -> None:
    member = MEMBERS[which % 3]
    mine = await Coupon.filter(member_id=member, state="issued").order_by("id").first()
    lines = [OrderedLine(shop.sku_ids[much % 4], 1 + which % 2)]
    if much % 3 == 0:
        lines.append(OrderedLine(shop.sku_ids[(much + 1) % 4], 1))
    wish = PlaceOrder(
        store_id=shop.store_id,
        lines=tuple(lines),
        idempotency_key=f"story-{next(serial):06}",
        member_id=member,
        source=shop.guide if which % 2 else None,
        coupons=(mine.public_id,) if mine and much % 2 else (),
        points=much * 50 if which % 4 == 1 else 0,
    )
    shop.orders.append(await place_order(wish))


async def _wechat(shop: Shop, which: int, much: int) -> None:
    order = shop.pick(which)
    if order and (await order_of(order.id)).state is OrderState.PLACED:
        shop.numbers.append(await a_payment(order))
        if much % 3:
            await settle(await money_for(shop.numbers[-1]))


async def _cash(shop: Shop, which: int, much: int) -> None:
    order = shop.pick(which)
    if order:
        tender = Tender(Method.CASH, 1 + order.payable_fen * (much % 4) // 3)
        await record_tender(order_id=order.id, tender=tender, key=f"s-{next(serial)}", by=CASHIER)


async def _pay_purse(shop: Shop, which: int, much: int) -> None:
    order = shop.pick(which)
    if order:
        await pay_from_balance(
            order_id=order.id,
            kind=Method.CREDIT if much % 2 else Method.STORED_VALUE,
            amount_fen=1 + much * 555,
            key=f"s-{next(serial)}",
        )


async def _cancel(shop: Shop, which: int, much: int) -> None:
    order = shop.pick(which)
    if order and await close_order(
        order_id=order.id, reason=CloseReason.CANCELLED, actor="member:7"
    ):
        await give_back_unsold(order_id=order.id)


async def _expire(shop: Shop, which: int, much: int) -> None:
    order = shop.pick(which)
    if order:
        past = "UPDATE orders_order SET expires_at = now() - interval '1 minute' WHERE id = $1"
        await sql(past, order.id)
        if await close_order(order_id=order.id, reason=CloseReason.EXPIRED):
            await give_back_unsold(order_id=order.id)


async def _late(shop: Shop, which: int, much: int) -> None:
    """Money for any payment that was begun, whatever became of its order; maybe a second time."""
    if shop.numbers:
        await settle(await money_for(shop.numbers[which % len(shop.numbers)]))


async def _refund(shop: Shop, which: int, much: int, to: RefundTo = RefundTo.ORIGIN) -> None:
    order = shop.pick(which)
    if order:
        amount_fen = order.payable_fen if much % 3 == 0 else 1 + order.payable_fen * (much % 3) // 4
        key = f"s-{next(serial)}"
        await refund(order_id=order.id, amount_fen=amount_fen, reason="不合适", key=key, to=to)


async def _refund_credit(shop: Shop, which: int, much: int) -> None:
    await _refund(shop, which, much, RefundTo.CREDIT)


async def _again(shop: Shop, which: int, much: int) -> None:
    """The platform says of every refund that waits that it went through: twice."""
    waiting = await Refund.filter(state__in=[RefundState.CREATED, RefundState.UNKNOWN])
    for row in await _with_payments(waiting):
        told = money_back(
            row.payment.payment_no,
            row.refund_no,
            refund_fen=row.amount_fen,
            total_fen=row.payment.amount_fen,
        )
        for _ in range(2):
            await book_refund(told)


async def _with_payments(rows: Iterable[Refund]) -> list[Refund]:
    ids = [row.id for row in rows]
    return await Refund.filter(id__in=ids, payment__method__startswith="wechat").select_related(
        "payment"
    )


async def _tell(shop: Shop, which: int, much: int) -> None:
    await tell_everyone()


DO = {
    "claim": _claim,
    "earn": _earn,
    "purse": _purse,
    "place": _place,
    "wechat": _wechat,
    "cash": _cash,
    "pay_purse": _pay_purse,
    "cancel": _cancel,
    "expire": _expire,
    "late": _late,
    "refund": _refund,
    "refund_credit": _refund_credit,
    "again": _again,
    "tell": _tell,
}


async def end_the_day(shop: Shop) -> None:
    """What was left open ends, every refund arrives, every piece of news is heard."""
    for at in range(len(shop.orders)):
        if (await order_of(shop.orders[at].id)).state is OrderState.PLACED:
            await _expire(shop, at, 0)
    await tell_everyone()
    await _again(shop, 0, 0)
    await tell_everyone()
    await sql("UPDATE orders_order SET placed_at = placed_at - interval '1 hour'")
    await sql("UPDATE orders_order SET paid_at = paid_at - interval '1 hour'")
    await sql("UPDATE orders_order SET closed_at = closed_at - interval '1 hour'")
    await sql("UPDATE payments_refund SET settled_at = settled_at - interval '1 hour'")


async def all_findings() -> list[Finding]:
    """What every auditor of the house has to say."""
    return [finding for work in checks.values() for finding in await work()]


async def pieces_left(shop: Shop) -> dict[int, int]:
    """Units on hand by stock item."""
    shelf = await availability(shop.kit, [shop.store_id])
    return {sku_id: level.on_hand for (sku_id, _), level in shelf.items()}


async def pieces_sold(shop: Shop) -> Counter[int]:
    """Units by stock item in orders that were sold and not given back whole."""
    sold: Counter[int] = Counter(dict.fromkeys(shop.kit, 0))
    for made in shop.orders:
        order = await order_of(made.id)
        if order.store_id == shop.store_id and order.state in SOLD:
            for line in order.lines:
                for sku_id, each in line.parts or ((line.sku_id, 1),):
                    sold[sku_id] += each * line.quantity
    return sold


async def money_of_customers() -> int:
    """Customers' money that lies with the house and belongs to no sale, by the book."""
    return -await balance(house(AccountKind.MONEY_CUSTOMER))


OWED = """
SELECT (SELECT coalesce(sum(paid_fen - refunded_fen), 0) FROM orders_order WHERE paid_at IS NULL)
    AS unsold
"""


async def money_owed_to_customers() -> int:
    """What they have in their purses, and what waits at a counter to be handed out."""
    kinds = (AccountKind.STORED_VALUE, AccountKind.CREDIT)
    purses = [await balance(Account(kind, f"member:{one}")) for kind in kinds for one in MEMBERS]
    [row] = await sql(OWED)
    return int(row["unsold"]) + sum(purses)
