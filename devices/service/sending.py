"""Getting paper out: who may write to a printer, what is sent next, what became of it.

Only `devices.jobs` and the tests need this file.
"""

from dataclasses import dataclass

from core import clock
from core.database import sql, use_case
from devices.models import PrintJob
from devices.rules import BUSY_S, LEASE_S, PATIENCE, PAUSE_S, PrintState, is_stale, move

TAKE_TURN = """
UPDATE devices_printer
SET lease_no = lease_no + 1, leased_until = now() + $2 * interval '1 second'
WHERE id = $1 AND is_active AND (leased_until IS NULL OR leased_until < now())
RETURNING lease_no
"""
KEEP_TURN = """
UPDATE devices_printer SET leased_until = now() + $3 * interval '1 second'
WHERE id = $1 AND lease_no = $2 RETURNING host, port
"""
LEAVE_TURN = """
UPDATE devices_printer SET leased_until = NULL WHERE id = $1 AND lease_no = $2 RETURNING id
"""
REST = """
UPDATE devices_printer SET leased_until = now() + $3 * interval '1 second'
WHERE id = $1 AND lease_no = $2 AND leased_until IS NULL RETURNING id
"""
TAKEN_FOR = """
SELECT extract(epoch FROM leased_until - now()) AS seconds FROM devices_printer WHERE id = $1
"""
LOSE_SIGHT = """
UPDATE devices_print_job
SET state = 'maybe_printed', reason = 'interrupted', ended_at = now()
WHERE printer_id = $1 AND state = 'sending' RETURNING id
"""
LOSE_SIGHT_OF_LEFT_ONES = """
UPDATE devices_print_job AS job
SET state = 'maybe_printed', reason = 'interrupted', ended_at = now()
FROM devices_printer AS printer
WHERE printer.id = job.printer_id AND job.state = 'sending'
    AND (printer.leased_until IS NULL OR printer.leased_until < now())
RETURNING job.id
"""
GIVE_UP = """
UPDATE devices_print_job SET state = 'failed', ended_at = now(),
    reason = CASE reason WHEN '' THEN 'too_late' ELSE reason END
WHERE state = 'queued' AND created_at < now() - $1 * interval '1 second' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Errand:
    """One job to be sent now. `attempt` is the fence of its answer."""

    print_job_id: int
    attempt: int
    host: str
    port: int
    payload: bytes


async def printer_waiting_for(print_job_id: int) -> int | None:
    """The printer that has yet to print this job; None when nothing is left to do."""
    job = await PrintJob.get_or_none(id=print_job_id)
    is_open = job is not None and job.state in (PrintState.QUEUED, PrintState.SENDING)
    return job.printer_id if job is not None and is_open else None


@use_case
async def take_turn(printer_id: int) -> int | None:
    """Become the printer's only writer for `LEASE_S`. None: somebody else is, or it is off.

    What an earlier writer left half sent is from now on only maybe printed.
    """
    rows = await sql(TAKE_TURN, printer_id, LEASE_S)
    if not rows:
        return None
    await sql(LOSE_SIGHT, printer_id)
    return int(rows[0]["lease_no"])


async def keep_turn(printer_id: int, lease_no: int) -> bool:
    """False: the turn is somebody else's by now."""
    return bool(await sql(KEEP_TURN, printer_id, lease_no, LEASE_S))


async def leave_turn(printer_id: int, lease_no: int) -> None:
    """Let the next writer in. Doing it again, or too late, changes nothing."""
    await sql(LEAVE_TURN, printer_id, lease_no)


async def rest_printer(printer_id: int, lease_no: int) -> None:
    """Nobody knocks at a printer that does not open for `PAUSE_S`, however many jobs wait."""
    await sql(REST, printer_id, lease_no, PAUSE_S)


async def seconds_until_turn(printer_id: int) -> float:
    """How long the turn is taken for, as far as one can tell; at least `BUSY_S`."""
    [row] = await sql(TAKEN_FOR, printer_id)
    return max(BUSY_S, float(row["seconds"] or 0))


@use_case
async def next_errand(printer_id: int, lease_no: int) -> Errand | None:
    """The oldest job that waits for this printer, marked as being sent; the turn is prolonged.

    None: nothing waits, or the turn is somebody else's by now.
    """
    printers = await sql(KEEP_TURN, printer_id, lease_no, LEASE_S)
    waiting = PrintJob.filter(printer_id=printer_id, state=PrintState.QUEUED).order_by("id")
    job = await waiting.select_for_update().first()
    if not printers or job is None:
        return None
    job.state = move(job.state, "send")
    job.attempts += 1
    job.sent_at = clock.now()
    await job.save(update_fields=["state", "attempts", "sent_at"])
    printer = printers[0]
    return Errand(job.id, job.attempts, printer["host"], printer["port"], job.payload)


@use_case
async def end_errand(errand: Errand, *, action: str, reason: str) -> PrintState | None:
    """Book what became of it: `confirm`, `lose_sight` or `put_back`. Answers its new state.

    A job put back for too long is given up. None: the answer came too late to count.
    """
    sent = PrintJob.filter(
        id=errand.print_job_id, attempts=errand.attempt, state=PrintState.SENDING
    )
    job = await sent.select_for_update().first()
    if job is None:
        return None
    at = clock.now()
    job.state, job.reason = move(job.state, action), reason
    if job.state is PrintState.QUEUED and is_stale(job.created_at, at):
        job.state = move(job.state, "give_up")
    if job.state is not PrintState.QUEUED:
        job.ended_at = at
    await job.save(update_fields=["state", "reason", "ended_at"])
    return job.state


@use_case
async def give_up_stale() -> int:
    """End what waits too long (failed) or was left half sent (maybe printed). Answers how many."""
    lost = await sql(LOSE_SIGHT_OF_LEFT_ONES)
    late = await sql(GIVE_UP, PATIENCE.total_seconds())
    return len(lost) + len(late)
