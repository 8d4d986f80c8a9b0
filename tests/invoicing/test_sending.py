"""The files of an invoice and their way to the guest: kept whole, sent once, again on request."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from core import clock
from core.database import sql
from core.settings import Settings, Sms, configure
from devices.queries import receipt_code_of
from invoicing import archive, audit, jobs
from invoicing.backends.port import Format
from invoicing.errors import (
    FileNotReady,
    InvoiceUnknown,
    LinkUnknown,
    MailWrong,
    PhoneWrong,
    SentTooOften,
    TargetWrong,
)
from invoicing.models import Delivery, Document, Invoice
from invoicing.queries import (
    Channel,
    InvoiceView,
    deliveries_of,
    files_of,
    find_file,
    find_pdf,
    invoice_by_number,
    latest_request,
    link_of,
    sale_of_order,
)
from invoicing.rules.delivery import DeliveryState
from invoicing.rules.files import Origin, is_deliverable, next_try_s
from invoicing.service import note_bounce, request_invoice, send_invoice
from invoicing.service.filing import face_of
from tests.scene import tell_everyone
from tests.scenes.invoicing import MAIL, a_buyer, a_code, an_order_known, work
from tests.scenes.outside import SMS

pytestmark = pytest.mark.usefixtures("shop")
PHONE = "13800138000"
ALL = frozenset(Format)


@pytest.fixture
def sms_too(shop: Settings, client: httpx2.AsyncClient, http: httpx2.AsyncClient) -> None:
    """Behind the client, which says its own settings to every room."""
    sms = Sms.model_validate({**SMS, "base_url": str(http.base_url), "signature": "知木"})
    configure(shop.model_copy(update={"sms": sms}))


async def an_invoice(http: httpx2.AsyncClient, *, rounds: int = 6, **buyer: str) -> InvoiceView:
    """Issued, its files kept, and sent where the buyer wanted it."""
    order = await an_order_known()
    await request_invoice(codes=[await receipt_code_of(order)], buyer=a_buyer(**buyer))
    await work(http, rounds)
    view = await latest_request((await sale_of_order(order.id)).id)
    assert view is not None
    assert view.invoice is not None
    return view.invoice


async def mails(http: httpx2.AsyncClient, to: str = MAIL) -> list[dict[str, Any]]:
    return list((await http.get("/_sim/mail", params={"to": to})).json())


async def texts(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    return list((await http.get("/_sim/sms")).json())


async def test_the_backends_files_are_kept_byte_for_byte_with_their_hash(
    http: httpx2.AsyncClient,
) -> None:
    invoice = await an_invoice(http)

    files = await files_of(invoice.id)
    assert [(file.format, file.origin) for file in files] == [
        (one, Origin.BACKEND) for one in (Format.PDF, Format.OFD, Format.XML)
    ]
    for file in files:
        data = await find_file(invoice.id, file.format)
        assert data is not None
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)
    [theirs] = (await http.get("/_sim/tax/invoices")).json()
    assert await find_pdf(invoice.id) == (await http.get(theirs["pdf_url"])).content


async def test_the_mail_carries_all_files_and_a_link(http: httpx2.AsyncClient) -> None:
    invoice = await an_invoice(http)

    [mail] = await mails(http)
    names = [one["name"] for one in mail["attachments"]]
    assert names == [f"{invoice.number}.{kind}" for kind in ("pdf", "ofd", "xml")]
    delivery = await Delivery.get()
    assert f"/f/{delivery.public_id}" in mail["text"]
    link = await link_of(delivery.public_id)
    assert (link.invoice_id, link.is_open, len(link.files)) == (invoice.id, True, 3)


async def test_files_too_large_for_a_mail_are_only_linked(http: httpx2.AsyncClient) -> None:
    invoice = await an_invoice(http, mail="")
    await Document.filter(format=Format.PDF).update(size=11 * 1024 * 1024)
    await send_invoice(invoice_id=invoice.id, channel=Channel.MAIL, target=MAIL)
    await tell_everyone()

    [mail] = await mails(http)
    assert mail["attachments"] == []
    assert "/f/dlv_" in mail["text"]


async def test_until_the_backend_has_a_file_ours_is_shown_and_its_own_follows(
    http: httpx2.AsyncClient,
) -> None:
    await http.post("/_sim/tax/settings", json={"files_late_s": 10_000})
    invoice = await an_invoice(http, rounds=12)

    [early] = await files_of(invoice.id)
    assert (early.format, early.origin) == (Format.PDF, Origin.OWN)
    [first] = await mails(http)
    assert [one["name"] for one in first["attachments"]] == [f"{invoice.number}.pdf"]
    await http.post("/_sim/tax/settings", json={"files_late_s": 0})
    await work(http)
    assert {file.origin for file in await files_of(invoice.id)} == {Origin.BACKEND}
    assert len(await files_of(invoice.id)) == 3
    assert len(await mails(http)) == 2  # the real ones, once
    assert await Document.filter(origin=Origin.OWN).count() == 1


async def test_the_guest_waits_for_the_backends_pdf_but_not_for_ever() -> None:
    none, pdf = frozenset[Format](), frozenset({Format.PDF})

    assert is_deliverable(none, none, 1)
    assert is_deliverable(ALL, ALL, 1)
    assert not is_deliverable(ALL, pdf, 1)
    assert is_deliverable(ALL, pdf, 2)
    assert not is_deliverable(ALL, none, 5)
    assert is_deliverable(ALL, none, 6)
    assert [next_try_s(tries) for tries in (1, 5, 6, 29, 30)] == [2, 300, 3600, 3600, None]


@pytest.mark.usefixtures("sms_too")
async def test_an_sms_leads_to_the_files_and_says_no_amount(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    invoice = await an_invoice(http, mail="", phone=PHONE)

    [text] = await texts(http)
    assert text["to"] == PHONE
    assert text["text"].startswith(f"【知木】您的电子发票（尾号{invoice.number[-4:]}）")
    assert "399" not in text["text"].rpartition("/f/")[0].replace(invoice.number[-4:], "")
    path = "/f/" + text["text"].rpartition("/f/")[2]
    page = await client.get(path)
    assert page.status_code == 200
    assert invoice.number in page.text
    for kind in ("pdf", "ofd", "xml"):
        file = await client.get(f"{path}/invoice.{kind}")
        assert file.content == await find_file(invoice.id, Format(kind))


@pytest.mark.usefixtures("sms_too")
async def test_the_page_tells_of_each_channel_in_its_own_words(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    code = await a_code()
    await request_invoice(codes=[code], buyer=a_buyer(mail="", phone=PHONE))
    await work(http)
    by_sms = (await client.get(f"/i/{code}")).text
    invoice_id = (await Delivery.get()).invoice_id
    await send_invoice(invoice_id=invoice_id, channel=Channel.WECHAT, target="o-nobody")
    on_the_way = (await client.get(f"/i/{code}", headers={"accept-language": "en"})).text
    await tell_everyone()
    page, status = await client.get(f"/i/{code}"), await client.get(f"/i/{code}/status")

    assert "短信已发送到您填写的手机号。" in by_sms
    assert "邮箱" not in by_sms.partition("<details")[0].partition('class="mark done"')[2]
    assert "Sending the WeChat message…" in on_the_way
    assert "微信消息没有送达" in page.text  # this shop has no such template
    assert status.json()["mail"] is None
    assert status.json()["sent"] == [
        {"channel": "sms", "state": "sent"},
        {"channel": "wechat", "state": "failed"},
    ]


async def test_an_sms_of_a_shop_without_sms_has_failed_at_once(
    shop: Settings, http: httpx2.AsyncClient
) -> None:
    configure(shop.model_copy(update={"sms": None}))
    invoice = await an_invoice(http, mail="")
    await send_invoice(invoice_id=invoice.id, channel=Channel.SMS, target=PHONE)
    await tell_everyone()

    sent = await Delivery.get()
    assert (sent.state, sent.reason) == (DeliveryState.FAILED, "not_configured")


@pytest.mark.usefixtures("sms_too")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_sms_whose_answer_was_lost_is_read_once(
    http: httpx2.AsyncClient, when: str
) -> None:
    await http.post("/_sim/faults", json={"match": "/sms/send", "kind": "reset", "when": when})
    await an_invoice(http, mail="", phone=PHONE)
    await work(http)

    assert len(await texts(http)) == 1
    assert (await Delivery.get()).state is DeliveryState.SENT


@pytest.mark.usefixtures("sms_too")
async def test_an_sms_that_a_dead_worker_left_is_sent_under_the_same_number(
    http: httpx2.AsyncClient,
) -> None:
    await an_invoice(http, mail="", phone=PHONE)
    await Delivery.all().update(state=DeliveryState.SENDING, ended_at=None)

    await jobs.sms((await Delivery.get()).id)

    assert (await Delivery.get()).state is DeliveryState.SENT
    assert len(await texts(http)) == 1


async def test_an_old_link_leads_to_the_receipt_and_a_wrong_one_nowhere(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    await an_invoice(http)
    row = await Delivery.get()
    await Delivery.all().update(expires_at=clock.now() - timedelta(days=1))

    old = await client.get(f"/f/{row.public_id}/invoice.pdf", follow_redirects=False)
    assert old.status_code == 303
    assert old.headers["location"].startswith("/i/")
    wrong = await client.get("/f/dlv_nothing")
    assert wrong.status_code == 404
    with pytest.raises(LinkUnknown):
        await link_of("dlv_nothing")


async def test_sent_again_five_times_a_day_and_no_more(http: httpx2.AsyncClient) -> None:
    invoice = await an_invoice(http)
    for _ in range(5):
        await send_invoice(invoice_id=invoice.id, channel=Channel.MAIL, target=MAIL)
    with pytest.raises(SentTooOften):
        await send_invoice(invoice_id=invoice.id, channel=Channel.MAIL, target="new@example.cn")
    await tell_everyone()

    assert len(await mails(http)) == 6
    views = await deliveries_of(invoice.id)
    assert [view.is_asked for view in views] == [True] * 5 + [False]
    assert {(view.target, view.state) for view in views} == {
        ("f***@buyer.example.cn", DeliveryState.SENT)
    }
    await sql("UPDATE invoicing_delivery SET created_at = now() - interval '25 hours'")
    await send_invoice(invoice_id=invoice.id, channel=Channel.MAIL, target="new@example.cn")


async def test_ten_wishes_at_once_are_five_messages(http: httpx2.AsyncClient) -> None:
    invoice = await an_invoice(http, mail="")

    ended = await asyncio.gather(
        *[
            send_invoice(invoice_id=invoice.id, channel=Channel.MAIL, target=MAIL)
            for _ in range(10)
        ],
        return_exceptions=True,
    )

    assert sum(isinstance(one, SentTooOften) for one in ended) == 5
    assert await Delivery.all().count() == 5


@pytest.mark.parametrize(
    ("channel", "target", "refusal"),
    [
        (Channel.MAIL, "nobody", MailWrong),
        (Channel.MAIL, "", TargetWrong),
        (Channel.SMS, "12345", PhoneWrong),
        (Channel.WECHAT, " ", TargetWrong),
        (Channel.WECHAT, "o" * 300, TargetWrong),
    ],
)
async def test_a_wrong_address_is_refused(
    channel: Channel, target: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await send_invoice(invoice_id=1, channel=channel, target=target)


async def test_what_is_not_there_is_not_sent(http: httpx2.AsyncClient) -> None:
    with pytest.raises(InvoiceUnknown):
        await send_invoice(invoice_id=1, channel=Channel.MAIL, target=MAIL)
    invoice = await an_invoice(http, mail="")
    await Document.all().delete()
    with pytest.raises(FileNotReady):
        await send_invoice(invoice_id=invoice.id, channel=Channel.MAIL, target=MAIL)


async def test_a_mail_that_came_back_is_named_and_the_page_still_works(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    await an_invoice(http)
    row = await Delivery.get()
    for _ in range(2):
        assert await note_bounce(row.public_id, reason="550 5.1.1")
    assert not await note_bounce("dlv_nothing", reason="")

    assert (await Delivery.get()).state is DeliveryState.BOUNCED
    assert (await client.get(f"/f/{row.public_id}")).status_code == 200


async def test_an_invoice_is_found_by_its_number(http: httpx2.AsyncClient) -> None:
    invoice = await an_invoice(http, mail="")

    spoken = f" {invoice.number[:10]}-{invoice.number[10:]} "
    assert (await invoice_by_number(spoken)).id == invoice.id
    await Invoice.all().update(code="031002100311", number="29342181")
    assert (await invoice_by_number("031002100311 29342181")).id == invoice.id
    assert (await invoice_by_number("29342181")).id == invoice.id
    with pytest.raises(InvoiceUnknown):
        await invoice_by_number("1")


async def test_a_file_that_changed_or_went_is_named(http: httpx2.AsyncClient) -> None:
    invoice = await an_invoice(http, mail="")
    assert await audit.archive_is_whole() == []
    [pdf, ofd, _] = await files_of(invoice.id)
    archive.path_of(pdf.sha256, "pdf").write_bytes(b"%PDF-" + b"x" * (pdf.size - 5))
    archive.path_of(ofd.sha256, "ofd").unlink()

    assert len(await audit.archive_is_whole()) == 2
    with pytest.raises(ValueError, match="changed"):
        await find_pdf(invoice.id)


async def test_an_invoice_of_a_tax_disc_is_painted_on_its_old_face(
    http: httpx2.AsyncClient,
) -> None:
    invoice = await an_invoice(http, mail="")
    await Invoice.all().update(
        code="031002100311", number="29342181", paper={"check_code": "0" * 20, "payee": "李收"}
    )

    face = await face_of(invoice.id)

    assert (face.kind, face.code, face.number) == ("10", "031002100311", "29342181")
    assert (face.disc.check_code, face.disc.payee) == ("0" * 20, "李收")
    assert replace(face, issued_on=date(2026, 1, 1)).is_legacy


async def test_codes_of_one_shelf_have_files_of_their_own(http: httpx2.AsyncClient) -> None:
    codes = [await a_code() for _ in range(2)]
    for code in codes:
        await request_invoice(codes=[code], buyer=a_buyer(mail=""))
    await work(http)

    assert await Document.all().count() == 6
    assert len(await Document.all().distinct().values_list("sha256", flat=True)) == 6
