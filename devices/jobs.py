"""The worker's side of printing: thin, and safe to run again after a crash."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context

from core.jobs import Later, every, job
from devices.gateway import Delivery, deliver
from devices.rules import LEASE_S, PAUSE_S, TURN_S
from devices.service import till_booking
from devices.service.sending import (
    end_errand,
    give_up_stale,
    keep_turn,
    leave_turn,
    next_errand,
    printer_waiting_for,
    rest_printer,
    seconds_until_turn,
    take_turn,
)

ACTIONS = {
    Delivery.PRINTED: "confirm",
    Delivery.MAYBE: "lose_sight",
    Delivery.NOT_SENT: "put_back",
}


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
    while time.monotonic() < ends and (errand := await next_errand(printer_id, lease_no)):
        outcome = await deliver(errand.host, errand.port, errand.payload)
        await end_errand(errand, action=ACTIONS[outcome.delivery], reason=outcome.reason)
        if outcome.delivery is Delivery.NOT_SENT:
            return False
    return True


@every("devices.give_up", seconds=60)
async def give_up() -> None:
    """A job that waits in vain is shown as failed, not left waiting."""
    await give_up_stale()


@job("devices.book_receipt", timeout_s=60)
async def book_receipt(receipt_id: int) -> None:
    """A till's receipt becomes an order, money and movements; or it is parked with its reason."""
    await till_booking.book(receipt_id)


@every("devices.retry_unknown_goods", seconds=300)
async def retry_unknown_goods() -> None:
    """What waited for the catalog is tried again, should its news have been missed."""
    await till_booking.retry_unknown_goods()
