"""From a scanned code to an invoice in the mailbox: exactly one, whatever gets lost on the way."""

import asyncio
import io
from datetime import timedelta
from typing import Any

import httpx2
import pypdf
import pytest

from core import clock
from core.database import sql
from core.outbox import OutboxRow
from core.settings import Settings
from devices.queries import receipt_code_of
from invoicing import audit, jobs
from invoicing.errors import AlreadyRequested, CallbackUnknown
from invoicing.models import Delivery, Document, Invoice, InvoiceRequest
from invoicing.queries import RequestView, find_pdf, latest_request, sale_of_order
from invoicing.rules.delivery import DeliveryState
from invoicing.rules.states import RequestState
from invoicing.service import hear_callback, request_invoice
from invoicing.service.issuing import next_step
from tests.scene import tell_everyone
from tests.scenes.invoicing import BUYER_TAX_NO, MAIL, a_buyer, an_order_known, recovered, work
from trade.orders.queries import OrderView

S = RequestState
pytestmark = pytest.mark.usefixtures("shop")


async def ask_for(order: OrderView, **buyer: str) -> RequestView:
    return await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer(**buyer))


async def stand(order: OrderView) -> RequestView:
    view = await latest_request((await sale_of_order(order.id)).id)
    assert view is not None
    return view


async def at_the_provider(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return list((await http.get("/_sim/tax/invoices")).json())


async def mails(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return list((await http.get("/_sim/mail", params={"to": MAIL})).json())


async def fault(http: httpx2.AsyncClient, **what: Any) -> None:
    assert (await http.post("/_sim/tax/faults", json=what)).status_code == 201


async def audited() -> list[str]:
    checks = (
        audit.not_more_than_paid,
        audit.one_live_request,
        audit.requests_add_up,
        audit.issued_have_files,
        audit.nothing_unclear,
    )
    return [finding.text for check in checks for finding in await check()]


async def test_a_request_becomes_an_invoice_a_file_and_a_mail(http: httpx2.AsyncClient) -> None:
    order = await an_order_known(quantity=2)
    await ask_for(order)
    await work(http)

    view = await stand(order)
    assert view.state is S.DELIVERED
    assert view.invoice is not None
    [theirs] = await at_the_provider(http)
    assert (view.invoice.number, theirs["incl"]) == (theirs["number"], "798.00")
    pdf = await find_pdf(view.invoice.id)
    assert pdf is not None
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    for shown in (view.invoice.number, BUYER_TAX_NO, "￥798.00", "模拟环境样张"):
        assert shown in text
    [mail] = await mails(http)
    assert view.invoice.number[-4:] in mail["subject"]
    attached = await http.get(mail["attachments"][0]["url"])
    assert attached.content == pdf
    assert await audited() == []


async def test_asking_again_shows_the_same_request_and_never_a_second_invoice(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_order_known()
    first = await ask_for(order)
    again = await ask_for(order, mail="other@buyer.example.cn")
    await work(http)
    once_more = await ask_for(order)

    assert {first.request_no, again.request_no, once_more.request_no} == {first.request_no}
    assert len(await at_the_provider(http)) == 1
    assert len(await mails(http)) == 1


async def test_two_phones_at_once_make_one_request(http: httpx2.AsyncClient) -> None:
    order = await an_order_known()

    both = await asyncio.gather(
        ask_for(order), ask_for(order, title="另一家公司"), return_exceptions=True
    )
    await work(http)

    assert sum(isinstance(one, AlreadyRequested) for one in both) == 1
    assert len(await at_the_provider(http)) == 1


async def test_another_buyer_comes_too_late(http: httpx2.AsyncClient) -> None:
    order = await an_order_known()
    await ask_for(order)

    with pytest.raises(AlreadyRequested):
        await ask_for(order, title="另一家公司")


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "lose_answer"},
        {"kind": "late", "seconds": 120},
        {"kind": "not_found", "seconds": 120},
        {"kind": "no_file"},
        {"kind": "callback_twice"},
    ],
    ids=lambda what: str(what["kind"]),
)
async def test_a_troubled_answer_ends_in_one_invoice(
    http: httpx2.AsyncClient, what: dict[str, Any]
) -> None:
    await fault(http, **what)
    order = await an_order_known()
    await ask_for(order)
    await work(http)

    assert (await stand(order)).state is S.DELIVERED
    assert len(await at_the_provider(http)) == 1
    assert await Invoice.all().count() == 1
    assert await audited() == []


