"""The auditor finds nothing in an honest book, and every single row that somebody corrupted."""

from datetime import timedelta

import pytest
from tortoise.transactions import in_transaction

import core.ledger.audit  # noqa: F401  registers the checks
from core import clock
from core.audit import Finding, checks
from core.database import sql
from core.ledger import Cause, balance, replay, seal_new
from tests.scenes.ledger import (
    POINTS,
    SPRING,
    earn,
    give,
    give_back,
    set_aside,
    spend,
    take_back,
    use_held,
)

pytestmark = pytest.mark.usefixtures("db")
CHECKS = {name: work for name, work in checks.items() if name.startswith("ledger.")}

CORRUPTIONS = {  # by table: what may happen to one row
    "entry": [
        "UPDATE {} SET amount = amount + 1",
        "UPDATE {} SET amount = -amount",
        "UPDATE {} SET account_id = account_id + 1",
        "UPDATE {} SET journal_id = journal_id + 1",
        "UPDATE {} SET expires_at = coalesce(expires_at, now()) + interval '1 day'",
        "DELETE FROM {}",
    ],
    "journal": [
        "UPDATE {} SET cause_key = 'other'",
        'UPDATE {} SET memo = \'{{"order_no": "other"}}\'',
        "UPDATE {} SET at = at + interval '1 second'",
        "UPDATE {} SET digest = sha256('other')",
        "DELETE FROM {}",
    ],
    "account": ["UPDATE {} SET balance = coalesce(balance, 0) + 1", "DELETE FROM {}"],
    "lot": ["UPDATE {} SET remaining = remaining + 1"],
    "hold": [
        "UPDATE {} SET amount = amount + 1",
        "UPDATE {} SET state = CASE state WHEN 'held' THEN 'released' ELSE 'held' END",
        "DELETE FROM {}",
    ],
    "seal": [
        "UPDATE {} SET hash = sha256('other')",
        "UPDATE {} SET previous = sha256('other')",
        "UPDATE {} SET count = count + 1",
        "UPDATE {} SET day = day + 1",
    ],
}


async def a_busy_book() -> None:
    for number in range(4):
        await give(f"A{number}", 100, {"order_no": f"A{number}"})
        await give(f"S{number}", 50, expires_at=SPRING)
        await spend(f"B{number}", 70)
        await set_aside(f"O{number}", 20)
        await earn(f"O{number}", 100)
        await take_back(f"R{number}", Cause("test.earned", f"O{number}"), 1, 3)
    await use_held("O0", 20)
    await use_held("O1", 5)
    await give_back("O2")
    await take_back("P1", Cause("test.given", "A1"), 1, 2)
    await seal_new()


async def findings() -> list[Finding]:
    return [finding for work in CHECKS.values() for finding in await work()]


async def test_an_honest_book_has_no_findings() -> None:
    await a_busy_book()

    assert await findings() == []
    assert await replay() == 0


async def test_two_hundred_corrupted_rows_are_all_found() -> None:
    await a_busy_book()
    tried, missed = 0, []
    for table, queries in CORRUPTIONS.items():
        name = f"core_ledger_{table}"
        ids = [row["id"] for row in await sql(f"SELECT id FROM {name} ORDER BY id")]  # noqa: S608
        for query in queries:
            for row_id in ids[:: 1 if len(ids) < 10 else 2]:
                async with in_transaction() as what_if:
                    await sql("SET LOCAL session_replication_role = replica")
                    await sql(f"{query.format(name)} WHERE id = {row_id}")
                    if not await findings():
                        missed.append(f"{query} {row_id}")
                    await what_if.rollback()
                tried += 1

    assert missed == []
    assert tried >= 200


async def test_a_hold_past_its_end_is_a_finding() -> None:
    await give("A1", 100)
    await set_aside("O1", 10, for_s=-61)

    assert [finding.key for finding in await findings()] == ["test.held O1"]


async def test_a_journal_left_out_of_the_chain_is_a_finding() -> None:
    await give("A1", 100)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql("UPDATE core_ledger_journal SET written_at = $1", clock.now() - timedelta(days=2))

    assert [finding.check for finding in await findings()] == ["ledger.unsealed"]


async def test_replay_writes_lost_balances_and_lots_anew() -> None:
    await a_busy_book()
    before = await balance(POINTS)
    await sql("UPDATE core_ledger_account SET balance = 0 WHERE balance IS NOT NULL")
    await sql("UPDATE core_ledger_lot SET remaining = 0")
    wrong = await replay()

    assert wrong > 0
    assert await balance(POINTS) == before
    assert await findings() == []
