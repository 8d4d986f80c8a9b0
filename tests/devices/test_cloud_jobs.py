"""Papers on their way through a maker's cloud: handed over, followed, taken back, asked about."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core import clock
from core.database import sql
from core.outbox import OutboxRow
from core.security.scope import Role, Scope
from devices import audit
from devices.errors import AccountUnfit, PrinterNotFound, PrinterUnfit, PrintJobCannotMove
from devices.models import PrintAccount, Printer, PrintJob
from devices.rules import DocumentKind, PrinterCondition, PrintState, Transport
from devices.service import (
    AccountDraft,
    Paper,
    PrinterDraft,
    Text,
    add_printer,
    cancel_paper,
    decide_stale,
    enrol_printer,
    move_paper,
    print_document,
    put_account,
    put_printer,
)
from devices.service.conditions import ask_due_printers, note_condition, tell_changes
from devices.service.following import end_handed
from devices.service.sending import sweep
from sandbox import faults
from sandbox.server import running
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.printers import (
    CLOUDS,
    KEY,
    OFFICE,
    USER,
    a_cloud_printer,
    cloud_papers,
    clouds,
    set_cloud,
)
from tests.scenes.stores import a_store

pytestmark = pytest.mark.usefixtures("db")
every_maker = pytest.mark.parametrize("maker", CLOUDS)
LATE = timedelta(minutes=9)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(clouds()) as started:
        yield started


async def a_wish(store_id: int, document: str = "slip:1") -> int:
    wanted = Paper(store_id, DocumentKind.OTHER, document, [Text("羊绒围巾 龘")])
    job_id = await print_document(wanted)
    assert job_id is not None
    return job_id


async def state_of(job_id: int) -> PrintState:
    return (await PrintJob.get(id=job_id)).state


async def later(job_id: int, by: timedelta = LATE) -> None:
    """As if the paper had been wanted long ago, and every wait were over."""
    await PrintJob.filter(id=job_id).update(waiting_since=clock.now() - by)
    await make_due()
    await tell_everyone(2)


@every_maker
async def test_a_paper_is_handed_over_and_ends_printed(world: World, maker: str) -> None:
    store = await a_store()
    await a_cloud_printer(world, store.id, maker)
    job_id = await a_wish(store.id)
    assert await a_wish(store.id) == job_id
    await tell_everyone()

    assert await state_of(job_id) is PrintState.HANDED
    assert len(await cloud_papers(world, maker)) == 1
    if maker == "yilianyun":
        await end_handed(job_id, action="confirm")
    await make_due()
    await tell_everyone()
    assert await state_of(job_id) is PrintState.PRINTED


@every_maker
async def test_a_lost_answer_never_becomes_a_second_paper(world: World, maker: str) -> None:
    store = await a_store()
    await a_cloud_printer(world, store.id, maker)
    if maker == "yilianyun":  # its token first
        await tell_everyone() if await a_wish(store.id, "slip:0") else None
    match = {"match": f"*cloud-print/{maker}*", "kind": "reset", "when": "after"}
    faults.order(world, match)
    job_id = await a_wish(store.id)
    await tell_everyone()
    await Printer.all().update(leased_until=None)
    await make_due()
    await tell_everyone()

    papers = [p for p in await cloud_papers(world, maker) if "龘" in "".join(p["lines"])]
    assert len(papers) == (2 if maker == "yilianyun" else 1)
    expected = PrintState.MAYBE_PRINTED if maker == "feie" else PrintState.HANDED
    assert await state_of(job_id) in (expected, PrintState.PRINTED)


@every_maker
async def test_a_printer_off_overnight_spews_nothing_out_in_the_morning(
    world: World, maker: str
) -> None:
    store = await a_store()
    printer = await a_cloud_printer(world, store.id, maker)
    await set_cloud(world, maker, state="offline")
    evening = [await a_wish(store.id, f"slip:{n}") for n in range(3)]
    await tell_everyone()
    for job_id in evening:
        await later(job_id)
    assert {await state_of(job_id) for job_id in evening} == {PrintState.STALE}
    await set_cloud(world, maker, state="online")
    assert {p["state"] for p in await cloud_papers(world, maker)} == {"cleared"}

    assert await decide_stale(OFFICE, printer_id=printer.id, is_wanted=True) == 3
    assert await decide_stale(OFFICE, printer_id=printer.id, is_wanted=False) == 0
    await tell_everyone()
    printed = [p for p in await cloud_papers(world, maker) if p["state"] == "printed"]
    assert len(printed) == 3


async def test_nobody_asks_about_a_paper_for_ever(world: World) -> None:
    store = await a_store()
    await a_cloud_printer(world, store.id, "feie")
    await set_cloud(world, "feie", state="offline")
    job_id = await a_wish(store.id)
    await tell_everyone()
    faults.order(world, {"match": "*cloud-print*", "kind": "http500", "times": 50})
    await later(job_id, timedelta(hours=25))

    job = await PrintJob.get(id=job_id)
    assert (job.state, job.reason) == (PrintState.MAYBE_PRINTED, "no_word")
    assert await end_handed(job_id, action="confirm") is PrintState.PRINTED
    assert await end_handed(job_id, action="confirm") is None


async def test_stale_paper_is_dropped_or_goes_to_another_printer(world: World) -> None:
    store, other = await a_store(), await a_store()
    cloud = await a_cloud_printer(world, store.id, "xpyun")
    first, second = await a_wish(store.id, "slip:1"), await a_wish(store.id, "slip:2")
    await PrintJob.all().update(waiting_since=clock.now() - LATE)
    assert await sweep() == 2
    near = await add_printer(store_id=store.id, host="127.0.0.1", port=world.printers["S001"])
    await move_paper(OFFICE, print_job_id=first, printer_id=near.id)
    await tell_everyone()

    assert await state_of(first) is PrintState.PRINTED
    await cancel_paper(OFFICE, print_job_id=second)
    assert await state_of(second) is PrintState.CANCELLED
    with pytest.raises(PrintJobCannotMove):
        await cancel_paper(OFFICE, print_job_id=first)
    with pytest.raises(PrintJobCannotMove):
        await move_paper(OFFICE, print_job_id=first, printer_id=cloud.id)
    away = await add_printer(store_id=other.id, host="127.0.0.1", port=9)
    third = await a_wish(store.id, "slip:3")
    with pytest.raises(PrinterNotFound):
        await move_paper(OFFICE, print_job_id=third, printer_id=away.id)
    stranger = Scope(Role.STORE_MANAGER, staff_id=2, store_ids=frozenset({other.id}))
    with pytest.raises(PrinterNotFound):
        await decide_stale(stranger, printer_id=cloud.id, is_wanted=True)
    assert await audit.papers_end() == []


@every_maker
async def test_a_printer_becomes_known_to_its_maker_by_a_job(world: World, maker: str) -> None:
    store = await a_store()
    printer = await a_cloud_printer(world, store.id, maker)
    await set_cloud(world, maker, owner="")
    faults.order(world, {"match": f"*cloud-print/{maker}*", "kind": "reset", "times": 1})
    await enrol_printer(printer.id, label_key=KEY)
    await tell_everyone()
    await PrintAccount.filter(token_cipher=None).update(token_at=None)  # a minute later
    await make_due()
    await tell_everyone()

    row = await Printer.get(id=printer.id)
    assert (row.label_cipher, row.maker_reason) == (None, "")
    job_id = await a_wish(store.id)
    await tell_everyone()
    assert await state_of(job_id) is PrintState.HANDED


async def test_a_wrong_label_is_told(world: World) -> None:
    store = await a_store()
    printer = await a_cloud_printer(world, store.id, "feie")
    await enrol_printer(printer.id, label_key="wrong")
    await tell_everyone()

    assert (await Printer.get(id=printer.id)).maker_reason == "maker:no"
    with pytest.raises(PrinterNotFound):
        await enrol_printer(987, label_key="x")


async def test_secrets_are_sealed_and_a_token_is_fetched_seldom(world: World) -> None:
    store = await a_store()
    await a_cloud_printer(world, store.id, "yilianyun")
    for number in range(3):
        await a_wish(store.id, f"slip:{number}")
        await tell_everyone()
    account = await PrintAccount.get()

    assert world.collection("cloud_tokens")[USER]["fetched"] == 1
    token = world.collection("cloud_tokens")[USER]["token"]
    assert account.token_cipher is not None
    assert token not in account.token_cipher
    assert "4f6c1a2b" not in account.secret_cipher
    world.collection("cloud_tokens")[USER]["token"] = "another"
    job_id = await a_wish(store.id, "slip:9")
    await tell_everyone()
    assert await state_of(job_id) is PrintState.QUEUED
    await Printer.all().update(leased_until=None)
    await PrintAccount.all().update(token_at=clock.now() - timedelta(hours=2))
    await make_due()
    await tell_everyone()
    assert await state_of(job_id) is PrintState.HANDED


@pytest.mark.parametrize(
    ("way", "user", "secret", "url"),
    [
        (Transport.TCP, "u", "s", ""),
        (Transport.FEIE, "", "s", ""),
        (Transport.FEIE, "u", " ", ""),
        (Transport.FEIE, "u", "s", "https://"),
    ],
)
async def test_an_account_that_cannot_be_is_refused(
    way: Transport, user: str, secret: str, url: str
) -> None:
    with pytest.raises(AccountUnfit):
        await put_account(OFFICE, AccountDraft(way, "云", user, secret, url))


@pytest.mark.parametrize(
    "draft",
    [
        PrinterDraft("1feie", Transport.FEIE),
        PrinterDraft("1feie", Transport.FEIE, account_id=987),
        PrinterDraft("usb", Transport.AGENT),
        PrinterDraft("usb", Transport.AGENT, agent_id=987),
        PrinterDraft("no-port"),
        PrinterDraft("host:9100", account_id=1),
        PrinterDraft("a\x1bb:9100"),
    ],
)
async def test_a_printer_needs_what_its_way_needs(draft: PrinterDraft) -> None:
    store = await a_store()

    with pytest.raises(PrinterUnfit):
        await put_printer(store.id, draft)


async def test_a_printer_that_is_down_is_told_once_and_once_that_it_is_back(world: World) -> None:
    store = await a_store()
    printer = await a_cloud_printer(world, store.id, "feie")
    await set_cloud(world, "feie", state="ill")
    assert await ask_due_printers() == 1
    assert await ask_due_printers() == 0
    await tell_everyone()

    assert (await Printer.get(id=printer.id)).condition is PrinterCondition.ABNORMAL
    assert await tell_changes() == []
    await sql("UPDATE devices_printer SET troubled_since = now() - interval '3 minutes'")
    await note_condition(printer.id, PrinterCondition.OFFLINE)
    assert [event.name for event in await tell_changes()] == ["devices.printer_down"]
    assert await tell_changes() == []
    job_id = await a_wish(store.id)
    await OutboxRow.filter(name="devices.print").delete()
    await set_cloud(world, "feie", state="online")
    await note_condition(printer.id, PrinterCondition.UNKNOWN)  # its maker did not answer
    assert await tell_changes() == []
    await note_condition(printer.id, PrinterCondition.ONLINE)
    assert [event.name for event in await tell_changes()] == ["devices.printer_back"]
    await tell_everyone()
    assert await state_of(job_id) in (PrintState.HANDED, PrintState.PRINTED)
