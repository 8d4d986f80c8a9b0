"""What the ERP is told: each change of each invoice once, in one order, three ways."""

import asyncio
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from core import clock
from core.audit_log import AuditRow
from core.feed import number_changes, read_feed, subscribe
from core.security.api_keys import scope_of_key
from core.security.scope import Grant
from core.settings import Settings, configure
from invoicing.write_back import jobs
from invoicing.write_back.models import Version, WrittenFile
from invoicing.write_back.queries import files_written
from invoicing.write_back.service import number_versions, tell_issued, tell_red, write_file
from tests.scene import tell_everyone
from tests.scenes.auditing import overlooked_of
from tests.scenes.reds import an_invoiced_order, blues_of, give_back, reds_of, work
from tests.scenes.stores import a_store
from tests.scenes.tills import a_key
from trade.orders.queries import OrderView
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("shop")


async def an_order_taken_back(http: httpx2.AsyncClient) -> OrderView:
    order = await an_invoiced_order(http)
    await give_back(order, order.paid_fen)
    await work(http)
    await number_versions()
    return order


async def key_of(order: OrderView, *grants: Grant) -> dict[str, str]:
    store = await Store.get(id=order.store_id)
    made = await a_key(store, grants=grants or (Grant.INVOICES_READ, Grant.FEED_READ))
    return {"authorization": f"Bearer {made.token}", "accept-language": "en"}


async def test_a_sale_that_was_wholly_taken_back_is_three_versions_once(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_order_taken_back(http)
    [blue], [red] = await blues_of(order), await reds_of(order)
    await asyncio.gather(tell_issued(blue.id), tell_red(red.id, blue.id), tell_red(red.id, blue.id))
    await number_versions()

    rows = await Version.all().order_by("number")
    assert [(row.number, row.colour, row.state) for row in rows] == [
        (1, "blue", "issued"),
        (2, "red", "issued"),
        (3, "blue", "reversed"),
    ]
    told = rows[1].facts
    assert (told["originalNumber"], told["inclFen"]) == (blue.number, -order.paid_fen)
    assert [line["inclFen"] for line in told["lines"]] == [-order.paid_fen]
    assert rows[2].facts["redInclFen"] == order.paid_fen


async def test_an_erp_asks_after_a_number_and_reads_a_buyer_on_record(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_order_taken_back(http)
    mine = await key_of(order)
    first = (await client.get("/partner/v1/invoices?limit=2", headers=mine)).json()
    after = first["lastNumber"]
    rest = (await client.get(f"/partner/v1/invoices?after={after}", headers=mine)).json()
    none = (await client.get("/partner/v1/invoices?after=3", headers=mine)).json()
    subject = first["versions"][0]["invoice"]
    one = (await client.get(f"/partner/v1/invoices/{subject}", headers=mine)).json()

    assert ([len(part["versions"]) for part in (first, rest, none)], none["lastNumber"]) == (
        [2, 1, 0],
        3,
    )
    assert "某某商贸" not in json.dumps([first, rest], ensure_ascii=False)
    assert one["buyer"]["title"] == "某某商贸（上海）有限公司"
    assert await AuditRow.filter(action="write_back.buyer_read").count() == 1
    red_subject = first["versions"][1]["invoice"]
    red = (await client.get(f"/partner/v1/invoices/{red_subject}", headers=mine)).json()
    assert (red["version"]["colour"], red["buyer"]) == ("red", one["buyer"])


async def test_windows_rights_and_foreign_stores_are_kept(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    order = await an_order_taken_back(http)
    mine, now = await key_of(order), clock.now()
    past, soon = now - timedelta(days=2), now + timedelta(minutes=1)
    url = "/partner/v1/invoices"
    here = await client.get(
        url, headers=mine, params={"since": past.isoformat(), "until": soon.isoformat()}
    )
    wide = await client.get(
        url,
        headers=mine,
        params={"since": (now - timedelta(days=40)).isoformat(), "until": soon.isoformat()},
    )
    other = await a_store()
    made = await a_key(other, grants=(Grant.INVOICES_READ,))
    foreign = {"authorization": f"Bearer {made.token}"}
    subject = here.json()["versions"][0]["invoice"]

    assert len(here.json()["versions"]) == 3
    assert (wide.status_code, wide.json()["error"]["code"]) == (
        409,
        "write_back.window_too_wide",
    )
    assert (await client.get(url, headers=foreign)).json()["versions"] == []
    lost = await client.get(f"{url}/{subject}", headers=foreign)
    assert (lost.status_code, lost.json()["error"]["code"]) == (404, "write_back.invoice_unknown")
    no_right = await key_of(order, Grant.ORDERS_READ)
    assert (await client.get(url, headers=no_right)).status_code == 403


async def test_whoever_subscribed_hears_each_version_once_and_no_buyer(
    http: httpx2.AsyncClient,
) -> None:
    store_key = await a_key(grants=(Grant.INVOICES_READ, Grant.FEED_READ))
    scope = await scope_of_key(store_key.token)
    made = await subscribe(scope, kinds=["invoice.changed"])
    await an_order_taken_back(http)
    await number_changes()
    page = await read_feed(scope, made.subscription.public_id, after=0, limit=50)

    told = [(one.data["colour"], one.data["state"]) for one in page.messages]
    assert told == [("blue", "issued"), ("red", "issued"), ("blue", "reversed")]
    assert "某某商贸" not in str([one.data for one in page.messages])


async def test_a_folder_gets_each_version_in_one_file_whole_and_again_the_same(
    http: httpx2.AsyncClient, shop: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "erp"
    configure(shop.model_copy(update={"erp_folder": folder}))
    await an_order_taken_back(http)
    await asyncio.gather(jobs.file(), jobs.file())
    await jobs.file()

    [made] = await files_written()
    [path] = folder.iterdir()
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert (path.name, made.sha256) == (made.name, hashlib.sha256(path.read_bytes()).hexdigest())
    assert [line["version"] for line in lines] == [1, 2, 3]
    before = path.read_bytes()
    path.unlink()
    await write_file((await WrittenFile.get()).id, folder)
    assert path.read_bytes() == before


async def test_the_auditor_names_what_was_not_told(http: httpx2.AsyncClient) -> None:
    await an_order_taken_back(http)
    await tell_everyone()
    spoilt = {
        "write_back.one_order": [
            "UPDATE write_back_version SET number = 9 WHERE number = 3",
            "UPDATE write_back_version SET number = NULL, at = at - interval '1h' WHERE number = 3",
        ],
    }
    spoilt["write_back.everything_is_told"] = [
        (
            "WITH old AS (UPDATE reds_letter SET ended_at = now() - interval '1 hour')"
            " UPDATE write_back_version SET source_id = 99 WHERE colour = 'red'"
        )
    ]

    assert await overlooked_of(spoilt, {"write_back"}) == []
