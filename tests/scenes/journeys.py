"""Set the scene: journeys and campaigns, segments they begin with, and members who buy."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from core import clock
from core.deeds import Deed, Done, Outcome, deeds, register
from crm.journeys.models import Run
from crm.journeys.service import JourneyDraft, act, look, save_journey, walk
from crm.people.models import Member
from crm.segments.queries import get_segment
from crm.segments.service import SegmentDraft, refresh_segments, save_segment
from tests.scene import tell_everyone
from tests.scenes.fulfilment import sold
from tests.scenes.orders import a_shelf
from tests.scenes.people import head_office

COUNT: dict[str, Any] = {"kind": "do", "deed": "test.count"}
WAIT = {"kind": "wait", "days": 3}
EVERYONE = {"everyone": True}
SMS = {"kind": "do", "deed": "reach.sms", "params": {"template": "news-sms"}}


class NoParams(BaseModel):
    pass


class Counting:
    """A deed that counts what it did; `work` runs inside its transaction."""

    def __init__(self, name: str = "test.count") -> None:
        self.name, self.causes = name, list[str]()
        self.members = list[int]()

    async def do(self, member_id: int, params: NoParams, cause: str) -> Outcome:
        self.causes.append(cause)
        self.members.append(member_id)
        return Done()

    def __enter__(self) -> "Counting":
        register(Deed(self.name, "计数", "count", NoParams, self.do))
        return self

    def __exit__(self, *_: object) -> None:
        deeds.pop(self.name, None)


async def a_segment(code: str = "all", condition: dict[str, Any] | None = None) -> str:
    """Filled at once."""
    draft = SegmentDraft(code, code, condition or EVERYONE)
    await save_segment(scope=head_office(), draft=draft)
    await refresh_segments([(await get_segment(code)).id])
    return code


def a_campaign(*steps: dict[str, Any], segment: str = "all", **more: Any) -> dict[str, Any]:
    """Steps one after the other, for everybody in a segment; nobody held out unless said."""
    return a_journey(*steps, trigger={"kind": "once", "segment": segment}, **more)


def a_journey(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = {f"s{at}": dict(step) for at, step in enumerate(steps, start=1)}
    for at, step in enumerate(named.values(), start=1):
        if step["kind"] != "if" and at < len(named):
            step.setdefault("next", f"s{at + 1}")
    return {"steps": named, "start": "s1", "holdout_bp": 0, **more}


async def started(definition: dict[str, Any], code: str = "test", aim: str = "repeat") -> str:
    """Saved and started; answers the public id."""
    draft = JourneyDraft(code, code, aim, definition)
    public_id = await save_journey(scope=head_office(), draft=draft)
    await act(scope=head_office(), public_id=public_id, action="start")
    return public_id


async def go_on() -> None:
    """What schedules and worker do: triggers, steps, and the debts that arise."""
    await look()
    await walk()
    await tell_everyone()


async def buys(member: Member) -> None:
    """A paid order of one piece."""
    await sold(await a_shelf(), member_id=member.id)


async def waits_are_over() -> None:
    await Run.all().update(due_at=clock.now() - timedelta(seconds=1), leased_until=None)
