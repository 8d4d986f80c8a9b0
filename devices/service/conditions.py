"""How printers are: asked every minute, told when one is down for two, told when it is back."""

from core import clock
from core.database import sql, use_case
from core.events import Event
from core.jobs import owe, owe_each
from core.outbox import publish
from devices.events import PrinterBack, PrinterDown
from devices.rules import DOWN_AFTER, TROUBLES, PrinterCondition, Transport

DUE = """
UPDATE devices_printer SET asked_at = now()
WHERE id IN (
    SELECT id FROM devices_printer
    WHERE is_active AND transport <> 'agent'
        AND (asked_at IS NULL OR asked_at < now() - $1 * interval '1 second')
        AND (leased_until IS NULL OR leased_until < now())
    ORDER BY asked_at NULLS FIRST LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
NOTE = """
UPDATE devices_printer SET condition = $2, asked_at = now(),
    seen_at = CASE WHEN $3 THEN now() ELSE seen_at END,
    troubled_since = CASE WHEN $4 THEN coalesce(troubled_since, now()) END
WHERE id = $1 AND is_active RETURNING transport
"""
SAY_DOWN = """
UPDATE devices_printer SET down_since = now()
WHERE is_active AND down_since IS NULL AND troubled_since <= now() - $1 * interval '1 second'
RETURNING id, store_id, condition
"""
SAY_BACK = """
UPDATE devices_printer SET down_since = NULL
WHERE down_since IS NOT NULL AND troubled_since IS NULL RETURNING id, store_id
"""
SILENT_AGENTS = """
UPDATE devices_printer AS p SET condition = 'offline',
    troubled_since = coalesce(p.troubled_since, now())
FROM devices_print_agent AS a
WHERE a.id = p.agent_id AND p.is_active AND p.condition <> 'offline'
    AND (a.seen_at IS NULL OR a.seen_at < now() - $1 * interval '1 second')
RETURNING p.id
"""
NEXT_JOB = """
SELECT min(id) AS id FROM devices_print_job WHERE printer_id = $1 AND state = 'queued'
"""
ASK_EVERY_S, ASKED_AT_ONCE, AGENT_SILENT_S = 55, 500, 90


@use_case
async def ask_due_printers() -> int:
    """Owe the question to every printer that was not asked for a minute; answers how many."""
    rows = await sql(DUE, ASK_EVERY_S, ASKED_AT_ONCE)
    await owe_each(
        "devices.ask_printer",
        {f"ask:{row['id']}": {"printer_id": row["id"]} for row in rows},
    )
    return len(rows)


@use_case
async def note_condition(printer_id: int, condition: PrinterCondition) -> None:
    """Keep what a printer said. One on the network that opens and says nothing is there, too.

    A cloud that cannot be asked says nothing of its printer: then nothing changes.
    """
    await note(printer_id, condition)


async def note(printer_id: int, condition: PrinterCondition) -> None:
    """As `note_condition`, in the transaction of the moment."""
    is_known = condition is not PrinterCondition.UNKNOWN
    is_seen = is_known and condition is not PrinterCondition.OFFLINE
    [row] = await sql("SELECT transport FROM devices_printer WHERE id = $1", printer_id) or [{}]
    is_silent = not is_known and row.get("transport") in {Transport.TCP, Transport.AGENT}
    if is_known or is_silent:
        await sql(NOTE, printer_id, condition, is_seen or is_silent, condition in TROUBLES)


@use_case
async def tell_changes() -> list[Event]:
    """Publish what is down for two minutes and what is back; what waits there is printed at once.

    Each change is told once.
    """
    await sql(SILENT_AGENTS, AGENT_SILENT_S)
    at, news = clock.now(), list[Event]()
    for row in await sql(SAY_DOWN, DOWN_AFTER.total_seconds()):
        news.append(PrinterDown(row["id"], row["store_id"], row["condition"], at))
    for row in await sql(SAY_BACK):
        news.append(PrinterBack(row["id"], row["store_id"], at))
        [waiting] = await sql(NEXT_JOB, row["id"])
        if waiting["id"] is not None:
            await owe("devices.print", key=f"back:{row['id']}", print_job_id=waiting["id"])
    for each in news:
        await publish(each)
    return news
