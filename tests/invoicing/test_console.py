"""The console's pages of invoices: found, looked at, sent again, taken back, and their figures."""

import io
import re
import zipfile

import httpx2
import pytest

from core.audit_log import AuditRow
from core.security.scope import Role
from invoicing.models import Delivery, Invoice, InvoiceRequest
from invoicing.reds.models import RedLetter
from invoicing.reds.rules.states import RedState
from tests.scenes.console import csrf_of, enter
from tests.scenes.reds import (
    a_sold_order,
    an_invoiced_order,
    ask_invoice,
    blues_of,
    book,
    give_back,
    net_invoiced,
    reds_of,
    work,
)
from tests.scenes.stores import a_member_of_staff
from trade.orders.queries import OrderView
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("shop")
LIST = "/console/invoices"
TITLE = "某某商贸（上海）有限公司"


async def office(client: httpx2.AsyncClient) -> None:
    await enter(client, await a_member_of_staff(role=Role.HEAD_OFFICE))


async def page_of(order: OrderView) -> str:
    request = await InvoiceRequest.get(order_no=order.order_no)
    return f"{LIST}/r/{request.request_no}"


async def post(
    client: httpx2.AsyncClient, url: str, at: str = "", **fields: str
) -> httpx2.Response:
    """As the form on a page sends it."""
    token = csrf_of(await client.get(at or url))
    return await client.post(url, data={"csrf": token, **fields})


async def test_an_invoice_is_found_by_what_somebody_knows_of_it(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_invoiced_order(http)
    invoice = await Invoice.get()
    await office(client)
    searches = (
        {"number": invoice.number},
        {"order": order.order_no},
        {"title": f" {TITLE} "},
        {"store": str(order.store_id)},
        {"state": "delivered"},
        {"since": "2020-01-01", "until": "2999-01-01"},
    )
    for found in searches:
        assert invoice.number in (await client.get(LIST, params=found)).text, found
    for empty in ({"number": "1"}, {"title": "某某商贸"}, {"alarm": "1"}, {"until": "2020-01-01"}):
        page = await client.get(LIST, params=empty)
        assert invoice.number not in page.text, empty
    odd = await client.get(
        LIST, params={"store": "x", "since": "nonsense", "page": "0", "number": "9" * 99}
    )

    assert (odd.status_code, TITLE in odd.text) == (200, False)


async def test_one_invoice_shows_its_story_and_is_sent_again(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_invoiced_order(http)
    await office(client)
    url = await page_of(order)
    page = await client.get(url)
    sent = await post(client, f"{url}/send", url, target="again@buyer.example.cn")
    wrong = await post(client, f"{url}/send", url, target="no address")

    assert (await Invoice.get()).number in page.text
    assert "again@buyer" not in (await client.get(url)).text
    assert (sent.status_code, wrong.status_code) == (303, 422)
    assert await Delivery.all().count() == 2
    assert await AuditRow.filter(action="invoices.send").count() == 1


async def test_a_store_sees_its_own_and_may_not_take_back(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_invoiced_order(http)
    url, store = await page_of(order), await Store.get(id=order.store_id)
    await enter(client, await a_member_of_staff(role=Role.STORE_MANAGER, store=store))
    mine = [await client.get(one) for one in (LIST, url, f"{url}/red", f"{LIST}/reds")]
    await enter(client, await a_member_of_staff(role=Role.STORE_MANAGER))
    foreign = [await client.get(one) for one in (LIST, url)]

    assert [page.status_code for page in mine] == [200, 200, 403, 403]
    assert [page.status_code for page in foreign] == [200, 404]
    assert order.order_no in mine[0].text
    assert order.order_no not in foreign[0].text


async def test_a_red_letter_is_looked_at_and_then_made(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_invoiced_order(http)
    await office(client)
    url = f"{await page_of(order)}/red"
    facts = {"what": "amount", "amount": "50.00", "reason": "reduced", "note": "协商降价"}
    looked = await post(client, url, **facts)
    seen = re.search(r'name="seen" value="([^"]+)"', looked.text)
    assert seen is not None
    assert await RedLetter.all().count() == 0
    made = await post(client, url, do="make", seen=seen[1], key="k1", **facts)
    stale = await post(client, url, do="make", seen=seen[1], key="k2", **facts)
    bad = await post(client, url, what="amount", amount="1e999", note="x")
    none = await post(client, url, what="pieces", note="没有数量")
    await work(http)

    assert (made.status_code, stale.status_code) == (303, 422)
    assert (bad.status_code, none.status_code) == (422, 422)
    assert await net_invoiced(order) == order.paid_fen - 5_000
    page = await client.get(made.headers["location"])
    file = await client.get(f"{made.headers['location']}/file")
    assert "-50.00" in page.text
    assert file.content.startswith(b"%PDF-")


async def test_what_waits_for_a_person_is_shown_and_decided(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_invoiced_order(http)
    await http.post("/_sim/tax/faults", json={"kind": "refuse", "describe": "蓝票已入账"})
    await give_back(order, 10_000)
    await work(http, rounds=2)
    [red] = await reds_of(order)
    await office(client)
    url = f"{LIST}/reds/{red.public_id}"
    listed = await client.get(f"{LIST}/reds?state=refused")
    silent = await post(client, url, do="retry", note="")
    again = await post(client, url, do="retry", note="已更正")
    twice = await post(client, url, do="retry", note="已更正")
    await work(http)

    assert "蓝票已入账" in listed.text
    assert [silent.status_code, again.status_code, twice.status_code] == [422, 303, 422]
    assert (await RedLetter.get()).state is RedState.ISSUED


async def test_a_form_that_waits_is_a_picture_with_its_last_moment(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_invoiced_order(http)
    [blue] = await blues_of(order)
    await book(http, blue.number)
    await give_back(order, 10_000)
    await work(http, rounds=2)
    [red] = await reds_of(order)
    await office(client)
    page = await client.get(f"{LIST}/reds/{red.public_id}")

    assert "待购买方确认" in page.text
    assert "最晚" in page.text


async def test_what_is_found_is_taken_along_without_its_buyers_on_record(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    await an_invoiced_order(http)
    number = (await Invoice.get()).number
    await office(client)
    text = (await client.get(f"{LIST}/export?as=csv")).text
    book_ = await client.get(f"{LIST}/export")

    with zipfile.ZipFile(io.BytesIO(book_.content)) as pack:
        sheet = pack.read("xl/worksheets/sheet1.xml").decode()
    for one in (text, sheet):
        assert number in one
        assert TITLE not in one
    assert await AuditRow.filter(action="invoices.export").count() == 2


async def test_sellers_show_what_waits_and_figures_how_long_it_takes(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    await an_invoiced_order(http)
    await http.post("/_sim/tax/settings", json={"logged_out": True})
    order = await a_sold_order()
    await ask_invoice(order)
    await work(http, rounds=1)
    await office(client)
    held = await client.get(f"{LIST}/sellers")
    figures = await client.get(f"{LIST}/figures?days=7")
    await http.post("/_sim/tax/settings", json={"logged_out": False})
    seller = str((await InvoiceRequest.get(order_no=order.order_no)).tax_entity_id)
    account = re.search(r'name="account" value="([^"]*)"', held.text)
    assert account is not None
    went_on = await post(client, f"{LIST}/sellers", seller=seller, account=account[1])
    await work(http, rounds=8)

    assert "账号不可用" in held.text
    assert "<svg" in figures.text
    assert went_on.status_code == 303
    assert (await InvoiceRequest.get(order_no=order.order_no)).state == "delivered"
