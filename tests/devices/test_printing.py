"""From a paid order to paper: once each, in order, and a dead printer stops no other."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from core import clock
from core.database import sql
from core.security.receipt_code import check
from core.security.scope import Role, Scope
from devices import audit, jobs
from devices.errors import NoPrinter, OrderUnpaid, PrinterUnfit, PrintJobNotFound
from devices.models import Printer, PrintJob
from devices.queries import (
    PaperView,
    PrinterView,
    paper_bytes,
    papers_of_order,
    printers_of,
    receipt_code_of,
)
from devices.rules import PrintState
from devices.service import (
    add_printer,
    decide_stale,
    print_receipt,
    reprint,
    switch_off_printer,
)
from devices.service.sending import (
    Ending,
    end_errand,
    leave_turn,
    next_errand,
    sweep,
    take_turn,
)
from sandbox.server import running
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.devices import a_paid_order
from tests.scenes.orders import a_shelf, an_order
from tests.scenes.outside import outside
from tests.scenes.stores import a_store
from trade.stores.errors import StoreNotFound
from trade.stores.queries import receipt_key_of
from trade.stores.service import renew_receipt_key

HOST = "127.0.0.1"
OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
pytestmark = pytest.mark.usefixtures("db")


async def the_pause_is_over() -> None:
    """As if the printer had rested long enough."""
    await Printer.all().update(leased_until=None)
    await make_due()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as client:
        yield client


async def a_printer(world: World, store_id: int, printer: str = "S001") -> PrinterView:
    return await add_printer(store_id=store_id, host=HOST, port=world.printers[printer], columns=48)


async def papers(http: httpx2.AsyncClient, printer: str = "S001") -> list[dict[str, Any]]:
    answer = await http.get(f"/_sim/printers/{printer}/jobs")
    return list(answer.json())


async def the_paper(order_id: int) -> PaperView:
    [paper] = await papers_of_order(OFFICE, order_id)
    return paper


async def test_a_paid_order_comes_out_of_its_stores_printer_once(
    world: World, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf()
    await a_printer(world, shelf.store_id)
    order = await a_paid_order(shelf)

    await tell_everyone()
    await print_receipt(order_id=order.id)
    await tell_everyone()

    [paper] = await papers(http)
    code = await receipt_code_of(order)
    assert [symbol["text"] for symbol in paper["symbols"]] == [f"http://127.0.0.1:8000/i/{code}"]
    assert f"单号：{order.order_no}" in paper["lines"]
    job = await the_paper(order.id)
    assert (job.state, job.code, job.copy) == (PrintState.PRINTED, code, 0)
    said = check(code, await receipt_key_of(order.store_id))
    assert (said.store_id, said.amount_fen) == (order.store_id, order.paid_fen)


async def test_a_store_without_a_printer_owes_no_paper_and_still_has_a_code() -> None:
    order = await a_paid_order()

    assert await print_receipt(order_id=order.id) is None
    assert await papers_of_order(OFFICE, order.id) == []
    assert len(await receipt_code_of(order)) == 42


async def test_an_unpaid_order_has_neither_paper_nor_code(world: World) -> None:
    order = await an_order()
    await a_printer(world, order.store_id)

    assert await print_receipt(order_id=order.id) is None
    with pytest.raises(OrderUnpaid):
        await receipt_code_of(order)


async def test_a_reprint_is_marked_and_keeps_the_code_under_a_new_key(
    world: World, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf()
    await a_printer(world, shelf.store_id)
    order = await a_paid_order(shelf)
    await tell_everyone()
    await renew_receipt_key(order.store_id)

    await reprint(OFFICE, print_job_id=(await the_paper(order.id)).id)
    await tell_everyone()

    again, first = await papers(http)
    assert "*** 补打 ***" in [line.strip() for line in again["lines"]]
    assert again["symbols"] == first["symbols"]
    assert [p.copy for p in await papers_of_order(OFFICE, order.id)] == [0, 1]


async def test_a_reprint_needs_a_printer_and_the_right_store(world: World) -> None:
    shelf = await a_shelf()
    printer = await a_printer(world, shelf.store_id)
    order = await a_paid_order(shelf)
    job_id = await print_receipt(order_id=order.id)
    assert job_id
    stranger = Scope(Role.STORE_MANAGER, staff_id=2, store_ids=frozenset({order.store_id + 1}))
    with pytest.raises(PrintJobNotFound):
        await reprint(stranger, print_job_id=job_id)
    with pytest.raises(PrintJobNotFound):
        await paper_bytes(stranger, job_id)
    await switch_off_printer(printer.id)

    with pytest.raises(NoPrinter):
        await reprint(OFFICE, print_job_id=job_id)


async def test_a_dead_printer_stops_no_other_and_prints_in_order_when_it_is_back(
    world: World, http: httpx2.AsyncClient
) -> None:
    dead, healthy = await a_shelf(), await a_shelf()
    await a_printer(world, dead.store_id, "S001")
    await a_printer(world, healthy.store_id, "S002")
    await http.post("/_sim/printers/S001", json={"off": True})
    orders = [await a_paid_order(dead), await a_paid_order(dead), await a_paid_order(healthy)]
    await tell_everyone()

    assert [len(await papers(http, name)) for name in ("S001", "S002")] == [0, 1]
    assert (await the_paper(orders[0].id)).state is PrintState.QUEUED
    await http.post("/_sim/printers/S001", json={"off": False})
    await the_pause_is_over()
    await tell_everyone()

    nos = [next(line for line in p["lines"] if "单号" in line) for p in await papers(http)]
    assert sorted(nos) == sorted(f"单号：{order.order_no}" for order in orders[:2])
    sent = await PrintJob.filter(state=PrintState.PRINTED).order_by("sent_at")
    assert [job.document for job in sent][1:] == [f"order:{order.id}" for order in orders[:2]]


async def test_a_silent_printer_leaves_a_paper_that_is_never_sent_again(
    world: World, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf()
    await a_printer(world, shelf.store_id)
    await http.post("/_sim/printers/S001", json={"reset_after": 40})
    order = await a_paid_order(shelf)
    await tell_everyone()
    await the_pause_is_over()
    await tell_everyone()

    paper = await the_paper(order.id)
    assert (paper.state, paper.attempts) == (PrintState.MAYBE_PRINTED, 1)


async def test_what_a_dead_worker_left_half_sent_is_maybe_printed(world: World) -> None:
    shelf = await a_shelf()
    printer = await a_printer(world, shelf.store_id)
    order = await a_paid_order(shelf)
    await print_receipt(order_id=order.id)
    turn = await take_turn(printer.id)
    assert turn
    errand = await next_errand(printer.id, turn)
    assert errand
    await sql("UPDATE devices_printer SET leased_until = now() - interval '1 second'")

    await jobs.print_paper(errand.print_job_id)

    assert (await the_paper(order.id)).state is PrintState.MAYBE_PRINTED
    assert await end_errand(errand, Ending("confirm")) is None


async def test_a_printer_has_one_writer_at_a_time(world: World) -> None:
    shelf = await a_shelf()
    printer = await a_printer(world, shelf.store_id)
    first = await take_turn(printer.id)
    assert first

    assert await take_turn(printer.id) is None
    await leave_turn(printer.id, first)
    second = await take_turn(printer.id)
    assert second == first + 1
    assert await next_errand(printer.id, first) is None
    await leave_turn(printer.id, first)
    assert await take_turn(printer.id) is None


async def test_paper_that_waits_too_long_is_asked_about(
    world: World, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf()
    await a_printer(world, shelf.store_id)
    await http.post("/_sim/printers/S001", json={"off": True})
    order = await a_paid_order(shelf)
    await tell_everyone()
    long_ago = clock.now() - timedelta(minutes=9)
    await PrintJob.filter(document=f"order:{order.id}").update(waiting_since=long_ago)
    await the_pause_is_over()
    await tell_everyone()

    paper = await the_paper(order.id)
    assert (paper.state, paper.reason) == (PrintState.STALE, "unreachable")


async def test_a_printer_off_overnight_prints_in_the_morning_what_a_person_still_wants(
    world: World, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf()
    printer = await a_printer(world, shelf.store_id)
    await http.post("/_sim/printers/S001", json={"off": True})
    orders = [await a_paid_order(shelf) for _ in range(3)]
    await tell_everyone()
    await PrintJob.all().update(waiting_since=clock.now() - timedelta(hours=10))
    await sweep()
    await http.post("/_sim/printers/S001", json={"off": False})
    await the_pause_is_over()
    await tell_everyone()
    assert await papers(http) == []

    assert await decide_stale(OFFICE, printer_id=printer.id, is_wanted=True) == 3
    await tell_everyone()
    nos = [next(line for line in p["lines"] if "单号" in line) for p in await papers(http)]
    assert sorted(nos) == sorted(f"单号：{order.order_no}" for order in orders)
    sent = await PrintJob.filter(state=PrintState.PRINTED).order_by("sent_at")
    assert [job.document for job in sent] == [f"order:{order.id}" for order in orders]
    assert await audit.papers_end() == []


async def test_the_sweep_ends_what_nobody_will_print(world: World) -> None:
    shelf = await a_shelf()
    printer = await a_printer(world, shelf.store_id)
    order = await a_paid_order(shelf)
    await print_receipt(order_id=order.id)
    await switch_off_printer(printer.id)
    await PrintJob.all().update(waiting_since=clock.now() - timedelta(minutes=9))

    assert await sweep() == 1
    assert (await the_paper(order.id)).reason == "too_late"
    assert await sweep() == 0
    await PrintJob.all().update(waiting_since=clock.now() - timedelta(hours=25))
    assert await sweep() == 1
    assert (await the_paper(order.id)).state is PrintState.CANCELLED


async def test_adding_a_printer_again_changes_its_paper() -> None:
    store = await a_store()
    await add_printer(store_id=store.id, host="10.0.0.9", port=9100, columns=48)
    await add_printer(store_id=store.id, host="10.0.0.9", port=9100, columns=32)

    assert [printer.columns for printer in await printers_of(store.id)] == [32]


@pytest.mark.parametrize(("port", "columns"), [(0, 48), (65_536, 48), (9100, 42)])
async def test_a_printer_that_cannot_be_is_refused(port: int, columns: int) -> None:
    store = await a_store()

    with pytest.raises(PrinterUnfit):
        await add_printer(store_id=store.id, host="10.0.0.9", port=port, columns=columns)


async def test_a_printer_stands_in_a_store() -> None:
    with pytest.raises(StoreNotFound):
        await add_printer(store_id=987, host="10.0.0.9")


async def test_the_auditor_names_paper_that_never_ends(world: World) -> None:
    shelf = await a_shelf()
    await a_printer(world, shelf.store_id)
    order = await a_paid_order(shelf)
    await print_receipt(order_id=order.id)
    assert await audit.papers_end() + await audit.reprints_keep_the_code() == []
    await PrintJob.all().update(waiting_since=clock.now() - timedelta(minutes=11))

    [finding] = await audit.papers_end()
    assert finding.text == "still queued"
