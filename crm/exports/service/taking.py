"""Taking the file: once, by whoever asked, as long as it is kept."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from crm.exports.errors import ExportUnknown, FileGone
from crm.exports.models import Export
from crm.exports.rules import Format
from crm.exports.sealing import file_of

TAKE = """
UPDATE exports_export SET state = 'taken', taken_at = now()
WHERE id = $1 AND state = 'ready' AND expires_at > now() RETURNING id
"""
MEDIA = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class TakenFile:
    """`parts` are read after the transaction; together they are `size` bytes with this hash."""

    name: str
    media: str
    size: int
    sha256: str
    parts: AsyncIterator[bytes]


@use_case
async def take_file(*, scope: Scope, public_id: str) -> TakenFile:
    """The file, once. Raises ExportUnknown for anybody but who asked, FileGone the second time."""
    row = await Export.get_or_none(public_id=public_id, asked_by=scope.staff_id)
    if row is None:
        raise ExportUnknown
    if not await sql(TAKE, row.id):
        raise FileGone
    await record(scope, "export.taken", f"export:{public_id}", sha256=row.sha256)
    name = f"members-{row.watermark}.{row.format.value}"
    return TakenFile(name, MEDIA[row.format], row.size, row.sha256, file_of(row.id))
