"""A journey that cannot run as written is refused, and the refusal names the place."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crm.journeys.errors import BadDefinition
from crm.journeys.reading import check_condition
from crm.journeys.rules import parse
from crm.journeys.rules.definition import Wait, wakes_at
from tests.scenes.journeys import SMS, a_campaign, a_journey

pytestmark = pytest.mark.usefixtures("settings")
IF = {"kind": "if", "condition": {"trait": "people.has_phone", "is": "yes"}}
FAULTS: dict[tuple[str, str], dict[str, Any]] = {
    ("start", "missing"): {"trigger": {"kind": "once", "segment": "all"}, "steps": {"s1": SMS}},
    ("trigger", "union_tag_invalid"): a_journey(SMS, trigger={"kind": "full_moon"}),
    ("trigger.happening", "no_such_happening"): a_journey(
        SMS, trigger={"kind": "happened", "happening": "orders.dreamt"}
    ),
    ("trigger.trait", "no_such_day"): a_journey(
        SMS, trigger={"kind": "day", "trait": "people.has_phone"}
    ),
    ("steps.s1", "no_such_step"): a_campaign({**SMS, "next": "s9"}),
    ("steps.s1", "goes_in_a_circle"): a_campaign({**SMS, "next": "s1"}),
    ("steps.s2", "never_reached"): a_campaign({**SMS, "next": None}, SMS),
    ("steps.s1.deed", "no_such_deed"): a_campaign({"kind": "do", "deed": "spam.all"}),
    ("steps.s1.params.template", "missing"): a_campaign({"kind": "do", "deed": "reach.sms"}),
    ("steps.s1.condition.", "segments.fact_unknown"): a_campaign(
        {**IF, "condition": {"trait": "people.shoe", "is": "yes"}}
    ),
    ("goal.happening", "no_such_happening"): a_campaign(SMS, goal={"happening": "orders.dreamt"}),
    ("goal.of", "no_such_value"): a_campaign(SMS, goal={"measure": "spend", "of": "store"}),
    ("holdout_bp", "less_than_equal"): a_campaign(SMS, holdout_bp=9_999),
}


@pytest.mark.parametrize(("at", "what"), FAULTS, ids=[":".join(key) for key in FAULTS])
async def test_a_fault_is_named_with_its_place(at: str, what: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        parse(FAULTS[at, what], check_condition=check_condition)

    assert str(refused.value.facts["at"]).startswith(at.rstrip("."))
    assert refused.value.facts["what"] == what


async def test_what_was_read_is_written_as_it_was() -> None:
    whole = a_campaign({"kind": "wait", "days": 3, "hour": 10}, {**IF, "then": "s3"}, SMS)
    found = parse(whole, check_condition=check_condition)

    assert parse(found.model_dump(mode="json"), check_condition=check_condition) == found
    assert found.tells


async def test_a_wait_ends_at_an_hour_of_the_shop() -> None:
    at = datetime(2026, 5, 31, 4, 30, tzinfo=UTC)  # 12:30 in the shop

    assert wakes_at(Wait(days=1), at) == datetime(2026, 6, 1, 4, 30, tzinfo=UTC)
    assert wakes_at(Wait(hour=20), at) == datetime(2026, 5, 31, 12, tzinfo=UTC)
    assert wakes_at(Wait(days=1, hour=10), at) == datetime(2026, 6, 2, 2, tzinfo=UTC)
