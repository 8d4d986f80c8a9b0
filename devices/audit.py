"""What the auditor recomputes about papers (safety checks 10 and 12)."""

from core.audit import Finding, check
from core.database import sql

UNENDED = """
SELECT id, state FROM devices_print_job
WHERE state IN ('queued', 'sending') AND created_at < now() - interval '10 minutes' ORDER BY id
"""
WITHOUT_END = """
SELECT id, state FROM devices_print_job
WHERE (state IN ('printed', 'maybe_printed', 'failed')) <> (ended_at IS NOT NULL) ORDER BY id
"""
OTHER_CODE = """
SELECT again.id FROM devices_print_job AS again
JOIN devices_print_job AS first USING (store_id, document)
WHERE first.copy = 0 AND again.copy > 0 AND again.code <> first.code ORDER BY again.id
"""


@check("devices.papers_end")
async def papers_end() -> list[Finding]:
    """Every paper is printed, maybe printed or shown as failed within ten minutes."""
    late = [
        Finding("devices.papers_end", f"print_job:{row['id']}", f"still {row['state']}")
        for row in await sql(UNENDED)
    ]
    odd = [
        Finding("devices.papers_end", f"print_job:{row['id']}", "its end does not fit its state")
        for row in await sql(WITHOUT_END)
    ]
    return late + odd


@check("devices.reprints_keep_the_code")
async def reprints_keep_the_code() -> list[Finding]:
    """A reprint carries the receipt code of the first paper."""
    return [
        Finding("devices.reprints_keep_the_code", f"print_job:{row['id']}", "another code")
        for row in await sql(OTHER_CODE)
    ]