async def test_a_lost_connection_is_unknown_and_the_same_number_is_asked_about(
    http: httpx2.AsyncClient,
) -> None:
    fault_of_the_wire = {"match": "POST /open/v1/services", "kind": "reset", "when": "after"}
    await http.post("/_sim/faults", json=fault_of_the_wire)
    order = await an_order_known()
    asked = await ask_for(order)
    await tell_everyone(rounds=1)
    assert (await stand(order)).state is S.UNKNOWN
    await work(http)

    [theirs] = await at_the_provider(http)
    assert theirs["order_no"] == asked.request_no


async def test_what_never_arrived_is_sent_again_under_the_same_number(
    http: httpx2.AsyncClient,
) -> None:
    fault_of_the_wire = {"match": "POST /open/v1/services", "kind": "reset", "when": "before"}
    await http.post("/_sim/faults", json=fault_of_the_wire)
    order = await an_order_known()
    asked = await ask_for(order)
    await work(http, rounds=2)
    assert await at_the_provider(http) == []
    long_ago = clock.now() - timedelta(minutes=11)
    await InvoiceRequest.filter(request_no=asked.request_no).update(sent_at=long_ago)
    await work(http)

    [theirs] = await at_the_provider(http)
    assert theirs["order_no"] == asked.request_no
    assert (await stand(order)).state is S.DELIVERED


async def test_a_refusal_is_final_says_why_and_lets_the_guest_ask_again(
    http: httpx2.AsyncClient,
) -> None:
    await fault(http, kind="refuse", describe="购方名称有误")
    order = await an_order_known()
    first = await ask_for(order)
    await work(http, rounds=1)
    refused = await stand(order)
    assert (refused.state, refused.said, refused.is_open) == (S.REFUSED, "购方名称有误", False)

    second = await ask_for(order)
    await work(http)

    assert second.request_no != first.request_no
    assert (await stand(order)).state is S.DELIVERED
    assert await audited() == []


async def test_a_failure_at_the_bureau_is_final_too(http: httpx2.AsyncClient) -> None:
    await fault(http, kind="fail")
    order = await an_order_known()
    await ask_for(order)
    await work(http, rounds=2)

    assert (await stand(order)).state is S.REFUSED


async def test_a_logged_out_seller_holds_the_request_until_somebody_logs_in(
    http: httpx2.AsyncClient,
) -> None:
    await http.post("/_sim/tax/settings", json={"logged_out": True})
    order = await an_order_known()
    await ask_for(order)
    await work(http, rounds=1)
    assert (await stand(order)).state is S.HELD
    assert "070307" in (await stand(order)).alarm
    await http.post("/_sim/tax/settings", json={"logged_out": False})
    await recovered()
    await work(http)

    view = await stand(order)
    assert (view.state, view.alarm) == (S.DELIVERED, "")


async def test_other_amounts_are_an_invoice_with_an_alarm(http: httpx2.AsyncClient) -> None:
    await fault(http, kind="other_amount")
    order = await an_order_known()
    await ask_for(order)
    await work(http)

    view = await stand(order)
    assert view.state is S.DELIVERED
    assert "are not ours" in view.alarm
    assert len(await audited()) == 2


