"""Who may do what (S1, S2, S6): every operation, every role, own, foreign and missing things.

The operations come from the routes themselves; a new one without a row in the table fails.
"""

from collections.abc import AsyncIterator, Iterator

import httpx2

from core.security.scope import Role
from core.web.limits import forget_tries
from core.web.operations import Operation
from tests.scenes.full_shop import MISSING, Asker
from tests.security.callers import Caller, code_of, comparable
from tests.security.conftest import Crowd, database
from tests.security.table import OWNED, TABLE, Entry, name_of, operations


def test_every_operation_has_a_row_in_the_table() -> None:
    names = [name_of(operation) for operation in operations()]

    assert sorted(set(names) - TABLE.keys()) == []
    assert sorted(TABLE.keys() - set(names)) == []


async def pairs(crowd: Crowd) -> AsyncIterator[tuple[Operation, Entry, Caller]]:
    for operation in operations():
        for caller in crowd.callers.values():
            await forget_tries()  # a minute goes by: all askers come from one address here
            yield operation, TABLE[name_of(operation)], caller


def barred(operation: Operation, asker: Asker) -> tuple[int, str] | None:
    """How the policy refuses this asker; None when it lets them in."""
    if operation.who.is_open or asker.role in operation.who.roles:
        return None
    is_stranger = asker.role is Role.PARTNER and operation.kind == "page"  # a key is no cookie
    is_known = asker.role is not None and not is_stranger
    return (403, "core.not_allowed") if is_known else (401, "core.sign_in_needed")


def is_owner(entry: Entry, asker: Asker) -> bool:
    return asker.name not in entry.but


async def test_whom_the_policy_bars_is_refused_alike_for_any_thing_and_changes_nothing(
    crowd: Crowd,
) -> None:
    wrong, before = [], await database()
    async for operation, entry, caller in pairs(crowd):
        expected = barred(operation, caller.asker)
        if expected is None or entry.ends_session:
            continue
        answers = [
            await caller.ask(operation, entry, caller.asker.own),
            await caller.ask(operation, entry, {**caller.asker.own, **MISSING}),
        ]
        said = {(answer.status_code, code_of(answer)) for answer in answers}
        if said != {expected}:
            wrong.append(f"{caller.asker.name}: {name_of(operation)}: {said} is not {expected}")

    assert "\n".join(wrong) == ""
    assert await database() == before


async def test_a_foreign_thing_answers_exactly_like_one_that_is_not_there(crowd: Crowd) -> None:
    wrong, before = [], await database()
    async for operation, entry, caller in pairs(crowd):
        if not entry.thing or barred(operation, caller.asker):
            continue
        things = {**caller.asker.own, entry.thing: MISSING[entry.thing]}
        missing = await caller.ask(operation, entry, things)
        name = f"{caller.asker.name}: {name_of(operation)}"
        if (missing.status_code, code_of(missing)) != entry.missing:
            wrong.append(f"{name}: missing is {missing.status_code} {code_of(missing)}")
        if entry.thing not in OWNED or not caller.asker.foreign:
            continue
        theirs = caller.asker.foreign[entry.thing]
        foreign = await caller.ask(operation, entry, {**things, entry.thing: theirs})
        if comparable(foreign, theirs) != comparable(missing, things[entry.thing]):
            wrong.append(f"{name}: foreign is {foreign.status_code}: {foreign.text[:200]!r}")

    assert "\n".join(wrong) == ""
    assert await database() == before


async def test_whom_the_policy_lets_in_gets_their_own_and_nobody_elses(crowd: Crowd) -> None:
    wrong = []
    async for operation, entry, caller in pairs(crowd):
        if barred(operation, caller.asker):
            continue
        answer = await caller.ask(operation, entry, caller.asker.own)
        faults = list(_faults(entry, caller.asker, answer))
        wrong += [f"{caller.asker.name}: {name_of(operation)}: {fault}" for fault in faults]

    assert "\n".join(wrong) == ""


def _faults(entry: Entry, asker: Asker, answer: httpx2.Response) -> Iterator[str]:
    expected = entry.ok
    if not is_owner(entry, asker) and entry.thing:
        expected = entry.missing[0]
    if answer.status_code != expected:
        yield f"{answer.status_code} is not {expected}: {answer.text[:300]!r}"
    if not entry.shows:
        return
    mine, theirs = asker.own.get(entry.shows), asker.foreign.get(entry.shows)
    if is_owner(entry, asker) and str(mine) not in answer.text:
        yield f"does not show {mine}"
    if theirs and theirs in answer.text:
        yield f"shows {theirs}, which is somebody else's"
