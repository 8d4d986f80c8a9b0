"""Papers that a maker's cloud has: what became of them, and taking them back in time."""

from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.database import sql, use_case
from devices.models import PrintJob
from devices.rules import END_STATES, PrintState, move

BY_PUSH = """
SELECT j.id FROM devices_print_job AS j JOIN devices_printer AS p ON p.id = j.printer_id
WHERE p.account_id = $1 AND j.state IN ('handed', 'maybe_printed')
    AND (j.job_no = left($2, 28) OR $2 = '' AND $3 <> '' AND j.ticket_no = $3)
"""


@dataclass(frozen=True, slots=True)
class Handed:
    """A job that a cloud has. `age` counts from when it was wanted."""

    print_job_id: int
    printer_id: int
    ticket_no: str
    age: timedelta


async def handed_paper(print_job_id: int) -> Handed | None:
    """None: it has come to an end, or was taken back."""
    job = await PrintJob.get_or_none(id=print_job_id, state=PrintState.HANDED)
    if job is None:
        return None
    return Handed(job.id, job.printer_id, job.ticket_no, clock.now() - job.waiting_since)


@use_case
async def end_handed(print_job_id: int, *, action: str, reason: str = "") -> PrintState | None:
    """Book what became of a paper that was handed over. None: it has an end already."""
    states = [PrintState.HANDED, PrintState.MAYBE_PRINTED]
    rows = PrintJob.filter(id=print_job_id, state__in=states)
    job = await rows.select_for_update().first()
    if job is None or (job.state is PrintState.MAYBE_PRINTED and action != "confirm"):
        return None
    job.state, job.reason = move(job.state, action), reason
    job.ended_at = clock.now() if job.state in END_STATES else None
    await job.save(update_fields=["state", "reason", "ended_at"])
    return job.state


async def paper_pushed(account_id: int, *, job_no: str, ticket_no: str) -> int | None:
    """The job a maker tells of, by our number or by its own; only of this account."""
    rows = await sql(BY_PUSH, account_id, job_no[:40], ticket_no[:64])
    return int(rows[0]["id"]) if rows else None
