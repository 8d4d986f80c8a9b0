"""A compiled condition is true of exactly those of whom it is true when read plainly."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core import clock
from core.database import sql
from crm.people.models import Member
from crm.segments.bits import CHUNK
from crm.segments.compiling import Compiled, compile_count
from crm.segments.queries import matching, members_matching, parse
from crm.segments.queries.planes import Answers, answer_all
from crm.segments.rules import (
    All,
    Comparison,
    Condition,
    Did,
    Everyone,
    HasTrait,
    Is,
    Measure,
    Not,
    Sequence,
    Step,
    Window,
)
from crm.segments.rules import Any as Either
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member
from tests.scenes.segments import Time, World, bought, holds, said

MEMBERS = (1, 2, 3, 4, 5)
FEW = (2, 3)
shops = some.sampled_from(("a", "b"))
tags = some.sampled_from(("x", "y", "z"))
small = some.integers(0, 6)
times = some.builds(Time, some.sampled_from(MEMBERS), some.integers(1, 72), small, shops)
worlds = some.builds(
    World,
    some.builds(clock.now),
    some.just(MEMBERS),
    some.dictionaries(some.sampled_from(MEMBERS), small),
    some.dictionaries(some.sampled_from(MEMBERS), some.sets(tags, min_size=1).map(tuple)),
    some.lists(times, max_size=12).map(tuple),
    some.lists(times, max_size=12).map(tuple),
)
KNOWN = some.just(Comparison(Is.KNOWN))
numbers = some.one_of(
    some.builds(
        Comparison,
        some.sampled_from((Is.EQUALS, Is.AT_LEAST, Is.AT_MOST, Is.MORE_THAN, Is.LESS_THAN)),
        some.integers(0, 4),
    ),
    some.tuples(some.integers(0, 2), some.integers(2, 5)).map(
        lambda ends: Comparison(Is.BETWEEN, ends)
    ),
)
among = some.builds(
    Comparison, some.sampled_from((Is.IN, Is.NOT_IN)), some.sets(tags, min_size=1).map(tuple)
)
in_shops = some.builds(
    Comparison, some.sampled_from((Is.IN, Is.NOT_IN)), some.sets(shops, min_size=1).map(tuple)
)
wheres = some.lists(
    some.one_of(
        some.tuples(some.just("shop"), in_shops),
        some.tuples(some.just("places"), in_shops),
        some.tuples(some.just("amount"), numbers),
    ),
    max_size=2,
).map(tuple)
windows = some.one_of(some.just(Window()), some.builds(Window, some.integers(1, 3)))
steps = some.builds(Step, some.sampled_from(("test.bought", "test.viewed")), wheres, windows)
single = some.one_of(
    some.builds(HasTrait, some.just("test.balance"), some.one_of(numbers, KNOWN)),
    some.builds(
        HasTrait, some.just("test.tags"), some.one_of(among, some.just(Comparison(Is.KNOWN)))
    ),
    some.builds(Did, steps, some.just(Measure.COUNT), some.just(""), numbers),
    some.builds(Did, steps, some.just(Measure.SUM), some.just("amount"), numbers),
    some.builds(
        Sequence, some.lists(steps, min_size=2, max_size=3).map(tuple), some.integers(1, 2)
    ),
    some.just(Everyone()),
)
conditions = some.recursive(
    single,
    lambda part: some.one_of(
        some.lists(part, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        some.lists(part, min_size=1, max_size=3).map(lambda parts: Either(tuple(parts))),
        part.map(Not),
    ),
    max_leaves=6,
)


async def people() -> None:
    """Five members; the ids of an empty database begin with 1."""
    for _ in range(0 if await Member.exists() else len(MEMBERS)):
        _ = await a_member()


async def run(asked: Compiled) -> list[dict[str, Any]]:
    return await sql(asked.text, *asked.values)


def set_in(answers: Answers, n: int) -> set[int]:
    return {
        chunk * CHUNK + place * 8 + bit
        for chunk, found in answers.sheet.chunked(answers.planes[n])
        for place, byte in enumerate(found)
        for bit in range(8)
        if byte >> (7 - bit) & 1
    }


@pytest.mark.usefixtures("db")
@given(worlds, some.lists(conditions, min_size=1, max_size=4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_sql_and_plain_reading_agree(world: World, asked: list[Condition]) -> None:
    await people()
    with said(world):
        together = await answer_all(dict(enumerate(asked)), world.at, run)
        some_of = await answer_all(dict(enumerate(asked)), world.at, run, FEW)
        for n, condition in enumerate(asked):
            wanted = {member for member in MEMBERS if holds(condition, member, world)}
            alone = compile_count(condition, world.at)
            [counted] = await sql(alone.text, *alone.values)

            assert set_in(together, n) == wanted, condition
            assert set_in(some_of, n) == wanted & set(FEW), condition
            assert counted["count"] == len(wanted)


@pytest.mark.usefixtures("db")
async def test_what_was_bought_is_asked_of_the_orders_themselves() -> None:
    often, once, never = await a_member(), await a_member(), await a_member()
    shelf = await a_shelf(list_price_fen=20_000)
    for member, quantity in ((often, 2), (often, 1), (once, 1)):
        await bought(member.id, shelf, quantity=quantity)
    everybody = [often.id, once.id, never.id]
    did = {"did": "orders.bought"}
    store = {"attribute": "store", "is": "in", "value": [str(shelf.store_id)]}

    async def who(data: object) -> set[int]:
        return await matching(parse(data), everybody)

    assert await who(did) == {often.id, once.id}
    assert await who({"not": did}) == {never.id}
    assert await who(did | {"count": {"is": "at_least", "value": 2}}) == {often.id}
    assert await who(did | {"count": {"is": "at_most", "value": 1}}) == {once.id, never.id}
    assert await who(did | {"sum": {"of": "quantity", "is": "equals", "value": 3}}) == {often.id}
    assert await who(did | {"where": [store], "within_days": 1}) == {often.id, once.id}
    assert await who({"trait": "orders.total", "is": "more_than", "value": 30_000}) == {often.id}
    assert await who({"trait": "orders.last", "is": "within_days", "value": 3}) == {
        often.id,
        once.id,
    }
    assert await who({"trait": "orders.last", "is": "over_days_ago", "value": 3}) == set()
    assert await members_matching(parse({"not": did}), after=once.id) == [never.id]


@pytest.mark.usefixtures("db")
async def test_a_day_is_a_shop_day() -> None:
    """19:41 UTC is already the next day in the shop."""
    moment = clock.now().replace(hour=19, minute=41) - timedelta(days=3)
    world = World(moment, (1,), {}, {}, (Time(1, 0, 5, "a"),), ())
    await people()
    day = clock.shop_day(moment)
    with said(world):
        for since, found in ((day, {1}), (day + timedelta(days=1), set())):
            data = {"did": "test.bought", "since": since.isoformat()}
            assert await matching(parse(data), [1]) == found
        data = {"did": "test.bought", "until": (day - timedelta(days=1)).isoformat()}
        assert await matching(parse(data), [1]) == set()
