"""How exports end: cancelled, failed, expired, recalled. What they held goes at once."""

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Role, Scope
from crm.exports.errors import ExportUnknown, NotInThisState
from crm.exports.models import Export, Piece
from crm.exports.rules import before

CANCEL = """
UPDATE exports_export SET state = 'cancelled' WHERE id = $1 AND state = ANY($2::text[]) RETURNING id
"""
FAIL = """
UPDATE exports_export SET state = 'failed', why = $3
WHERE id = $1 AND state = ANY($2::text[]) RETURNING id
"""
EXPIRE = """
UPDATE exports_export SET state = 'expired'
WHERE state = ANY($1::text[]) AND expires_at <= now() RETURNING id
"""
# A file that was taken may still be on its way to a slow browser.
SWEEP = """
DELETE FROM exports_piece AS p USING exports_export AS e
WHERE e.id = p.export_id AND (e.state NOT IN ('running', 'ready', 'taken')
    OR e.state = 'taken' AND e.taken_at < now() - interval '1 hour')
RETURNING p.id
"""
RECALL = """
UPDATE exports_export AS e SET state = 'expired', why = $2
FROM exports_listed AS l
WHERE l.export_id = e.id AND l.member_id = $1
    AND e.state IN ('waiting', 'running', 'ready', 'taken')
RETURNING e.id
"""
RECALLED = "名单中有会员注销，文件已收回 / a member of the list was erased: the file is recalled"


@use_case
async def cancel_export(*, scope: Scope, public_id: str) -> None:
    """Stop it and delete what is there; by whoever asked, or head office.

    Raises ExportUnknown, NotInThisState.
    """
    row = await Export.get_or_none(public_id=public_id)
    if row is None or (row.asked_by != scope.staff_id and scope.role is not Role.HEAD_OFFICE):
        raise ExportUnknown
    if not await sql(CANCEL, row.id, sorted(before("cancel"))):
        raise NotInThisState
    await Piece.filter(export_id=row.id).delete()
    await record(scope, "export.cancelled", f"export:{public_id}")


@use_case
async def fail(export_id: int, why: str) -> None:
    """It cannot be made; what is there goes."""
    if await sql(FAIL, export_id, sorted(before("fail")), why[:200]):
        await Piece.filter(export_id=export_id).delete()


@use_case
async def expire_exports() -> int:
    """Whose days are over has no file any more. Answers how many pieces went."""
    await sql(EXPIRE, sorted(before("expire")))
    return len(await sql(SWEEP))


@use_case
async def recall_member(member_id: int) -> int:
    """Somebody is erased: every file they stand in goes. Answers how many. Once more: nothing."""
    recalled = [row["id"] for row in await sql(RECALL, member_id, RECALLED)]
    if recalled:
        await Piece.filter(export_id__in=recalled).delete()
    return len(recalled)
