"""The worker's side of printing: thin, and safe to run again after a crash."""

from core.jobs import Later, every, job
from devices.gateway import Delivery, deliver
from devices.rules import BUSY_S, PAUSE_S
from devices.service.sending import (
    end_errand,
    give_up_stale,
    leave_turn,
    next_errand,
    printer_waiting_for,
    take_turn,
)

ACTIONS = {
    Delivery.PRINTED: "confirm",
    Delivery.MAYBE: "lose_sight",
    Delivery.NOT_SENT: "put_back",
}


@job("devices.print", timeout_s=120)
async def print_paper(print_job_id: int) -> None:
    """Send what waits for the job's printer, oldest first, until this job has ended.

    A dead printer puts its own jobs off and nobody else's.
    """
    while printer_id := await printer_waiting_for(print_job_id):
        lease_no = await take_turn(printer_id)
        if lease_no is None:
            raise Later(BUSY_S)
        try:
            is_open = await _print_next(printer_id, lease_no)
        finally:
            await leave_turn(printer_id, lease_no)
        if not is_open:
            raise Later(PAUSE_S)


async def _print_next(printer_id: int, lease_no: int) -> bool:
    errand = await next_errand(printer_id, lease_no)
    if errand is None:
        return True
    outcome = await deliver(errand.host, errand.port, errand.payload)
    await end_errand(errand, action=ACTIONS[outcome.delivery], reason=outcome.reason)
    return outcome.delivery is not Delivery.NOT_SENT


@every("devices.give_up", seconds=60)
async def give_up() -> None:
    """A job that waits in vain is shown as failed, not left waiting."""
    await give_up_stale()
