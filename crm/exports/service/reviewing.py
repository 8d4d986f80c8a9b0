"""The second person: looks at a frozen list and its purpose, and lets it go or not (S27)."""

from core.audit_log import record
from core.database import sql, use_case
from core.jobs import owe
from core.security.scope import Scope
from crm.exports.errors import ExportUnknown, NotInThisState, OwnExport, ReasonNeeded
from crm.exports.models import Export
from crm.exports.rules import APPROVES

SEEN = """
UPDATE exports_export SET state = $3, seen_by = $2, seen_at = now(), why = $4
WHERE id = $1 AND state = 'waiting' AND asked_by <> $2 AND expires_at > now() RETURNING id
"""


@use_case
async def approve_export(*, scope: Scope, public_id: str) -> None:
    """Let it be written. Raises ExportUnknown, OwnExport, NotInThisState."""
    row = await _see(scope, public_id, "running", "")
    await owe("exports.write", key=row.public_id, export_id=row.id)
    await record(scope, "export.approved", f"export:{public_id}", members=row.members)


@use_case
async def refuse_export(*, scope: Scope, public_id: str, reason: str) -> None:
    """Do not let it go, and say why.

    Raises ReasonNeeded, and what `approve_export` raises.
    """
    if not reason.strip():
        raise ReasonNeeded
    row = await _see(scope, public_id, "refused", reason.strip()[:200])
    await record(scope, "export.refused", f"export:{row.public_id}")


async def _see(scope: Scope, public_id: str, state: str, why: str) -> Export:
    row = await Export.get_or_none(public_id=public_id)
    if row is None or scope.role not in APPROVES:
        raise ExportUnknown
    if row.asked_by == scope.staff_id:
        raise OwnExport
    if not await sql(SEEN, row.id, scope.staff_id, state, why):
        raise NotInThisState
    return row
