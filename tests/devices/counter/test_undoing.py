"""Taking a sale back: void before the invoice, refund of pieces, print again."""

from datetime import timedelta

import pytest

from core import clock
from core.audit_log import AuditRow
from core.database import use_case
from core.outbox import publish
from core.security.scope import Role, Scope
from devices.counter import audit
from devices.counter.errors import (
    ManagerNeeded,
    NotHere,
    RefundTooBig,
    SaleInvoiced,
    SaleNotFound,
    SaleOver,
    SaleUnpaid,
    VoidTooLate,
)
from devices.counter.models import Sale
from devices.counter.queries import SaleView, sale_for, sales_for
from devices.counter.service import (
    Line,
    TakeBack,
    note_invoiced,
    print_again,
    refund_sale,
    ring_up,
    void_sale,
)
from devices.service import add_printer
from invoicing.events import InvoiceIssued
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in, overlooked_of
from tests.scenes.counter import a_clerk, a_counter_sale, store_of, typed, wish
from tests.scenes.orders import a_shelf
from tests.scenes.stores import a_member_of_staff
from trade.catalog.queries import skus
from trade.payments.queries import drawers
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")


async def manager_of(clerk: Scope) -> Scope:
    staff = await a_member_of_staff(Role.STORE_MANAGER)
    return Scope(Role.STORE_MANAGER, staff_id=staff.id, store_ids=clerk.store_ids)


async def void(scope: Scope, sale: SaleView, key: str = "void-0001") -> SaleView:
    return await void_sale(scope, sale_id=sale.public_id, key=key, reason="录错金额")


def back(
    sale: SaleView, pieces: int = 1, *, key: str = "back-0001", fen: int | None = None
) -> TakeBack:
    return TakeBack(sale.public_id, key, "顾客不要了", {sale.order.lines[0].id: pieces}, fen)


async def test_a_void_gives_all_back_and_its_code_opens_no_invoice_twice_no_more() -> None:
    shelf = await a_shelf(units=5, list_price_fen=2_000)
    clerk = await a_clerk()
    clerk = Scope(clerk.role, staff_id=clerk.staff_id, store_ids=frozenset({shelf.store_id}))
    code = (await skus([shelf.sku_id]))[shelf.sku_id].code
    sold = await ring_up(clerk, wish(clerk, Line(2, sku_code=code), typed(300), expected_fen=4_300))
    gone = await void(clerk, sold)
    again = await void(clerk, sold)
    levels = await availability([shelf.sku_id], [shelf.store_id])

    assert (gone.is_void, gone.left_fen, again.left_fen) == (True, 0, 0)
    assert levels[shelf.sku_id, shelf.store_id].on_hand == 5
    assert (await drawers([shelf.store_id]))[shelf.store_id].given_fen == 4_300
    assert await AuditRow.filter(action="counter.voided").count() == 1
    with pytest.raises(SaleOver):
        await void(clerk, sold, key="void-0002")


async def test_who_sold_voids_at_once_a_manager_all_day_and_nobody_after_the_invoice() -> None:
    clerk = await a_clerk()
    manager, colleague = await manager_of(clerk), await a_clerk_of_the_same_store(clerk)
    early, late, old = [await a_counter_sale(clerk) for _ in range(3)]
    with pytest.raises(ManagerNeeded):
        await void(colleague, early)
    await Sale.filter(id=late.id).update(sold_at=clock.now() - timedelta(days=1))
    with pytest.raises(VoidTooLate):
        await void(manager, late)
    await note_invoiced(order_nos=[old.order.order_no], at=clock.now())
    with pytest.raises(SaleInvoiced):
        await void(manager, old)
    given = await refund_sale(manager, back(old))

    assert (await void(manager, early)).is_void
    assert (given.left_fen, given.is_void) == (0, False)


async def a_clerk_of_the_same_store(clerk: Scope) -> Scope:
    staff = await a_member_of_staff(Role.GUIDE)
    return Scope(Role.GUIDE, staff_id=staff.id, store_ids=clerk.store_ids)


async def test_pieces_come_back_one_by_one_for_what_they_were_worth() -> None:
    clerk = await a_clerk()
    manager = await manager_of(clerk)
    sold = await a_counter_sale(clerk, typed(333, 3))
    first = await refund_sale(manager, back(sold))
    again = await refund_sale(manager, back(sold))
    less = await refund_sale(manager, back(sold, key="back-0002", fen=100))

    assert [first.left_fen, again.left_fen, less.left_fen] == [666, 666, 566]
    with pytest.raises(RefundTooBig):
        await refund_sale(manager, back(sold, key="back-0003", fen=567))
    with pytest.raises(ManagerNeeded):
        await refund_sale(clerk, back(sold, key="back-0004"))