async def test_a_worker_that_dies_while_sending_asks_and_never_sends_twice(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_order_known()
    view = await ask_for(order)
    row = await InvoiceRequest.get(request_no=view.request_no)
    await next_step(row.id)  # written down as being sent; then the worker dies
    await work(http, rounds=2)
    assert (await stand(order)).state is S.UNKNOWN
    assert await at_the_provider(http) == []


async def test_no_connection_at_all_is_no_send(http: httpx2.AsyncClient, shop: Settings) -> None:
    order = await an_order_known()
    await http.post(
        "/_sim/faults", json={"match": "POST /open/v1/services", "kind": "timeout", "times": 9}
    )
    assert shop.tax_provider
    view = await ask_for(order)

    assert view.state is S.QUEUED


async def test_a_callback_only_makes_us_ask(http: httpx2.AsyncClient) -> None:
    order = await an_order_known()
    view = await ask_for(order)
    await tell_everyone()
    row = await InvoiceRequest.get(request_no=view.request_no)
    assert row.state is S.SUBMITTED
    await hear_callback(row.callback_token, request_no=row.request_no)
    await hear_callback(row.callback_token, request_no=row.request_no)
    owed = OutboxRow.filter(name="invoicing.ask", done_at=None)
    assert await owed.count() == 1
    await tell_everyone()

    assert (await stand(order)).state is S.SUBMITTED


async def test_a_callback_with_a_wrong_token_or_number_is_refused(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_order_known()
    view = await ask_for(order)
    row = await InvoiceRequest.get(request_no=view.request_no)
    for token, request_no in (("cb_forged", row.request_no), (row.callback_token, "X")):
        with pytest.raises(CallbackUnknown):
            await hear_callback(token, request_no=request_no)

    assert not await OutboxRow.filter(name="invoicing.ask").exists()


async def test_after_a_day_without_answer_a_person_is_told(http: httpx2.AsyncClient) -> None:
    await fault(http, kind="late", seconds=86_400)
    order = await an_order_known()
    view = await ask_for(order)
    await work(http, rounds=1)
    a_day_ago = clock.now() - timedelta(hours=25)
    await InvoiceRequest.filter(request_no=view.request_no).update(sent_at=a_day_ago)
    assert await audited() == ["submitted"]
    await work(http, rounds=1)

    assert "no final answer" in (await stand(order)).alarm
    assert len(await audited()) == 1


async def test_a_guest_without_mail_finds_the_file_on_the_page(http: httpx2.AsyncClient) -> None:
    order = await an_order_known()
    await ask_for(order, mail="")
    await work(http)

    view = await stand(order)
    assert (view.state, view.mail, view.is_open) == (S.ISSUED, None, False)
    assert sorted(file.format for file in await Document.all()) == ["ofd", "pdf", "xml"]


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({"refuse": 550}, DeliveryState.FAILED),
        ({"refuse": 451, "times": 2}, DeliveryState.SENT),
        ({"refuse": 452, "at": "data", "times": 1}, DeliveryState.SENT),
        ({"refuse": 554, "at": "data"}, DeliveryState.FAILED),
        ({"lose_answer": True}, DeliveryState.MAYBE_SENT),
    ],
)
async def test_a_mail_is_sent_once_or_shown_as_what_it_is(
    http: httpx2.AsyncClient, condition: dict[str, Any], state: DeliveryState
) -> None:
    assert (await http.post("/_sim/mail/condition", json=condition)).status_code == 200
    order = await an_order_known()
    await ask_for(order)
    await work(http, rounds=8)

    assert (await stand(order)).mail is state
    is_there = state in {DeliveryState.SENT, DeliveryState.MAYBE_SENT}
    assert len(await mails(http)) == int(is_there)


async def test_a_mail_left_half_sent_is_not_sent_again(http: httpx2.AsyncClient) -> None:
    order = await an_order_known()
    await ask_for(order)
    await work(http, rounds=2)
    await Delivery.all().update(state=DeliveryState.SENDING, ended_at=None)
    await http.request("DELETE", "/_sim/mail")

    await jobs.mail((await Delivery.get()).id)

    assert (await Delivery.get()).state is DeliveryState.MAYBE_SENT
    assert await mails(http) == []


async def test_personal_facts_stand_encrypted(http: httpx2.AsyncClient) -> None:
    order = await an_order_known()
    await ask_for(order, title="张三的小店")
    await work(http)

    rows = await sql("SELECT t::text AS row FROM invoicing_request t")
    rows += await sql("SELECT t::text AS row FROM invoicing_delivery t")
    stored = " ".join(row["row"] for row in rows)
    assert not [text for text in ("张三的小店", BUYER_TAX_NO, MAIL) if text in stored]
