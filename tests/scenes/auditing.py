"""Set the scene: books that are spoilt for a moment, and what the auditor says of them."""

from collections.abc import Collection, Mapping, Sequence

from tortoise.transactions import in_transaction

from core.audit import checks
from core.database import sql


class _Undo(Exception): ...


async def named_in(rooms: Collection[str]) -> set[str]:
    """The checks of these rooms that find something."""
    names = [name for name in checks if name.split(".")[0] in rooms]
    return {found.check for name in names for found in await checks[name]()}


async def named_when(statement: str, rooms: Collection[str]) -> set[str]:
    """What the auditor names after one corruption, which is then undone."""
    named: set[str] = set()
    try:
        async with in_transaction():
            await sql("SET LOCAL session_replication_role = replica")
            await sql(statement)
            named = await named_in(rooms)
            raise _Undo
    except _Undo:
        return named


async def overlooked_of(
    corruptions: Mapping[str, Sequence[str]], rooms: Collection[str]
) -> list[tuple[str, str, set[str]]]:
    """Which corruptions their check does not name, with what was named instead."""
    missed = []
    for wanted, statements in corruptions.items():
        for statement in statements:
            named = await named_when(statement, rooms)
            if wanted not in named:
                missed.append((wanted, statement, named))
    return missed
