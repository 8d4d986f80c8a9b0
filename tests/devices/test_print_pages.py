"""The pages of printing: what a person sees, is asked once, and may change."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from core import clock
from core.security.scope import Role
from devices.models import Printer, PrintJob
from devices.rules import DocumentKind, PrintState
from devices.service import Paper, Text, add_printer, print_document
from devices.service.sending import sweep
from sandbox.server import running
from sandbox.world import World
from tests.scene import tell_everyone
from tests.scenes.boxes import some_boxes
from tests.scenes.console import csrf_of, enter
from tests.scenes.printers import SECRET, USER, clouds
from tests.scenes.stores import a_member_of_staff, a_store
from trade.stores.models import Staff, Store

HOME = "/console/printing"
WANTED = {
    "name": "前台",
    "way": "tcp",
    "role": "front",
    "columns": "48",
    "encoding": "gbk",
    "qr": "native",
    "has_cutter": "1",
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(clouds()) as started:
        yield started


class Desk:
    """Somebody at the page."""

    def __init__(self, client: httpx2.AsyncClient, store: Store, staff: Staff) -> None:
        self.client, self.store, self.staff = client, store, staff

    async def see(self, path: str = HOME, lang: str = "zh") -> httpx2.Response:
        return await self.client.get(path, params={"lang": lang} if lang != "zh" else None)

    async def do(self, path: str, at: str = HOME, **fields: str) -> httpx2.Response:
        csrf = csrf_of(await self.see(at))
        return await self.client.post(path, data={"csrf": csrf, **fields})


@pytest.fixture
async def desk(client: httpx2.AsyncClient) -> Desk:
    store = await a_store()
    staff = await a_member_of_staff(Role.STORE_MANAGER, store=store)
    await enter(client, staff)
    return Desk(client, store, staff)


async def a_stale_paper(store_id: int) -> int:
    paper = Paper(store_id, DocumentKind.OTHER, "slip:1", [Text("羊绒围巾")])
    job_id = await print_document(paper)
    assert job_id
    await PrintJob.filter(id=job_id).update(waiting_since=clock.now() - timedelta(minutes=9))
    await sweep()
    return job_id


async def test_a_printer_is_added_tested_and_switched_off(desk: Desk, world: World) -> None:
    address = f"127.0.0.1:{world.printers['S001']}"
    store = str(desk.store.id)
    added = await desk.do(f"{HOME}/printers", store=store, address=address, **WANTED)
    assert added.status_code == 303
    printer = await Printer.get()
    tested = await desk.do(f"{HOME}/printers/{printer.id}/test")
    await tell_everyone()

    assert tested.status_code == 303
    assert (await PrintJob.get()).state is PrintState.PRINTED
    page = (await desk.see()).text
    assert "前台" in page
    assert "已打印" in page
    assert "printed" in (await desk.see(lang="en")).text
    picture = await desk.see(f"{HOME}/papers/{(await PrintJob.get()).id}.png")
    assert picture.content.startswith(b"\x89PNG")
    await desk.do(f"{HOME}/printers/{printer.id}/off")
    assert not (await Printer.get()).is_active


async def test_late_papers_are_asked_about_once(desk: Desk, world: World) -> None:
    port = world.printers["S001"]
    printer = await add_printer(store_id=desk.store.id, host="127.0.0.1", port=port)
    job_id = await a_stale_paper(desk.store.id)
    assert "张单据等待过久" in (await desk.see()).text

    await desk.do(f"{HOME}/printers/{printer.id}/late", answer="print")
    await tell_everyone()
    assert (await PrintJob.get(id=job_id)).state is PrintState.PRINTED
    assert "张单据等待过久" not in (await desk.see()).text
    again = await desk.do(f"{HOME}/papers/{job_id}/again")
    assert again.status_code == 303
    assert await PrintJob.filter(copy=1).exists()


async def test_a_late_paper_is_dropped_or_goes_to_another_printer(desk: Desk, world: World) -> None:
    await add_printer(store_id=desk.store.id, host="127.0.0.1", port=9)
    other = await add_printer(store_id=desk.store.id, host="127.0.0.1", port=world.printers["S002"])
    job_id = await a_stale_paper(desk.store.id)
    moved = await desk.do(f"{HOME}/papers/{job_id}/move", printer=str(other.id))
    await tell_everyone()

    assert moved.status_code == 303
    assert (await PrintJob.get()).state is PrintState.PRINTED
    refused = await desk.do(f"{HOME}/papers/{job_id}/drop")
    assert refused.status_code == 422
    assert "打印任务当前状态不支持" in refused.text


async def test_what_cannot_be_is_said_on_the_page(desk: Desk) -> None:
    store = str(desk.store.id)
    wrong = [
        {**WANTED, "address": "nowhere", "store": store},
        {**WANTED, "address": "a:1", "store": "987654"},
        {**WANTED, "address": "a:1", "store": store, "way": "pigeon"},
        {**WANTED, "address": "a:1", "store": store, "columns": "42"},
    ]
    answers = [await desk.do(f"{HOME}/printers", **fields) for fields in wrong]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all("打印机参数不正确" in answer.text for answer in answers)
    assert (await desk.do(f"{HOME}/printers/987/test")).status_code == 404
    assert (await desk.do(f"{HOME}/papers/x/again")).status_code == 404
    assert (await desk.do(f"{HOME}/accounts", maker="feie")).status_code == 403


async def test_an_agent_gets_a_code_that_is_shown_once(desk: Desk) -> None:
    shown = await desk.do(f"{HOME}/agents", store=str(desk.store.id), name="柜台电脑")

    assert re.search(r"<code>[A-Z2-9]{16}</code>", shown.text)
    page = (await desk.see()).text
    assert "柜台电脑" in page
    assert not re.search(r"<code>[A-Z2-9]{16}</code>", page)
    refused = await desk.do(f"{HOME}/agents", store="987", name="x")
    assert refused.status_code in (404, 422)


async def test_an_account_is_kept_and_its_secret_is_never_shown(
    client: httpx2.AsyncClient,
) -> None:
    office = Desk(client, await a_store(), await a_member_of_staff(Role.HEAD_OFFICE))
    await enter(client, office.staff)
    fields = {"maker": "feie", "name": "总部", "user": USER, "secret": SECRET}
    kept = await office.do(f"{HOME}/accounts", **fields)

    assert kept.status_code == 303
    page = (await office.see()).text
    assert USER in page
    assert SECRET not in page
    assert (await office.do(f"{HOME}/accounts", **{**fields, "user": ""})).status_code == 422


async def test_a_template_is_tried_shown_kept_and_put_back(desk: Desk) -> None:
    at, store = f"{HOME}/templates", str(desk.store.id)
    shown = await desk.do(f"{at}/preview", at, kind="receipt", text="^# {{store_name}}")
    wrong = await desk.do(f"{at}/preview", at, kind="receipt", text="\n{{nobody}}")
    refused = await desk.do(at, at, kind="receipt", store=store, text="{{#lines}}")
    kept = await desk.do(at, at, kind="receipt", store=store, text="^ 本店 {{order_no}}")

    assert "data:image/png;base64," in shown.text
    assert "第 2 行" in wrong.text
    assert refused.status_code == 422
    assert "区段没有结束" in refused.text
    assert kept.status_code == 303
    assert "^ 本店 {{order_no}}" in (await desk.see(f"{at}?store={store}&kind=receipt")).text
    await desk.do(at, at, kind="receipt", store=store, text="", reset="1")
    assert "谢谢惠顾" in (await desk.see(f"{at}?store={store}&kind=receipt")).text
    brand = await desk.do(at, at, kind="receipt", store="0", text="x")
    assert brand.status_code == 404
    assert (await desk.see(f"{at}?store=987&kind=receipt")).status_code == 404


async def test_all_terminals_stand_on_one_page(desk: Desk) -> None:
    printer = await add_printer(store_id=desk.store.id, host="127.0.0.1", port=9)
    await Printer.filter(id=printer.id).update(condition="no_paper", seen_at=clock.now())
    other = await a_store()
    await add_printer(store_id=other.id, host="10.9.9.9", port=9)
    await some_boxes(desk.store)
    page = (await desk.see("/console/terminals")).text

    assert "127.0.0.1:9" in page
    assert "缺纸" in page
    assert "动码盒子" in page
    assert "10.9.9.9" not in page
