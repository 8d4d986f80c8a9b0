"""The worker's side of printing: thin, and safe to run again after a crash."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context

from core.jobs import Later, every, job
from devices.gateway import adapter_of, fetch_token
from devices.protocol.port import (
    Accepted,
    Adapter,
    NotSent,
    Place,
    Printed,
    Refused,
    Sent,
    Unknown,
    Waiting,
)
from devices.rules import (
    FIRST_LOOK_S,
    LEASE_S,
    PATIENCE,
    PAUSE_S,
    SELDOM_S,
    TROUBLES,
    TURN_S,
    WANTED_FOR,
    PrinterCondition,
    Transport,
)
from devices.service import till_booking
from devices.service.accounts import label_key_of, note_enrolment
from devices.service.conditions import ask_due_printers, note_condition, tell_changes
from devices.service.following import Handed, end_handed, handed_paper
from devices.service.places import forget_token, keep_token, may_fetch_token, place_of
from devices.service.sending import (
    Ending,
    end_errand,
    keep_turn,
    leave_turn,
    next_errand,
    printer_waiting_for,
    rest_printer,
    seconds_until_turn,
    sweep,
    take_turn,
)


@job("devices.print", timeout_s=120)
async def print_paper(print_job_id: int) -> None:
    """Send all that waits for the job's printer, oldest first: who comes later finds it done.

    A dead printer puts its own jobs off and nobody else's.
    """
    while printer_id := await printer_waiting_for(print_job_id):
        lease_no = await take_turn(printer_id)
        if lease_no is None:
            raise Later(await seconds_until_turn(printer_id))
        async with _kept_turn(printer_id, lease_no):
            is_open = await _print_waiting(printer_id, lease_no)
        if not is_open:
            await rest_printer(printer_id, lease_no)
            raise Later(PAUSE_S)


@asynccontextmanager
async def _kept_turn(printer_id: int, lease_no: int) -> AsyncIterator[None]:
    """The turn is ours until the block ends; when this process dies it is free within `LEASE_S`."""

    async def keep() -> None:
        while await keep_turn(printer_id, lease_no):  # noqa: ASYNC110  a lease is time
            await asyncio.sleep(LEASE_S / 3)

    keeper = asyncio.create_task(keep(), context=Context())
    try:
        yield
    finally:
        keeper.cancel()
        await leave_turn(printer_id, lease_no)


async def _print_waiting(printer_id: int, lease_no: int) -> bool:
    """False: the printer does not open."""
    ends = time.monotonic() + TURN_S
    place = await opened(printer_id)
    adapter = adapter_of(place)
    while time.monotonic() < ends and (errand := await next_errand(printer_id, lease_no)):
        ending = ending_of(await adapter.send(errand.ticket), adapter)
        await end_errand(errand, ending)
        if ending.action == "put_back":
            await _note_closed(printer_id, place, ending.reason)
            return False
    return True


def ending_of(sent: Sent, adapter: Adapter) -> Ending:
    """What an answer means. A lost answer is asked for again only where that prints nothing more.

    Such a job is put back: sent again under its number, it is answered as the first time.
    """
    match sent:
        case Printed():
            return Ending("confirm")
        case Accepted(ticket_no):
            return Ending("hand_over", ticket_no=ticket_no)
        case Refused(reason):
            return Ending("refuse", reason)
        case NotSent(reason):
            return Ending("put_back", reason)
        case Unknown(reason):
            return Ending("put_back" if adapter.drops_repeats else "lose_sight", reason)


async def opened(printer_id: int) -> Place:
    """The printer's place, with a fresh token where its maker wants one and there is none."""
    place = await place_of(printer_id)
    if place.transport is not Transport.YILIANYUN or place.token:
        return place
    if await may_fetch_token(place.account_id):
        await keep_token(place.account_id, await fetch_token(place))
    return await place_of(printer_id)


async def _note_closed(printer_id: int, place: Place, reason: str) -> None:
    if reason == "token":
        await forget_token(place.account_id)
    if place.transport is Transport.TCP:
        await note_condition(printer_id, PrinterCondition.OFFLINE)


@job("devices.follow", timeout_s=60)
async def follow_paper(print_job_id: int) -> None:
    """Ask a cloud what became of a paper, ever more seldom, and take it back while it is wanted.

    A paper that nobody heard of for a day is maybe printed.
    """
    handed = await handed_paper(print_job_id)
    if handed is None:
        return
    adapter = adapter_of(await opened(handed.printer_id))
    action, reason = await _looked(adapter, handed)
    if action:
        await end_handed(print_job_id, action=action, reason=reason)
    elif handed.age > WANTED_FOR:
        await end_handed(print_job_id, action="lose_sight", reason="no_word")
    else:
        raise Later(min(SELDOM_S, FIRST_LOOK_S + handed.age.total_seconds() / 4))


async def _looked(adapter: Adapter, handed: Handed) -> tuple[str, str]:
    """The move to make and why; no move while it may still come out in time."""
    fate = await adapter.fate_of(handed.ticket_no)
    if handed.age > PATIENCE and not isinstance(fate, Printed | Refused):
        is_stuck = isinstance(fate, Waiting) or await adapter.condition() in TROUBLES
        if is_stuck and await adapter.clear() is None:
            again = await adapter.fate_of(handed.ticket_no)  # it may have come out meanwhile
            return ("confirm", "") if isinstance(again, Printed) else ("take_back", "too_late")
    if isinstance(fate, Printed):
        return "confirm", ""
    return ("refuse", fate.reason) if isinstance(fate, Refused) else ("", "")


@job("devices.ask_printer", timeout_s=60, tries=1)
async def ask_printer(printer_id: int) -> None:
    """Ask one printer how it is, and keep what it says."""
    adapter = adapter_of(await opened(printer_id))
    await note_condition(printer_id, await adapter.condition())


@job("devices.enrol_printer", timeout_s=60)
async def enrol_with_maker(printer_id: int) -> None:
    """Make a printer known to its maker. What cannot be reached is tried again."""
    label_key = await label_key_of(printer_id)
    if label_key is None:
        return
    place = await opened(printer_id)
    said = await adapter_of(place).add(label_key, f"printer {printer_id}")
    await note_enrolment(printer_id, said)
    if isinstance(said, NotSent | Unknown):
        await _note_closed(printer_id, place, said.reason)
        raise Later(PAUSE_S)


@every("devices.ask_printers", seconds=60)
async def ask_printers() -> None:
    """Printers are asked in the background, five hundred a minute and worker."""
    await ask_due_printers()
    await tell_changes()


@every("devices.sweep_papers", seconds=60)
async def sweep_papers() -> None:
    """Nothing is left waiting: it is asked about, and in the end dropped, visibly."""
    await sweep()


@job("devices.book_receipt", timeout_s=60)
async def book_receipt(receipt_id: int) -> None:
    """A till's receipt becomes an order, money and movements; or it is parked with its reason."""
    await till_booking.book(receipt_id)


@every("devices.retry_unknown_goods", seconds=300)
async def retry_unknown_goods() -> None:
    """What waited for the catalog is tried again, should its news have been missed."""
    await till_booking.retry_unknown_goods()
