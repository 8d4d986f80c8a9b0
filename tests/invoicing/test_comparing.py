"""The nightly comparison finds what only the backend knows, and what only we know."""

from dataclasses import replace

import httpx2
import pytest

from core import clock
from core.security.scope import Role, Scope
from invoicing import audit
from invoicing.backends.port import Accepted, Listed
from invoicing.backends.queries import backend_of
from invoicing.errors import RulesNotYours, StrayUnknown
from invoicing.jobs import compare
from invoicing.models import Invoice, InvoiceRequest, Stray
from invoicing.rules.states import RequestState
from invoicing.service import request_invoice, settle_stray
from invoicing.service.comparing import WINDOW, book_listing, owe_comparisons
from invoicing.service.issuing import Send, next_step
from tests.scenes.invoicing import OFFICE, a_buyer, a_code, rows_of, work

pytestmark = pytest.mark.usefixtures("shop")


async def an_invoice(http: httpx2.AsyncClient) -> InvoiceRequest:
    await request_invoice(codes=[await a_code()], buyer=a_buyer(mail=""))
    await work(http)
    return (await rows_of())[0]


async def found() -> list[str]:
    return [finding.text for finding in await audit.nothing_unclear()]


async def test_both_sides_agree(http: httpx2.AsyncClient) -> None:
    row = await an_invoice(http)
    await InvoiceRequest.all().update(ended_at=clock.now())
    await compare(row.account_id or 0)

    assert await Stray.all().count() == 0
    assert await found() == []


async def test_an_invoice_that_was_issued_past_us_is_named_until_a_person_says_what_it_is(
    http: httpx2.AsyncClient,
) -> None:
    await request_invoice(codes=[await a_code()], buyer=a_buyer(mail=""))
    [row] = await rows_of()
    step = await next_step(row.id)
    assert isinstance(step, Send)
    backend = await backend_of(step.order.account_id)
    past_us = replace(step.order, request_no="BY-HAND-1")
    assert isinstance(await backend.submit(past_us), Accepted)
    await http.post("/_sim/clock", json={"advance_s": 60})
    for _ in range(2):
        await compare(step.order.account_id)

    [stray] = await Stray.all()
    assert (stray.request_no, stray.incl_fen) == ("BY-HAND-1", 39_900)
    assert [text for text in await found() if "past us" in text]
    with pytest.raises(RulesNotYours):
        await settle_stray(scope=Scope(Role.GUIDE, staff_id=3), stray_id=stray.id, note="")
    with pytest.raises(StrayUnknown):
        await settle_stray(scope=OFFICE, stray_id=99, note="")
    for _ in range(2):
        await settle_stray(scope=OFFICE, stray_id=stray.id, note="柜台手工开具")
    assert not [text for text in await found() if "past us" in text]


async def test_an_answer_that_never_came_is_asked_for_when_the_list_has_it(
    http: httpx2.AsyncClient,
) -> None:
    row = await an_invoice(http)
    invoice = await Invoice.get()
    listed = Listed("25312000000000009999", "", row.request_no, clock.now(), 39_900)
    await InvoiceRequest.filter(id=row.id).update(state=RequestState.UNKNOWN)
    await book_listing(1, row.tax_entity_id, [listed], since=clock.now() - WINDOW)

    assert await Stray.all().count() == 0
    assert invoice.number != listed.number


async def test_an_invoice_the_backend_does_not_list_is_asked_about_and_named(
    http: httpx2.AsyncClient,
) -> None:
    row = await an_invoice(http)
    wrong = "25312000000000009999"
    past = clock.now() - WINDOW / 2
    await Invoice.all().update(number=wrong, issued_at=past)
    await InvoiceRequest.all().update(ended_at=clock.now())
    await compare(row.account_id or 0)

    assert f"invoice {wrong} is not on the backend's list" in await found()
    await owe_comparisons()


async def test_another_amount_on_the_list_is_named(http: httpx2.AsyncClient) -> None:
    row = await an_invoice(http)
    invoice = await Invoice.get()
    listed = Listed(invoice.number, "", row.request_no, invoice.issued_at, 1)
    await book_listing(1, row.tax_entity_id, [listed], since=clock.now() - WINDOW)

    assert [text for text in await found() if "with 1 fen" in text]
