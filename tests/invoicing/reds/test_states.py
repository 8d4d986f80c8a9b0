"""The state table of red letters, and the bureau's form states on it."""

from datetime import UTC, datetime, timedelta

import pytest

from invoicing.backends.port import FormState
from invoicing.reds.errors import RedCannotMove
from invoicing.reds.rules.states import (
    ASKABLE,
    ENDED,
    FORM_ACTS,
    MOVES,
    RedState,
    is_overdue,
    move,
    needs_reminder,
)


def test_each_form_state_has_a_road_from_each_state_that_is_asked_about() -> None:
    assert FORM_ACTS.keys() == set(FormState)
    for state in ASKABLE:
        for action in FORM_ACTS.values():
            assert (state, action) in MOVES


def test_nothing_leaves_an_end_and_every_other_state_leads_to_one() -> None:
    assert not [state for state, _ in MOVES if state in ENDED]
    reaches = {
        state: {after for (before, _), after in MOVES.items() if before is state}
        for state in RedState
    }
    for state in set(RedState) - ENDED:
        seen, todo = set[RedState](), {state}
        while todo:
            at = todo.pop()
            seen.add(at)
            todo |= reaches[at] - seen
        assert RedState.ISSUED in seen


def test_a_road_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(RedCannotMove):
        move(RedState.ISSUED, "withdraw")


def test_a_form_is_reminded_of_after_two_days_and_overdue_after_three() -> None:
    opened = datetime(2026, 1, 1, tzinfo=UTC)
    assert not needs_reminder(opened, opened + timedelta(hours=47, minutes=59))
    assert needs_reminder(opened, opened + timedelta(hours=48))
    assert not is_overdue(opened, opened + timedelta(hours=72))
    assert is_overdue(opened, opened + timedelta(hours=73))