async def test_a_sale_of_elsewhere_or_without_money_is_not_taken_back() -> None:
    clerk, other = await a_clerk(), await a_clerk(role=Role.STORE_MANAGER)
    sold, waiting = await a_counter_sale(clerk), await a_counter_sale(clerk, money=())
    with pytest.raises(SaleNotFound):
        await void(other, sold)
    with pytest.raises(SaleUnpaid):
        await void(clerk, waiting)
    with pytest.raises(NotHere):
        await void(Scope(Role.MARKETER, staff_id=9), sold)
    assert await sales_for(other, store_of(clerk)) == []


async def test_a_copy_has_the_code_of_the_first_paper() -> None:
    clerk = await a_clerk()
    bare = await a_counter_sale(clerk)
    waiting = await a_counter_sale(clerk, money=())
    await add_printer(store_id=store_of(clerk), host="127.0.0.1", port=9_100)
    first = await print_again(clerk, sale_id=bare.public_id)
    second = await print_again(clerk, sale_id=bare.public_id)

    assert [paper.copy for paper in first.papers] == [0]
    assert [(paper.copy, paper.code) for paper in second.papers] == [(0, bare.code), (1, bare.code)]
    with pytest.raises(SaleUnpaid):
        await print_again(clerk, sale_id=waiting.public_id)


async def test_the_day_shows_each_sale_as_it_stands() -> None:
    clerk = await a_clerk()
    paid, waiting = await a_counter_sale(clerk), await a_counter_sale(clerk, money=())
    gone = await a_counter_sale(clerk)
    await void(clerk, gone)
    rows = {row.public_id: row for row in await sales_for(clerk, store_of(clerk))}
    yesterday = clock.shop_day(clock.now()) - timedelta(days=1)

    assert (rows[paid.public_id].is_paid, rows[paid.public_id].methods) == (True, ("cash",))
    assert (rows[waiting.public_id].is_paid, rows[gone.public_id].is_void) == (False, True)
    assert await sales_for(clerk, store_of(clerk), yesterday) == []


CORRUPTIONS = {
    "counter.sales_are_orders": (
        "UPDATE counter_sale SET store_id = store_id + 1",
        "UPDATE orders_order SET entrance = 'till'",
        """UPDATE counter_sale SET content = content || '{"expected_fen": 1}'""",
        "DELETE FROM counter_sale",
    ),
    "counter.taken_back": (
        "UPDATE counter_undone SET amount_fen = amount_fen + 1",
        "UPDATE counter_sale SET invoiced_at = now() - interval '1 hour'",
    ),
}


async def test_the_auditor_finds_what_does_not_fit() -> None:
    clerk = await a_clerk()
    await void(clerk, await a_counter_sale(clerk))
    await a_counter_sale(clerk, typed(700), sold_at=clock.now() - timedelta(hours=1))

    assert await audit.sales_are_orders() == []
    assert await overlooked_of(CORRUPTIONS, {"counter"}) == []
    assert (await sale_for(clerk, (await a_counter_sale(clerk)).public_id)).is_paid


async def test_books_of_orders_stock_and_returns_agree_with_typed_goods() -> None:
    """Goods of which no stock is kept move none, sold or given back."""
    clerk = await a_clerk()
    manager = await manager_of(clerk)
    sold = await a_counter_sale(clerk, typed(333, 3))
    await refund_sale(manager, back(sold))
    await void(clerk, await a_counter_sale(clerk))

    assert (
        await named_in({"orders", "stock", "fulfilment", "payments", "counter", "ledger"}) == set()
    )


async def test_the_news_of_an_invoice_forbids_the_void() -> None:
    clerk = await a_clerk()
    sold = await a_counter_sale(clerk)
    await note_as_invoiced(sold)
    await tell_everyone()

    assert (await sale_for(clerk, sold.public_id)).invoiced_at is not None
    with pytest.raises(SaleInvoiced):
        await void(clerk, sold)


@use_case
async def note_as_invoiced(sale: SaleView) -> None:
    """As if the invoicing room had told of the invoice."""
    event = InvoiceIssued(
        invoice_id=1,
        sale_ids=(),
        order_no=sale.order.order_no,
        order_nos=(sale.order.order_no,),
        store_id=sale.store_id,
        tax_entity_id=1,
        kind="general",
        code="",
        number="25312000000000000001",
        ex_fen=1_106,
        tax_fen=144,
        incl_fen=1_250,
        at=clock.now(),
    )
    await publish(event)
