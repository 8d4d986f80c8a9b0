"""Papers that waited too long: a person says once whether they are still wanted."""

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from devices.errors import NoPrinter, PrinterNotFound, PrintJobCannotMove, PrintJobNotFound
from devices.models import Printer, PrintJob
from devices.protocol.blocks import from_json
from devices.protocol.languages import payload_for
from devices.queries import profile_of
from devices.rules import PrintState, move
from devices.service.papers import new_job_no, owe_printing

# A cloud that had it and was told to forget it would drop the same number as a repeat.
RESUME = """
UPDATE devices_print_job SET state = 'queued', reason = '', waiting_since = now(), decided_by = $2,
    job_no = CASE ticket_no WHEN '' THEN job_no
        ELSE left(replace(gen_random_uuid()::text, '-', ''), 28) END, ticket_no = ''
WHERE printer_id = $1 AND state = 'stale' RETURNING id
"""
CANCEL = """
UPDATE devices_print_job SET state = 'cancelled', ended_at = now(), decided_by = $2
WHERE printer_id = $1 AND state = 'stale' RETURNING id
"""


@use_case
async def decide_stale(scope: Scope, *, printer_id: int, is_wanted: bool) -> int:
    """Print, or drop, everything at a printer that waited too long. Answers how many papers.

    Asked once: a second answer finds nothing. Raises PrinterNotFound, NoPrinter for one that is
    switched off.
    """
    printer = await Printer.filter(scope.stores_q(), id=printer_id).first()
    if printer is None:
        raise PrinterNotFound(printer_id=printer_id)
    if is_wanted and not printer.is_active:
        raise NoPrinter(store_id=printer.store_id)
    rows = await sql(RESUME if is_wanted else CANCEL, printer_id, scope.actor)
    if rows and is_wanted:
        await owe_printing(printer, min(row["id"] for row in rows))
    if rows:
        facts = {"papers": len(rows), "is_wanted": is_wanted}
        await record(scope, "devices.stale_decided", f"printer:{printer_id}", **facts)
    return len(rows)


@use_case
async def cancel_paper(scope: Scope, *, print_job_id: int) -> None:
    """Drop a paper that has not left us. Raises PrintJobNotFound, PrintJobCannotMove."""
    job = await _mine(scope, print_job_id)
    job.state = move(job.state, "cancel")
    job.ended_at, job.decided_by = clock.now(), scope.actor
    await job.save(update_fields=["state", "ended_at", "decided_by"])
    await record(scope, "devices.paper_cancelled", f"print_job:{print_job_id}")


@use_case
async def move_paper(scope: Scope, *, print_job_id: int, printer_id: int) -> None:
    """Have a paper that has not left us printed by another printer of the store, in its language.

    Raises PrintJobNotFound, PrinterNotFound, PrintJobCannotMove.
    """
    job = await _mine(scope, print_job_id)
    if job.state not in {PrintState.QUEUED, PrintState.STALE}:
        raise PrintJobCannotMove(state=job.state, action="move")
    other = Printer.filter(id=printer_id, store_id=job.store_id, is_active=True)
    printer = await other.first()
    if printer is None:
        raise PrinterNotFound(printer_id=printer_id)
    job.printer_id, job.state, job.reason = printer.id, PrintState.QUEUED, ""
    job.payload = payload_for(printer.transport, from_json(job.blocks), profile_of(printer))
    job.waiting_since, job.decided_by = clock.now(), scope.actor
    job.job_no, job.ticket_no = new_job_no(), ""
    await job.save()
    await owe_printing(printer, job.id)
    await record(scope, "devices.paper_moved", f"print_job:{print_job_id}", printer=printer_id)


async def _mine(scope: Scope, print_job_id: int) -> PrintJob:
    rows = PrintJob.filter(scope.stores_q(), id=print_job_id)
    job = await rows.select_for_update().first()
    if job is None:
        raise PrintJobNotFound(print_job_id=print_job_id)
    return job
