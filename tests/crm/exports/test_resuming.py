"""A worker dies in the middle: the next one goes on, and there is one file and one audit row."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from core.audit_log import AuditRow
from core.outbox import OutboxRow
from core.settings import Settings, current
from crm.exports.models import Export, Piece
from crm.exports.queries import Format
from crm.exports.rules import State
from crm.exports.service import make_list, want_export, write_file
from tests.scenes.exports import (
    a_clerk,
    an_order,
    file_for,
    members_with_phones,
    rows_of,
    scope_by_id,
)

pytestmark = pytest.mark.usefixtures("db")
MEMBERS = 6
HOLD = "INSERT INTO exports_piece (export_id, is_file, no, cipher) VALUES ($1, true, 4, '')"


async def a_list(kind: Format = Format.CSV) -> tuple[Export, list[str]]:
    """An export whose list is made and whose file is not yet, with the numbers of its members."""
    members = await members_with_phones(MEMBERS)
    clerk = await a_clerk()
    public_id = await want_export(scope=clerk, order=an_order(format=kind), key="k")
    row = await Export.get(public_id=public_id)
    await make_list(row.id)
    await make_list(row.id)  # twice is once
    return await Export.get(id=row.id), [member.public_id for member in members]


async def rows_done(row: Export) -> int:
    return (await Export.get(id=row.id)).rows_done


async def check_one_file(row: Export, numbers: list[str]) -> None:
    done = await Export.get(id=row.id)
    assert (done.state, done.rows_done) == (State.READY, MEMBERS)
    assert await AuditRow.filter(action="export.made").count() == 1
    data = await file_for(await scope_by_id(row.asked_by), row.public_id)
    assert len(data) == done.size
    if row.format is Format.CSV:
        assert [one[0] for one in rows_of(data)[1:]] == numbers


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX])
@pytest.mark.parametrize("after", [0, 1, 3, 5, 6])
async def test_a_writer_cut_off_anywhere_is_gone_on_from_where_it_was(
    kind: Format, after: int
) -> None:
    row, numbers = await a_list(kind)
    work = asyncio.create_task(write_file(row.id, rows_a_piece=1))
    while await rows_done(row) < after and not work.done():  # noqa: ASYNC110  rows say it
        await asyncio.sleep(0)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await write_file(row.id, rows_a_piece=1)
    await write_file(row.id, rows_a_piece=1)

    await check_one_file(row, numbers)


@pytest.mark.parametrize("kind", [Format.CSV, Format.XLSX])
async def test_two_writers_at_once_make_one_file(kind: Format) -> None:
    row, numbers = await a_list(kind)
    await asyncio.gather(*(write_file(row.id, rows_a_piece=2) for _ in range(3)))

    if kind is Format.CSV:
        assert await Piece.filter(export_id=row.id).count() == 4  # the header and three
    await check_one_file(row, numbers)


async def test_a_worker_killed_with_the_file_half_written_leaves_no_second_audit_row(
    settings: Settings, tmp_path: Path
) -> None:
    row, numbers = await a_list()
    said = tmp_path / "settings.json"
    said.write_text(json.dumps(revealed(settings)))
    command = [sys.executable, "-m", "tests.scenes.export_writer", str(said), str(row.id)]
    async with the_fourth_piece_held_up(settings, row):
        writer = subprocess.Popen(command)  # noqa: ASYNC220
        while await rows_done(row) < 3 and writer.poll() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert await rows_done(row) == 3
    await write_file(row.id, rows_a_piece=1)

    await check_one_file(row, numbers)


@asynccontextmanager
async def the_fourth_piece_held_up(settings: Settings, row: Export) -> AsyncIterator[None]:
    """Whoever writes it waits, in the middle of their transaction, for one that never ends well."""
    other = await asyncpg.connect(settings.database_url)
    turn = other.transaction()
    await turn.start()
    await other.execute(HOLD, row.id)
    yield
    await turn.rollback()
    await other.close()


def revealed(settings: Settings) -> dict[str, object]:
    return {
        "mode": "test",
        "database_url": settings.database_url,
        "signing_key": current().signing_key.get_secret_value(),
        "field_keys": {k: v.get_secret_value() for k, v in current().field_keys.items()},
        "index_keys": {k: v.get_secret_value() for k, v in current().index_keys.items()},
    }


async def test_the_list_and_its_file_are_owed_once() -> None:
    await a_list()

    assert await OutboxRow.filter(name="exports.write").count() == 1
