"""Whoever is killed, and whatever goes back meanwhile: one number, one invoice."""

from typing import Any

import httpx2
import pytest

from core import clock
from core.database import sql
from devices.queries import receipt_code_of
from invoicing.backends.port import Issued
from invoicing.backends.queries import backend_of
from invoicing.models import Covered, Invoice, InvoiceableOrder, InvoiceRequest
from invoicing.queries import sale_of
from invoicing.rules.states import RequestState
from invoicing.service import request_invoice
from invoicing.service.issuing import Send, book_query, next_step
from tests.scene import make_due, tell_everyone
from tests.scenes.invoicing import a_buyer, a_code, an_order_known, rows_of, work
from tests.scenes.orders import a_shelf
from trade.payments.models import Payment, Refund

S = RequestState
pytestmark = pytest.mark.usefixtures("shop")


async def at_the_provider(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return list((await http.get("/_sim/tax/invoices")).json())


@pytest.mark.parametrize("state", [S.QUEUED, S.SENDING, S.SUBMITTED, S.UNKNOWN, S.HELD])
async def test_a_worker_killed_in_any_state_leaves_one_invoice(
    http: httpx2.AsyncClient, state: RequestState
) -> None:
    """The job dies behind its state; another worker takes the debt up again."""
    await request_invoice(codes=[await a_code()], buyer=a_buyer(mail=""))
    [row] = await rows_of()
    if state in {S.SENDING, S.SUBMITTED, S.UNKNOWN}:
        step = await next_step(row.id)
        assert isinstance(step, Send)
        await (await backend_of(step.order.account_id)).submit(step.order)
    if state is S.HELD:
        await sql("UPDATE invoicing_request SET state = 'held', hold = 'account'")
        await tell_everyone()
    else:
        await InvoiceRequest.filter(id=row.id).update(state=state)
    await make_due()
    await work(http, rounds=10)

    view = await InvoiceRequest.get(id=row.id)
    if state is S.HELD:
        assert view.state is S.HELD
        return
    assert view.state is S.ISSUED
    assert len(await at_the_provider(http)) == await Invoice.all().count() == 1


async def refund(order_id: int, fen: int, state: str = "created") -> None:
    payment = await Payment.create(
        payment_no=f"R{order_id}", order_id=order_id, order_no="x", store_id=1, method="cash",
        amount_fen=100_000, state="paid", has_paid_order=True, expires_at=clock.now(),
        paid_at=clock.now(),
    )  # fmt: skip
    await Refund(
        refund_no=f"RF{order_id}",
        request_key=f"RF{order_id}", payment=payment, amount_fen=fen, reason="r", state=state,
        batch_key=f"back:{order_id}", goes_to="origin",
    ).save()  # fmt: skip


async def test_a_refund_before_the_send_lowers_what_is_sent() -> None:
    order = await an_order_known(quantity=2)
    sale = await InvoiceableOrder.get()
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer())
    await refund(order.id, 39_900)
    [first] = await rows_of()
    assert await next_step(first.id) is None

    old, new = await rows_of()
    assert (old.state, old.reason) == (S.CANCELLED, "refunded")
    assert (new.state, new.incl_fen) == (S.QUEUED, 39_900)
    assert new.request_no != old.request_no
    assert [one.is_live for one in await Covered.all().order_by("id")] == [False, True]
    assert (await sale_of(sale.id)).net_fen == 39_900


async def test_a_whole_refund_before_the_send_ends_the_wish() -> None:
    order = await an_order_known()
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer())
    await refund(order.id, 39_900)
    [row] = await rows_of()
    await next_step(row.id)

    assert [one.state for one in await rows_of()] == [S.CANCELLED]


async def test_a_number_that_is_anothers_is_named_and_not_taken(http: httpx2.AsyncClient) -> None:
    shelf = await a_shelf(units=9)
    await request_invoice(codes=[await a_code(shelf)], buyer=a_buyer(mail=""))
    await work(http)
    issued = await Invoice.get()
    await request_invoice(codes=[await a_code(shelf)], buyer=a_buyer())
    row = (await rows_of())[1]
    await InvoiceRequest.filter(id=row.id).update(state=S.SUBMITTED)
    said = Issued(issued.number, "", clock.now(), row.ex_fen, row.tax_fen, row.incl_fen, serial="s")
    await book_query(row.id, said)

    assert "another request" in (await InvoiceRequest.get(id=row.id)).alarm
    assert await Invoice.all().count() == 1


async def test_an_answer_for_another_buyer_or_seller_is_an_invoice_with_an_alarm() -> None:
    await request_invoice(codes=[await a_code()], buyer=a_buyer())
    [row] = await rows_of()
    await InvoiceRequest.filter(id=row.id).update(state=S.SUBMITTED)
    said = Issued(
        "25312000000000000009", "", clock.now(), row.ex_fen, row.tax_fen, row.incl_fen,
        serial="s", seller_tax_no="91310000000000000X", buyer_tax_no="",
    )  # fmt: skip
    await book_query(row.id, said)

    alarm = (await InvoiceRequest.get(id=row.id)).alarm
    assert "another seller" in alarm
    assert "another buyer" in alarm
