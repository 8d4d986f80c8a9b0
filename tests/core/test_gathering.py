"""Calls that arrive while one is under way go together in the next one."""

import asyncio
from collections.abc import Sequence

import pytest

from core.gathering import Gathering


class Counter:
    """Answers twice what it is asked, and remembers who went together. 13 breaks the group."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def work(self, group: Sequence[int]) -> list[int | BaseException]:
        self.groups.append(list(group))
        await self.gate.wait()
        if 13 in group:
            raise RuntimeError("thirteen")
        return [LookupError(number) if number < 0 else number * 2 for number in group]


async def test_a_lone_call_is_not_delayed_and_a_crowd_goes_together() -> None:
    counter = Counter()
    gathering = Gathering(counter.work, most=4)
    assert await gathering.ask(1) == 2
    counter.gate.clear()
    first = asyncio.create_task(gathering.ask(2))
    await asyncio.sleep(0)
    rest = [asyncio.create_task(gathering.ask(number)) for number in range(3, 9)]
    await asyncio.sleep(0.01)
    counter.gate.set()

    assert await asyncio.gather(first, *rest) == [4, 6, 8, 10, 12, 14, 16]
    assert counter.groups[0] == [1]
    assert [number for group in counter.groups for number in group] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert max(map(len, counter.groups)) == 4


async def test_a_refusal_and_a_broken_group_are_felt_by_nobody_else() -> None:
    counter = Counter()
    gathering = Gathering(counter.work)
    answers = await asyncio.gather(
        *[gathering.ask(number) for number in (1, -1, 13, 2)], return_exceptions=True
    )

    assert (answers[0], answers[3]) == (2, 4)
    assert isinstance(answers[1], LookupError)
    assert isinstance(answers[2], RuntimeError)
    assert counter.groups == [[1, -1, 13, 2], [1], [-1], [13], [2]]


async def test_who_leaves_changes_nothing_for_the_others() -> None:
    counter = Counter()
    gathering = Gathering(counter.work)
    counter.gate.clear()
    asked = [asyncio.create_task(gathering.ask(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0.01)
    asked[1].cancel()
    counter.gate.set()

    assert await asked[0] == 2
    assert await asked[2] == 6
    with pytest.raises(asyncio.CancelledError):
        await asked[1]
    assert counter.groups == [[1, 2, 3]]


async def test_with_two_lanes_the_next_group_begins_while_the_first_is_under_way() -> None:
    counter = Counter()
    gathering = Gathering(counter.work, lanes=2)
    counter.gate.clear()
    asked = [asyncio.create_task(gathering.ask(number)) for number in (1, 2, 3, 4)]
    await asyncio.sleep(0.01)
    late = [asyncio.create_task(gathering.ask(number)) for number in (5, 6)]
    await asyncio.sleep(0.01)

    assert len(counter.groups) == 2  # neither has ended
    counter.gate.set()
    assert await asyncio.gather(*asked, *late) == [2, 4, 6, 8, 10, 12]


async def test_who_asks_again_in_the_breath_of_the_answer_is_answered_too() -> None:
    async def double(group: Sequence[int]) -> list[int | BaseException]:
        return [2 * one for one in group]

    doubling: Gathering[int, int] = Gathering(double)

    async with asyncio.timeout(5):
        assert [await doubling.ask(n) for n in range(5)] == [0, 2, 4, 6, 8]
