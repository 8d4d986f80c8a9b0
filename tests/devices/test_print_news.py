"""What makers tell us, and what we tell the people of a store."""

import hashlib

import httpx2
import pytest

from bot.printers import tell_of_printer, tell_of_return
from core import clock
from core.security.scope import Role
from crm.people.models import MessageIntent
from devices.events import PrinterBack, PrinterDown
from devices.models import PrintJob
from devices.rules import DocumentKind, PrintState, Transport
from devices.service import (
    AccountDraft,
    Paper,
    PrinterDraft,
    Text,
    print_document,
    put_account,
    put_printer,
)
from tests.scenes.printers import OFFICE, SECRET, USER
from tests.scenes.stores import a_member_of_staff, a_store

PUSH = "/callbacks/print/yilianyun"
pytestmark = pytest.mark.usefixtures("db")


def signed(**facts: str) -> dict[str, str]:
    words = f"{USER}1764000000{SECRET}"
    sign = hashlib.md5(words.encode()).hexdigest()  # noqa: S324  the maker's rule
    return {"push_time": "1764000000", "sign": sign, **facts}


async def a_handed_paper() -> PrintJob:
    store = await a_store()
    account = await put_account(
        OFFICE, AccountDraft(Transport.YILIANYUN, "云", USER, SECRET, "http://127.0.0.1:9")
    )
    draft = PrinterDraft("4004600000", Transport.YILIANYUN, account_id=account)
    await put_printer(store.id, draft)
    job_id = await print_document(Paper(store.id, DocumentKind.OTHER, "slip:1", [Text("a")]))
    await PrintJob.filter(id=job_id).update(state=PrintState.HANDED, ticket_no="778")
    return await PrintJob.get(id=job_id)


async def test_a_signed_notice_ends_a_paper_once(client: httpx2.AsyncClient) -> None:
    job = await a_handed_paper()
    notice = signed(origin_id=job.job_no, order_id="778", state="1")
    answers = [await client.post(PUSH, data=notice) for _ in range(3)]

    assert [answer.json() for answer in answers] == [{"data": "OK"}] * 3
    assert (await PrintJob.get(id=job.id)).state is PrintState.PRINTED


async def test_a_forged_notice_ends_nothing(client: httpx2.AsyncClient) -> None:
    job = await a_handed_paper()
    forged = {**signed(origin_id=job.job_no, state="1"), "sign": "0" * 32}
    strange = signed(origin_id="nobody", order_id="1", state="1")
    odd = signed(origin_id=job.job_no, state="9")

    assert (await client.post(PUSH, data=forged)).status_code == 401
    assert (await client.post(PUSH, data=strange)).json() == {"data": "OK"}
    assert (await client.post(PUSH, data=odd)).json() == {"data": "OK"}
    assert (await PrintJob.get(id=job.id)).state is PrintState.HANDED


async def test_the_stores_manager_is_told_once_that_a_printer_is_down_and_back() -> None:
    store = await a_store(name="静安嘉里店")
    manager = await a_member_of_staff(Role.STORE_MANAGER, store=store)
    _ = await a_member_of_staff(Role.GUIDE, store=store)
    at = clock.now()
    for _ in range(2):
        await tell_of_printer(PrinterDown(7, store.id, "no_paper", at))
        await tell_of_return(PrinterBack(7, store.id, at))

    told = await MessageIntent.all().order_by("id")
    assert [one.staff_id for one in told] == [manager.id] * 2
    assert "静安嘉里店：打印机缺纸" in told[0].text
    assert "已恢复" in told[1].text
