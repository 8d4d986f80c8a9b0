"""Writing the file: piece by piece, each kept with how far it is, so that a killed worker's
successor goes on where it was, and a cancelled export stops at the next piece."""

import asyncio
import hashlib

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from core.sheets import BOM, Book, Workbook, csv_lines, xlsx_rows
from crm.exports.models import Export, Piece
from crm.exports.reading import RowReader
from crm.exports.rules import ROWS_A_PIECE, Format, State
from crm.exports.sealing import Place, file_of, pieces_of, sealed
from crm.exports.service.ending import fail
from crm.people.queries import terms_of
from crm.tags.service import Marking, Source, mark_members
from trade.stores.queries import scope_of_staff

NEXT = """
SELECT member_id FROM exports_listed
WHERE export_id = $1 AND place >= $2 AND place < $3 ORDER BY place
"""
ON = """
UPDATE exports_export SET rows_done = rows_done + $3
WHERE id = $1 AND state = 'running' AND rows_done = $2 RETURNING id
"""
# Whoever comes second waits here, and then finds it finished.
TURN = "SELECT id FROM exports_export WHERE id = $1 AND state = 'running' FOR UPDATE"
FINISH = """
UPDATE exports_export SET state = $2, sha256 = $3, size = $4, ready_at = now()
WHERE id = $1 AND state = 'running' AND rows_done = members RETURNING id
"""
A_PART = 512 * 1024  # bytes of a bound file in one piece


async def write_file(export_id: int, *, rows_a_piece: int = ROWS_A_PIECE) -> None:
    """Go on with it until it is ready or somebody stopped it. Twice at once does no harm."""
    while True:
        row = await Export.get_or_none(id=export_id, state=State.RUNNING)
        if row is None:
            return
        scope = await scope_of_staff(row.asked_by)
        if scope is None or scope.role is not row.role:
            await fail(row.id, "账号已停用或换了岗位 / the account has left or changed")
            return
        if row.rows_done >= row.members:
            await _finish(row, scope)
            return
        await _go_on(row, scope, rows_a_piece)


async def _go_on(row: Export, scope: Scope, most: int) -> None:
    listed = await sql(NEXT, row.id, row.rows_done, row.rows_done + most)
    member_ids = [one["member_id"] for one in listed]
    if row.format is Format.TAG:
        await _mark(row, scope, member_ids)
        return
    rows = await (await _reader(row, scope)).rows(member_ids)
    place = Place(row.id, row.format is Format.CSV, row.rows_done + 1)
    cipher = await asyncio.to_thread(_written, row.format, rows, place)
    await _keep(row, place, cipher, len(member_ids))


async def _reader(row: Export, scope: Scope) -> RowReader:
    return RowReader(row, scope, (await terms_of(scope)).shared)


def _written(kind: Format, rows: list[list[str | int | None]], place: Place) -> str:
    text = csv_lines(rows) if kind is Format.CSV else xlsx_rows(rows)
    return sealed(text.encode(), place)


@use_case
async def _keep(row: Export, place: Place, cipher: str, count: int) -> None:
    """The piece and how far it is, together; nothing where another worker was first."""
    if await sql(ON, row.id, row.rows_done, count):
        await Piece(export_id=row.id, is_file=place.is_file, no=place.no, cipher=cipher).save()


@use_case
async def _mark(row: Export, scope: Scope, member_ids: list[int]) -> None:
    """Each member gets the tag once for this export, however often it is begun."""
    if row.tag_id is None or not await sql(ON, row.id, row.rows_done, len(member_ids)):
        return
    marking = Marking(Source.MANUAL, by=scope.actor, cause=f"export:{row.public_id}")
    await mark_members(tag_id=row.tag_id, member_ids=member_ids, marking=marking)


@use_case
async def _finish(row: Export, scope: Scope) -> None:
    """The file is bound, hashed, said to be ready, and stands in the audit log: all or nothing."""
    if not await sql(TURN, row.id):
        return
    if row.format is Format.TAG:
        await _tell(row, scope, State.DONE, "", 0)
        return
    await _add_header(row, scope)
    if row.format is Format.XLSX:
        await _bind(row)
    digest, size = hashlib.sha256(), 0
    async for part in file_of(row.id):
        digest.update(part)
        size += len(part)
    await _tell(row, scope, State.READY, digest.hexdigest(), size)


async def _add_header(row: Export, scope: Scope) -> None:
    header, is_file = [(await _reader(row, scope)).header()], row.format is Format.CSV
    text = BOM + csv_lines(header) if is_file else xlsx_rows(header)
    cipher = sealed(text.encode(), Place(row.id, is_file, 0))
    await Piece(export_id=row.id, is_file=is_file, no=0, cipher=cipher).save()


async def _bind(row: Export) -> None:
    """Rows become a workbook, of which no more than a piece is in memory."""
    book = Workbook(Book("members" if row.language == "en" else "会员", row.watermark))
    waiting, no = b"", 0
    async for rows in pieces_of(row.id, is_file=False):
        waiting += await asyncio.to_thread(book.add, rows.decode())
        if len(waiting) >= A_PART:
            await _keep_part(row.id, no, waiting)
            waiting, no = b"", no + 1
    await _keep_part(row.id, no, waiting + book.close())
    await Piece.filter(export_id=row.id, is_file=False).delete()


async def _keep_part(export_id: int, no: int, data: bytes) -> None:
    cipher = await asyncio.to_thread(sealed, data, Place(export_id, no=no, is_file=True))
    await Piece(export_id=export_id, is_file=True, no=no, cipher=cipher).save()


async def _tell(row: Export, scope: Scope, state: State, sha256: str, size: int) -> None:
    if not await sql(FINISH, row.id, state, sha256, size):
        return
    await record(
        scope,
        "export.made",
        f"export:{row.public_id}",
        use=row.use,
        reason=row.reason,
        receiver=row.receiver,
        rows=row.members,
        columns=",".join(row.columns),
        condition=hashlib.sha256(repr(row.condition).encode()).hexdigest(),
        masked=int(not row.is_whole),
        seen_by=row.seen_by,
        watermark=row.watermark,
        sha256=sha256,
    )
