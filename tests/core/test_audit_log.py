"""The audit log: nobody changes a row, and whoever gets round the database is found out (P11)."""

import asyncio
import base64
import secrets
from datetime import timedelta

import pytest
from pydantic import SecretStr
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from core.audit_log import chain_head, record, seal_new, verify_chain
from core.audit_log.audit import the_log_is_what_was_sealed
from core.database import sql
from core.settings import Settings, configure
from tests.scenes.auditing import overlooked_of

pytestmark = pytest.mark.usefixtures("db")


async def a_sealed_log() -> None:
    """Two seals of two rows each."""
    for turn in range(2):
        for number in range(2):
            await record("system", "people.revealed", f"member:{turn}{number}", rows=number)
        await seal_new()


def a_key() -> SecretStr:
    return SecretStr(base64.b64encode(secrets.token_bytes(32)).decode())


async def test_the_database_itself_refuses_to_change_the_log() -> None:
    await a_sealed_log()

    for table in ("core_audit_log", "core_audit_seal"):
        for query in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(IntegrityError, match="append-only"):
                await sql(query.format(table))


async def test_a_log_nobody_touched_is_whole_and_sealing_again_changes_nothing() -> None:
    await a_sealed_log()
    head = await chain_head()

    assert head[0] == 2
    assert await seal_new() == 0
    assert await chain_head() == head
    assert await verify_chain() == []


async def test_sealers_at_once_seal_each_row_once() -> None:
    for number in range(10):
        await record("system", "people.revealed", f"member:{number}")

    assert sum(await asyncio.gather(*[seal_new() for _ in range(4)])) == 10
    assert await verify_chain() == []


async def test_a_row_that_commits_late_is_in_the_next_seal() -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def dawdle() -> None:
        async with in_transaction():
            await record("system", "people.revealed", "member:1")
            started.set()
            await go.wait()

    late = asyncio.create_task(dawdle())
    await started.wait()
    await record("system", "people.revealed", "member:2")
    first = await seal_new()
    go.set()
    await late

    assert (first, await seal_new()) == (1, 1)
    assert await verify_chain() == []


CORRUPTIONS = (
    "UPDATE core_audit_log SET actor = 'head_office:9' WHERE id = 1",
    "UPDATE core_audit_log SET action = 'people.copied' WHERE id = 2",
    "UPDATE core_audit_log SET subject = 'member:9' WHERE id = 3",
    """UPDATE core_audit_log SET facts = '{"rows": 7}' WHERE id = 4""",
    "UPDATE core_audit_log SET at = at - interval '1 microsecond' WHERE id = 1",
    "UPDATE core_audit_log SET id = 100 WHERE id = 4",
    "DELETE FROM core_audit_log WHERE id = 3",
    """INSERT INTO core_audit_log (actor, action, subject, facts, at)
    VALUES ('system', 'people.copied', 'member:1', '{}', now() - interval '2 days')""",
    "UPDATE core_audit_seal SET listed = substr(listed, 41), rows = '{[2,3)}' WHERE number = 1",
    "UPDATE core_audit_seal SET rows = '{[1,9)}' WHERE number = 2",
    "UPDATE core_audit_seal SET hash = sha256('x') WHERE number = 2",
    "UPDATE core_audit_seal SET signature = 'gone.x' WHERE number = 2",
    "DELETE FROM core_audit_seal WHERE number = 1",
)


async def test_each_changed_removed_or_inserted_row_is_found() -> None:
    await a_sealed_log()

    assert await overlooked_of({"audit_log.chain": CORRUPTIONS}, ["audit_log"]) == []


async def test_the_row_itself_is_named() -> None:
    await a_sealed_log()
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql("UPDATE core_audit_log SET actor = 'guide:1' WHERE id = 2")
        await sql("DELETE FROM core_audit_log WHERE id = 3")

    found = [(one.key, one.text) for one in await the_log_is_what_was_sealed()]
    assert found == [("row 2", "was changed"), ("row 3", "was removed")]


async def test_a_chain_written_anew_lacks_the_signature(settings: Settings) -> None:
    """Somebody with the whole database, but none of our keys, seals a log of their own."""
    configure(settings.model_copy(update={"index_keys": {"i9": a_key()}}))
    await a_sealed_log()
    configure(settings)

    assert [one.text for one in await verify_chain()] == [
        "the newest, is signed with no key of ours"
    ]


async def test_a_chain_signed_with_another_key_of_the_same_name_is_not_ours(
    settings: Settings,
) -> None:
    [name] = settings.index_keys
    configure(settings.model_copy(update={"index_keys": {name: a_key()}}))
    await a_sealed_log()
    configure(settings)

    assert {one.text for one in await verify_chain()} == {"was not signed by us"}


async def test_after_a_change_of_keys_later_seals_vouch_for_earlier_ones(
    settings: Settings,
) -> None:
    await a_sealed_log()
    newer = a_key()
    configure(settings.model_copy(update={"index_keys": {**settings.index_keys, "i9": newer}}))
    assert await seal_new() == 0  # nothing new to seal, yet there is a seal under the new key
    configure(settings.model_copy(update={"index_keys": {"i9": newer}}))

    assert (await chain_head())[0] == 3
    assert await verify_chain() == []


async def test_after_a_rest_of_the_worker_nothing_is_left_out() -> None:
    await a_sealed_log()
    old = timedelta(hours=5)
    async with in_transaction():
        await sql("SET LOCAL session_replication_role = replica")
        await sql("UPDATE core_audit_seal SET sealed_at = sealed_at - $1::interval", old)
    await record("system", "people.revealed", "member:7")
    await sql(
        "INSERT INTO core_audit_log (actor, action, subject, facts, at)"
        " VALUES ('system', 'people.revealed', 'member:8', '{}', now() - interval '2 hours')"
    )

    assert await seal_new() == 2
    assert await verify_chain() == []
