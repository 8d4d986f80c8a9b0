"""What spares the guest typing: own titles, names looked up, the title QR, several receipts."""

import re

import httpx2
import pytest

from core.database import sql
from invoicing.models import InvoiceRequest, Terms
from invoicing.sealing import open_buyer
from tests.invoicing.test_page import FORM, a_receipt, issued
from tests.scenes.invoicing import BUYER_TAX_NO, MAIL, vectors

pytestmark = pytest.mark.usefixtures("shop")
REMEMBER = {**FORM, "remember": "1"}


def value_of(page: str, name: str) -> str:
    found = re.search(f'<input id="{name}"[^>]* value="([^"]*)"', page)
    assert found is not None
    return found[1]


async def buyers() -> list[tuple[str, str]]:
    rows = await InvoiceRequest.all().order_by("id")
    opened = [open_buyer(row.buyer, request_id=row.id) for row in rows]
    return [(one.title, one.tax_no) for one in opened]


async def test_who_wanted_it_finds_the_title_filled_in_on_the_next_receipt(
    client: httpx2.AsyncClient,
) -> None:
    (_, first), (_, second) = await a_receipt(), await a_receipt()
    await client.post(f"/i/{first}", data=REMEMBER)

    page = (await client.get(f"/i/{second}")).text

    assert value_of(page, "title") == FORM["title"]
    assert value_of(page, "tax_no") == BUYER_TAX_NO
    assert value_of(page, "mail") == MAIL


async def test_nothing_is_remembered_of_whom_did_not_ask(client: httpx2.AsyncClient) -> None:
    (_, first), (_, second) = await a_receipt(), await a_receipt()
    sent = await client.post(f"/i/{first}", data=FORM)

    assert "daogou_titles" not in sent.headers.get("set-cookie", "")
    assert value_of((await client.get(f"/i/{second}")).text, "title") == ""
    assert await sql("SELECT 1 FROM titles_remembered") == []


async def test_another_browser_with_the_same_receipt_sees_no_title(
    client: httpx2.AsyncClient,
) -> None:
    (_, first), (_, second) = await a_receipt(), await a_receipt()
    await client.post(f"/i/{first}", data=REMEMBER)
    client.cookies.clear()

    for code in (first, second):
        assert FORM["title"] not in (await client.get(f"/i/{code}")).text


async def test_one_of_several_titles_is_chosen_or_forgotten_without_a_script(
    client: httpx2.AsyncClient,
) -> None:
    codes = [(await a_receipt())[1] for _ in range(3)]
    await client.post(f"/i/{codes[0]}", data=REMEMBER)
    await client.post(f"/i/{codes[1]}", data={**REMEMBER, "kind": "individual", "title": "林晓"})
    page = (await client.get(f"/i/{codes[2]}")).text
    ids = re.findall(r'name="own" value="(\d+)"[^>]*>([^<]+)<', page)
    assert [name for _, name in ids] == ["林晓", FORM["title"]]

    chosen = await client.post(f"/i/{codes[2]}", data={"kind": "individual", "own": ids[1][0]})
    forgotten = await client.post(f"/i/{codes[2]}", data={"act": f"forget:{ids[0][0]}"})

    assert value_of(chosen.text, "tax_no") == BUYER_TAX_NO
    assert "林晓" not in forgotten.text
    assert await InvoiceRequest.all().count() == 2


async def test_a_company_is_found_by_the_beginning_of_its_name(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()

    found = await client.post(f"/i/{code}/titles", data={"q": "杭州木棉"})
    picked = await client.post(f"/i/{code}/titles", data={"pick": "杭州木棉与麻服饰有限公司"})
    unknown = await client.post(f"/i/{code}/titles", data={"pick": "没有这家公司"})

    assert [one["title"] for one in found.json()["companies"]] == [
        "杭州木棉与麻服饰有限公司",
        "杭州木棉花文化传播有限公司",
    ]
    assert picked.json()["companies"][0]["taxNo"] == "91650102338337946P"
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (
        404,
        "titles.company_unknown",
    )


async def test_a_company_is_found_and_chosen_without_a_script(client: httpx2.AsyncClient) -> None:
    _, code = await a_receipt()
    typed = {"kind": "enterprise", "title": "某某商贸", "mail": MAIL}

    listed = await client.post(f"/i/{code}", data={**typed, "act": "look"})
    assert f'name="pick" value="{FORM["title"]}"' in listed.text
    picked = await client.post(f"/i/{code}", data={**typed, "pick": FORM["title"]})
    nothing = await client.post(f"/i/{code}", data={"title": "没有这家", "act": "look"})

    assert value_of(picked.text, "tax_no") == BUYER_TAX_NO
    assert value_of(picked.text, "mail") == MAIL
    assert "没有找到这家企业" in nothing.text
    assert await InvoiceRequest.all().count() == 0


async def test_names_are_looked_up_only_with_a_receipt(client: httpx2.AsyncClient) -> None:
    answer = await client.post(f"/i/{'A' * 42}/titles", data={"q": "杭州木棉"})

    assert answer.status_code == 404
    assert "木棉" not in answer.text


async def test_a_scanner_that_types_a_title_qr_fills_the_form_and_sends_nothing(
    client: httpx2.AsyncClient,
) -> None:
    _, code = await a_receipt()
    case = vectors()["title_qr"]["cases"][1]

    page = await client.post(f"/i/{code}", data={"kind": "individual", "title": case["text"]})
    told = await client.post(f"/i/{code}/titles", data={"q": case["text"]})

    assert (value_of(page.text, "title"), value_of(page.text, "tax_no")) == (
        case["title"],
        case["tax_no"],
    )
    assert told.json()["companies"] == [{"title": case["title"], "taxNo": case["tax_no"]}]
    assert await InvoiceRequest.all().count() == 0


async def test_title_and_number_in_each_others_field_change_places(
    client: httpx2.AsyncClient,
) -> None:
    _, code = await a_receipt()
    swapped = {**FORM, "title": BUYER_TAX_NO.lower(), "tax_no": FORM["title"]}

    assert (await client.post(f"/i/{code}", data=swapped)).status_code == 303
    assert await buyers() == [(FORM["title"], BUYER_TAX_NO)]


async def test_who_was_invoiced_twice_is_found_by_others(
    client: httpx2.AsyncClient, http: httpx2.AsyncClient
) -> None:
    company = {**FORM, "title": "西湖茶庄有限公司", "tax_no": "91650102338337946P"}
    for _ in range(2):
        _, code = await a_receipt()
        await client.post(f"/i/{code}", data=company)
        await issued(http)
    client.cookies.clear()

    found = await client.post(f"/i/{(await a_receipt())[1]}/titles", data={"q": "西湖茶"})

    assert found.json()["companies"] == [{"title": company["title"], "taxNo": company["tax_no"]}]


async def test_a_special_invoice_is_offered_where_the_seller_makes_them(
    client: httpx2.AsyncClient,
) -> None:
    _, code = await a_receipt()
    assert 'name="special"' not in (await client.get(f"/i/{code}")).text
    refused = await client.post(f"/i/{code}", data={**FORM, "special": "1"})
    await Terms(tax_entity_id=None, rules={"is_special_allowed": True}).save()

    page = await client.get(f"/i/{code}")
    sent = await client.post(f"/i/{code}", data={**FORM, "special": "1"})

    assert "专用发票" in refused.text
    assert 'name="special"' in page.text
    assert sent.status_code == 303
    assert (await InvoiceRequest.get()).kind == "special"
