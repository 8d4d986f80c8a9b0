"""Getting paper out: who may write to a printer, what is sent next, what became of it.

Only `devices.jobs` and the tests need this file.
"""

from dataclasses import dataclass

from core import clock
from core.database import sql, use_case
from core.jobs import owe
from devices.models import PrintJob
from devices.protocol.port import Ticket
from devices.rules import (
    BUSY_S,
    END_STATES,
    FIRST_LOOK_S,
    LEASE_S,
    PATIENCE,
    PAUSE_S,
    WANTED_FOR,
    PrintState,
    Transport,
    is_stale,
    move,
)

TAKE_TURN = """
UPDATE devices_printer
SET lease_no = lease_no + 1, leased_until = now() + $2 * interval '1 second'
WHERE id = $1 AND is_active AND (leased_until IS NULL OR leased_until < now())
RETURNING lease_no
"""
KEEP_TURN = """
UPDATE devices_printer SET leased_until = now() + $3 * interval '1 second'
WHERE id = $1 AND lease_no = $2 RETURNING id
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
GROW_STALE = """
UPDATE devices_print_job SET state = 'stale',
    reason = CASE reason WHEN '' THEN 'too_late' ELSE reason END
WHERE state = 'queued' AND waiting_since < now() - $1 * interval '1 second' RETURNING id
"""
EXPIRE = """
UPDATE devices_print_job SET state = 'cancelled', ended_at = now(), decided_by = 'rule'
WHERE state = 'stale' AND waiting_since < now() - $1 * interval '1 second' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of an errand: a move of the state table, why, and the cloud's own number."""

    action: str
    reason: str = ""
    ticket_no: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """One job to be sent now. `attempt` is the fence of its answer."""

    print_job_id: int
    attempt: int
    ticket: Ticket


async def printer_waiting_for(print_job_id: int) -> int | None:
    """The printer that has yet to print this job; None when nothing is left to do here.

    What an agent prints, it comes for by itself.
    """
    job = await PrintJob.get_or_none(id=print_job_id).select_related("printer")
    is_open = job is not None and job.state in (PrintState.QUEUED, PrintState.SENDING)
    if job is None or not is_open or job.printer.transport is Transport.AGENT:
        return None
    return job.printer_id


@use_case
async def take_turn(printer_id: int, lease_s: int = LEASE_S) -> int | None:
    """Become the printer's only writer for `lease_s`. None: somebody else is, or it is off.

    What an earlier writer left half sent is from now on only maybe printed.
    """
    rows = await sql(TAKE_TURN, printer_id, lease_s)
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
async def next_errand(printer_id: int, lease_no: int, lease_s: int = LEASE_S) -> Errand | None:
    """The oldest job that waits for this printer, marked as being sent; the turn is prolonged.

    None: nothing waits, or the turn is somebody else's by now.
    """
    printers = await sql(KEEP_TURN, printer_id, lease_no, lease_s)
    waiting = PrintJob.filter(printer_id=printer_id, state=PrintState.QUEUED).order_by("id")
    job = await waiting.select_for_update().first()
    if not printers or job is None:
        return None
    job.state = move(job.state, "send")
    job.attempts += 1
    job.sent_at = clock.now()
    await job.save(update_fields=["state", "attempts", "sent_at"])
    left = job.waiting_since + PATIENCE - clock.now()
    ticket = Ticket(job.job_no, job.payload, max(60, int(left.total_seconds())))
    return Errand(job.id, job.attempts, ticket)


@use_case
async def end_errand(errand: Errand, what: Ending) -> PrintState | None:
    """Book what became of it and answer its new state.

    A job put back for too long is stale: a person says whether it is still wanted. None: the
    answer came too late to count.
    """
    sent = PrintJob.filter(
        id=errand.print_job_id, attempts=errand.attempt, state=PrintState.SENDING
    )
    job = await sent.select_for_update().first()
    if job is None:
        return None
    at = clock.now()
    job.state, job.reason = move(job.state, what.action), what.reason
    job.ticket_no = what.ticket_no
    if job.state is PrintState.QUEUED and is_stale(job.waiting_since, at):
        job.state = move(job.state, "grow_stale")
    if job.state in END_STATES:
        job.ended_at = at
    if job.state is PrintState.HANDED:
        await owe(
            "devices.follow", key=f"follow:{job.id}", delay_s=FIRST_LOOK_S, print_job_id=job.id
        )
    await job.save(update_fields=["state", "reason", "ticket_no", "ended_at"])
    return job.state


@use_case
async def sweep() -> int:
    """End what was left half sent, ask about what waits too long, drop what nobody wanted.

    Answers how many.
    """
    lost = await sql(LOSE_SIGHT_OF_LEFT_ONES)
    late = await sql(GROW_STALE, PATIENCE.total_seconds())
    dropped = await sql(EXPIRE, WANTED_FOR.total_seconds())
    return len(lost) + len(late) + len(dropped)
