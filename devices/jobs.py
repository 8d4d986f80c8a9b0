"""The worker's side of printing: thin, and safe to run again after a crash."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context

from core.jobs import Later, every, job
from devices.gateway import adapter_of
from devices.protocol.port import Accepted, Adapter, NotSent, Printed, Refused, Sent, Unknown
from devices.rules import LEASE_S, PAUSE_S, TURN_S
from devices.service import till_booking
from devices.service.places import place_of
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
    adapter = adapter_of(await place_of(printer_id))
    while time.monotonic() < ends and (errand := await next_errand(printer_id, lease_no)):
        ending = ending_of(await adapter.send(errand.ticket), adapter)
        await end_errand(errand, ending)
        if ending.action == "put_back":
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
