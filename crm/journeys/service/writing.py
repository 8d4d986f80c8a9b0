"""Writing a journey down. Each change is a version of its own; who has begun keeps theirs."""

import re
from dataclasses import dataclass
from typing import Any

from tortoise.exceptions import IntegrityError

from core import audit_log, clock
from core.database import use_case
from core.errors import NotFound
from core.ids import new_id
from core.security.scope import Scope
from crm.journeys.errors import BadDefinition, CodeTaken, WrongMove
from crm.journeys.models import Journey, Version
from crm.journeys.reading import check_condition
from crm.journeys.rules import Aim, Definition, State, parse
from crm.journeys.rules.definition import trigger_words
from crm.segments.queries import get_segment

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
CLOSED = (State.ENDED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class JourneyDraft:
    """What a person filled in. `public_id` "" makes a new one."""

    code: str
    name: str
    aim: str
    definition: dict[str, Any]
    public_id: str = ""


@use_case
async def save_journey(*, scope: Scope, draft: JourneyDraft) -> str:
    """Make a journey or its next version; answers its public id. On record.

    Raises BadDefinition with the place, CodeTaken, WrongMove for one that has ended and for a
    campaign that has begun.
    """
    if not CODE.fullmatch(draft.code) or not draft.name.strip() or draft.aim not in set(Aim):
        raise BadDefinition(at="code,name,aim", what="incomplete")
    found = await _checked(draft.definition)
    said = {
        "name": draft.name.strip()[:60],
        "aim": Aim(draft.aim),
        "tells": found.tells,
        **trigger_words(found),
    }
    row = await _next(scope, draft, said)
    await Version(
        journey_id=row.id,
        number=row.version,
        definition=found.model_dump(mode="json"),
        made_by=scope.staff_id or 0,
        made_at=clock.now(),
    ).save()
    await audit_log.record(scope, "journeys.saved", row.code, version=row.version)
    return row.public_id


async def _checked(data: dict[str, Any]) -> Definition:
    """Raises BadDefinition; also for a segment that is not there."""
    found = parse(data, check_condition=check_condition)
    if segment := getattr(found.trigger, "segment", ""):
        try:
            await get_segment(segment)
        except NotFound:
            raise BadDefinition(at="trigger.segment", what="no_such_segment") from None
    return found


async def _next(scope: Scope, draft: JourneyDraft, said: dict[str, Any]) -> Journey:
    if not draft.public_id:
        given = {**said, "salt": new_id("salt"), "made_by": scope.staff_id or 0}
        try:
            return await Journey.create(code=draft.code, made_at=clock.now(), **given)
        except IntegrityError:
            raise CodeTaken(journey=draft.code) from None
    row = await Journey.filter(public_id=draft.public_id).select_for_update().first()
    is_spent = row is not None and row.trigger == "once" and row.state is not State.DRAFT
    if row is None or row.state in CLOSED or is_spent or row.code != draft.code:
        raise WrongMove(state=row.state if row else None, action="save")
    changed = {**said, "version": row.version + 1}
    await Journey.filter(id=row.id).update(**changed)
    return await Journey.get(id=row.id)
