"""What the auditor says of tax backends: who cannot issue, and for how long."""

from core.audit import Finding, check
from core.database import sql

DOWN = """
SELECT id, adapter, state, said FROM backends_account
WHERE is_active AND state NOT IN ('ready', 'held') AND down_since < now() - interval '2 hours'
ORDER BY id
"""
UNSEEN = """
SELECT id, adapter, checked_at FROM backends_account
WHERE is_active AND created_at < now() - interval '3 hours'
    AND (checked_at IS NULL OR checked_at < now() - interval '3 hours') ORDER BY id
"""


@check("backends.down")
async def nobody_is_down_for_hours() -> list[Finding]:
    """Somebody has to log in, show the face or raise the quota."""
    return [
        Finding("backends.down", f"backend:{row['id']}", f"{row['adapter']} is {row['state']}")
        for row in await sql(DOWN)
    ]


@check("backends.unseen")
async def everybody_is_looked_at() -> list[Finding]:
    """Accounts whose health nobody has asked for hours."""
    return [
        Finding("backends.unseen", f"backend:{row['id']}", "has not been looked at for hours")
        for row in await sql(UNSEEN)
    ]
