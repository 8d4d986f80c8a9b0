"""Red letters of invoices of several sales, of sales with several invoices, of box sales."""

import httpx2
import pytest

from devices.queries import receipt_code_of
from invoicing.backends.models import Account
from invoicing.backends.port import Kind
from invoicing.backends.rules import Adapter
from invoicing.models import Covered, Invoice, InvoiceRequest
from invoicing.queries import sale_of_order
from invoicing.queries.blues import blues_of_sale
from invoicing.reds.models import RedLetter
from invoicing.reds.queries import RedState
from invoicing.reds.service import change_title, settle_sale
from invoicing.service import note_box_refund, request_invoice
from tests.scene import tell_everyone
from tests.scenes.invoicing import a_box_receipt, a_box_sale, a_buyer, an_account, seller_id_of
from tests.scenes.orders import Shelf, a_shelf, an_order
from tests.scenes.reds import (
    a_store_of_food,
    an_invoiced_order,
    give_back,
    net_invoiced,
    reds_of,
    work,
)
from tests.scenes.tenders import by_hand
from trade.orders.queries import OrderView, order_of
from trade.stores.service import renew_receipt_key

pytestmark = pytest.mark.usefixtures("shop")


async def sold_at(shelf: Shelf, quantity: int) -> OrderView:
    order = await an_order(shelf, quantity=quantity)
    await renew_receipt_key(order.store_id)
    await by_hand(order, order.payable_fen)
    await tell_everyone()
    return await order_of(order.id)


async def test_of_a_merged_invoice_only_the_refunded_sales_share_is_taken_back(
    http: httpx2.AsyncClient,
) -> None:
    shelf = await a_shelf()
    first, second = await sold_at(shelf, 1), await sold_at(shelf, 2)
    codes = [await receipt_code_of(first), await receipt_code_of(second)]
    await request_invoice(codes=codes, buyer=a_buyer())
    await work(http)
    await give_back(second, second.paid_fen)
    await work(http)
    await give_back(first, first.paid_fen)
    await work(http)

    shares = [(one.fen, one.red_fen) for one in await Covered.all().order_by("id")]
    assert shares == [(39_900, 39_900), (79_800, 79_800)]
    letters = await RedLetter.all().order_by("id")
    assert [letter.incl_fen for letter in letters] == [79_800, 39_900]
    assert [letter.is_full for letter in letters] == [False, False]
    [invoice] = await Invoice.all()
    assert invoice.red_incl_fen == invoice.incl_fen


async def test_a_split_sale_is_taken_back_invoice_by_invoice(http: httpx2.AsyncClient) -> None:
    shelf = await a_shelf()
    _ = await an_account(await seller_id_of(shelf.store_id), most_fen=80_000)
    order = await sold_at(shelf, 5)
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer())
    await work(http)
    await give_back(order, order.paid_fen)
    await work(http)

    letters = await RedLetter.all().order_by("id")
    assert [letter.incl_fen for letter in letters] == [79_800, 79_800, 39_900]
    assert {letter.is_full for letter in letters} == {True}
    assert await net_invoiced(order) == 0


async def test_a_wrong_title_of_a_split_sale_is_put_right_on_each_part(
    http: httpx2.AsyncClient,
) -> None:
    shelf = await a_shelf()
    _ = await an_account(await seller_id_of(shelf.store_id), most_fen=80_000)
    order = await sold_at(shelf, 3)
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer())
    await work(http)
    sale_id = (await sale_of_order(order.id)).id
    made = await change_title(sale_id=sale_id, buyer=a_buyer(title="正确的抬头（上海）有限公司"))
    await work(http, rounds=10)

    assert len(made) == 2
    assert [red.state for red in await reds_of(order)] == [RedState.ISSUED, RedState.ISSUED]
    assert len(await blues_of_sale(sale_id)) == 4
    assert await net_invoiced(order) == order.paid_fen


async def test_what_a_box_saw_given_back_is_taken_back_once(http: httpx2.AsyncClient) -> None:
    store = await a_store_of_food()
    sale = await a_box_sale(store, ("牛肉面", "2", 3600))
    await request_invoice(codes=[sale.code], buyer=a_buyer(), kind=Kind.GENERAL)
    await work(http)
    back = await a_box_receipt(store, due_fen=1800, origin_key=sale.order_key)
    for _ in range(2):
        await note_box_refund(back)
    await work(http)

    [letter] = await RedLetter.all()
    assert (letter.state, letter.incl_fen) == (RedState.ISSUED, 1800)
    request = await InvoiceRequest.get()
    assert request.state == "delivered"


async def test_a_backend_without_part_reds_takes_the_whole_back_and_invoices_the_rest_anew(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await Account.all().update(adapter=Adapter.BRIDGE)
    await give_back(order, 10_000)
    await settle_sale(sale_id=(await sale_of_order(order.id)).id)
    letter = await RedLetter.get()
    assert (letter.is_full, letter.is_reissued, letter.incl_fen) == (True, True, order.paid_fen)
    await Account.all().update(adapter=Adapter.NUONUO)
    await work(http, rounds=10)

    assert await net_invoiced(order) == order.paid_fen - 10_000
    assert [invoice.incl_fen for invoice in await Invoice.all().order_by("id")] == [
        order.paid_fen,
        order.paid_fen - 10_000,
    ]
