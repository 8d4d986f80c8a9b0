import asyncio
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from core import clock
from core.database import sql
from core.ledger import chain_heads, seal_day, seal_new, verify_chain
from tests.scenes.ledger import earn, give, spend

pytestmark = pytest.mark.usefixtures("db")


async def without_guard(query: str) -> None:
    """What somebody with the keys of the database could do."""
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql(query)


async def a_sealed_book() -> None:
    await give("A1", 100)
    await earn("O1", 100)
    await seal_new()
    await spend("B1", 40)
    await earn("O2", 100)
    await seal_new()


async def test_the_database_itself_refuses_to_change_the_book() -> None:
    await a_sealed_book()
    for table in ("journal", "entry", "seal"):
        for query in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            with pytest.raises(IntegrityError, match="append-only"):
                await sql(query.format(f"core_ledger_{table}"))


async def test_an_account_keeps_its_name_and_its_row() -> None:
    await give("A1", 100)
    with pytest.raises(IntegrityError, match="append-only"):
        await sql("UPDATE core_ledger_account SET owner = 'member:1'")
    with pytest.raises(IntegrityError, match="append-only"):
        await sql("DELETE FROM core_ledger_account")


async def test_every_book_has_its_own_chain() -> None:
    await a_sealed_book()
    chain = await verify_chain()

    assert (chain.seals, chain.journals, chain.breaks) == (4, 4, ())
    assert {book: number for book, (number, _) in (await chain_heads()).items()} == {
        "fen": 2,
        "points": 2,
    }


async def test_sealing_again_changes_nothing() -> None:
    await a_sealed_book()
    heads = await chain_heads()

    assert await seal_new() == 0
    assert await seal_day(clock.shop_day(clock.now())) == 0
    assert await chain_heads() == heads


async def test_sealers_at_once_take_turns() -> None:
    for number in range(10):
        await give(f"A{number}", 1)
    sealed = await asyncio.gather(*[seal_new() for _ in range(4)])

    assert sum(sealed) == 10
    assert (await verify_chain()).breaks == ()


async def test_a_journal_that_commits_late_is_in_the_next_seal() -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def dawdle() -> None:
        async with in_transaction():
            await give("A1", 1)
            started.set()
            await go.wait()

    late = asyncio.create_task(dawdle())
    await started.wait()
    await earn("O1", 1)
    first = await seal_new()
    go.set()
    await late

    assert (first, await seal_new()) == (1, 1)
    assert (await verify_chain()).breaks == ()


async def test_a_day_is_sealed_by_the_shop_s_calendar() -> None:
    await give("A1", 1)
    today = clock.shop_day(clock.now())

    assert await seal_day(today - timedelta(days=1)) == 0
    assert await seal_day(today) == 1


ALTERATIONS = [
    "UPDATE core_ledger_entry SET amount = amount + 1 WHERE id = 1",
    "UPDATE core_ledger_entry SET expires_at = NULL WHERE id = 1",
    "DELETE FROM core_ledger_entry WHERE id = 2",
    'UPDATE core_ledger_journal SET memo = \'{"order_no": "X"}\' WHERE id = 1',
    "UPDATE core_ledger_journal SET at = at - interval '1 microsecond' WHERE id = 1",
    "UPDATE core_ledger_journal SET cause_key = 'X' WHERE id = 1",
    "UPDATE core_ledger_journal SET digest = sha256('x') WHERE id = 1",
    "UPDATE core_ledger_seal SET hash = sha256('x') WHERE id = 1",
    "UPDATE core_ledger_seal SET count = count + 1 WHERE id = 1",
    "DELETE FROM core_ledger_seal WHERE number = 1",
    "DELETE FROM core_ledger_journal WHERE id = 1",
    "UPDATE core_ledger_seal SET journals = '{[1,2),[3,9)}' WHERE id = 1",
]


async def test_whatever_is_altered_breaks_the_chain() -> None:
    await a_sealed_book()
    for query in ALTERATIONS:
        async with in_transaction() as what_if:
            await sql("SET LOCAL session_replication_role = replica")
            await sql(query)
            chain = await verify_chain()
            await what_if.rollback()

        assert chain.breaks, query


async def test_a_forged_digest_still_breaks_the_seal() -> None:
    await a_sealed_book()
    await without_guard(
        "UPDATE core_ledger_journal SET digest = (SELECT digest FROM core_ledger_journal"
        " WHERE id = 3) WHERE id = 1"
    )
    keys = {broken.key for broken in (await verify_chain()).breaks}

    assert keys == {"points #1", "test.given A1"}
