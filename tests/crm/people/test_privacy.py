"""What every room says of its columns, held against the database itself (P1)."""

import pytest

from app.wiring import ROOMS
from core.database import sql
from core.privacy import Kept, all_expiring, all_owned, all_personal, registers, unlisted

pytestmark = pytest.mark.usefixtures("db")
COLUMNS = """
SELECT table_name AS table, column_name AS column FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'tortoise_migrations'
"""
HELD_BY = {"core_ledger": "ledger", "core_": "core", "feed_": "feed", "bills_": "bills"}
MEMBER_COLUMNS = {"member_id", "kept_id", "gone_id", "merged_into_id", "viewer_id"}


def room_of(table: str) -> str:
    known = [room for room in ROOMS if table.startswith(f"{room}_")]
    for prefix, room in {"core_ledger": "ledger", "core_audit": "audit_log"}.items():
        if table.startswith(prefix):
            return room
    return max(known, key=len) if known else "core"


async def columns() -> list[tuple[str, str, str]]:
    return [(room_of(row["table"]), row["table"], row["column"]) for row in await sql(COLUMNS)]


async def test_every_column_of_the_product_is_personal_with_a_purpose_or_is_not_personal() -> None:
    """A new column without an entry fails here (privacy rule P1)."""
    assert unlisted(await columns()) == set()


async def test_no_list_names_a_column_that_is_not_there() -> None:
    there = {f"{table}.{column}" for _, table, column in await columns()}

    assert set(all_personal()) - there == set()
    assert {f"{own.table}.{own.column}" for own in all_owned() if not own.whose} - there == set()
    assert {f"{one.table}.{one.at}" for one in all_expiring()} - there == set()


async def test_every_column_with_a_members_id_has_somebody_who_answers_for_it() -> None:
    owned = {(own.table, own.column) for own in all_owned() if not own.whose}
    held = {(table, column) for _, table, column in await columns() if column in MEMBER_COLUMNS}

    assert held - owned == set()


def is_told(kept: Kept) -> bool:
    return bool(kept.purposes and kept.zh and kept.en)


async def test_every_personal_column_has_a_purpose_and_a_name_for_the_notice() -> None:
    nameless = {name for name, kept in all_personal().items() if not is_told(kept)}

    assert nameless == set()
    assert set(registers) >= {"people", "orders", "payments", "invoicing"}


async def test_what_is_said_of_each_table_runs_on_the_database() -> None:
    """Every condition, key and blank is real SQL."""
    for own in all_owned():
        await sql(f"SELECT {own.key} FROM {own.table} WHERE {own.condition}", 1)  # noqa: S608
    for one in all_expiring():
        await sql(f"SELECT {one.at} FROM {one.table} WHERE {one.where} LIMIT 1")  # noqa: S608
