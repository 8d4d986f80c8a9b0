"""However many phones wait, their looks together stay within what one process can answer."""

import heapq

from invoicing.pages.pacing import LONGEST_S, Looks


def looks_of(phones: int, *, seconds: float) -> list[float]:
    """The moments at which phones look that all came within the first ten seconds."""
    paced, made = Looks(a_second=20), []
    due = [10 * number / phones for number in range(phones)]
    heapq.heapify(due)
    while due and due[0] < seconds:
        at = heapq.heappop(due)
        made.append(at)
        heapq.heappush(due, at + paced.pause_s(at, 2))
    return made


def test_a_lone_phone_looks_every_two_seconds() -> None:
    assert looks_of(1, seconds=10) == [0, 2, 4, 6, 8]


def test_a_crowd_is_answered_at_the_rate_of_the_house() -> None:
    late = [at for at in looks_of(1_200, seconds=240) if at >= 120]

    assert 0.5 * 20 * 120 < len(late) <= 1.1 * 20 * 120


def test_nobody_waits_longer_than_said_and_an_empty_house_forgets() -> None:
    paced = Looks(a_second=20)
    pauses = [paced.pause_s(0, 2) for _ in range(10_000)]

    assert (pauses[0], pauses[-1]) == (2, LONGEST_S)
    assert paced.pause_s(10_000, 2) == 2
