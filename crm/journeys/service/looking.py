"""Following the triggers: who has to begin now. A look may run twice and begins nobody twice."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core import clock
from core.audience import Kind, happenings, traits
from core.database import sql, use_case
from crm.journeys.models import Journey
from crm.journeys.reading import definition_of
from crm.journeys.rules import Birthday, Definition, Happened, Once, OnDay, State
from crm.journeys.service.entering import enter
from crm.people.queries import members_born_on
from crm.segments.queries import in_segment, members_in

OVERLAP = timedelta(minutes=15)  # a slow transaction's row may carry a moment already looked at
PAGE = 1_000
CATCH_UP = timedelta(days=7)

HAPPENED = """
SELECT member_id, at FROM ({told}) AS told
WHERE at > $1 AND at <= $2 AND at >= $3 AND member_id IS NOT NULL
ORDER BY at, member_id LIMIT $4
"""
ON_DAY = """
SELECT member_id FROM (SELECT member_id, {day} AS day FROM ({said}) AS said) AS dated
WHERE {fits} ORDER BY member_id
"""
DAYS = {
    Kind.DAY: "value",
    Kind.MOMENT: "(value AT TIME ZONE 'Asia/Shanghai')::date",
}
THIS_DAY = "day + $2::int = $1::text::date"
EVERY_YEAR = "to_char(day + $2::int, 'MM-DD') = to_char($1::text::date, 'MM-DD')"
LEAP = " OR (to_char(day + $2::int, 'MM-DD') = '02-29' AND $3)"


async def look() -> int:
    """Follow the triggers of all that run; answers how many began."""
    began = 0
    for journey in await Journey.filter(state=State.RUNNING).order_by("id"):
        definition = await definition_of(journey.id, journey.version)
        match definition.trigger:
            case Once():
                began += await _fill(journey, definition.trigger)
            case Happened():
                began += await _follow(journey.id, definition.trigger)
            case OnDay() | Birthday():
                began += await _count_days(journey, definition)
    return began


async def _fill(journey: Journey, trigger: Once) -> int:
    """A campaign takes its segment page by page; what died goes on where it stood."""
    if journey.filled_at is not None or (trigger.at or clock.now()) > clock.now():
        return 0
    began = 0
    while True:
        found, is_last = await _fill_page(journey.id, trigger.segment)
        began += found
        if is_last:
            return began


@use_case
async def _fill_page(journey_id: int, segment: str) -> tuple[int, bool]:
    row = await Journey.filter(id=journey_id, state=State.RUNNING).select_for_update().first()
    if row is None or row.filled_at is not None:
        return 0, True
    members = await members_in(segment, after=row.filled_to, limit=PAGE)
    at = clock.now()
    began = await enter(journey_id=row.id, member_ids=members, key="once", at=at)
    row.filled_to = members[-1] if members else row.filled_to
    row.filled_at = None if len(members) == PAGE else at
    await row.save()
    return began, row.filled_at is not None


@use_case
async def _follow(journey_id: int, trigger: Happened) -> int:
    row = await Journey.filter(id=journey_id, state=State.RUNNING).select_for_update().first()
    if row is None or row.looked_until is None or row.started_at is None:
        return 0
    until = clock.now()
    query = HAPPENED.format(told=happenings[trigger.happening].sql)
    found = await sql(query, row.looked_until - OVERLAP, until, row.started_at, PAGE)
    began = 0
    for one in found:
        fits = await _of_segment(trigger.segment, [one["member_id"]])
        key = f"at:{one['at'].isoformat()}"
        began += await enter(journey_id=row.id, member_ids=fits, key=key, at=until)
    row.looked_until = found[-1]["at"] + OVERLAP if len(found) == PAGE else until
    await row.save()
    return began


async def _of_segment(segment: str, member_ids: Sequence[int]) -> list[int]:
    return sorted(await in_segment(segment, list(member_ids))) if segment else list(member_ids)


async def _count_days(journey: Journey, definition: Definition) -> int:
    """Each day of the shop's calendar once, also those on which nobody worked."""
    today = clock.shop_day(clock.now())
    last = journey.looked_on or today
    began = 0
    day = max(last, today - CATCH_UP)
    while day <= today:
        began += await _day(journey.id, definition, day)
        day += timedelta(days=1)
    return began


@use_case
async def _day(journey_id: int, definition: Definition, day: date) -> int:
    row = await Journey.filter(id=journey_id, state=State.RUNNING).select_for_update().first()
    if row is None or (row.looked_on is not None and row.looked_on > day):
        return 0
    match definition.trigger:
        case Birthday() as born:
            members, segment = await _born(born, day), born.segment
        case OnDay() as dated:
            members, segment = await _on(dated, day), dated.segment
        case _:
            return 0
    fits = await _of_segment(segment, members)
    key, at = f"day:{day}", clock.now()
    began = await enter(journey_id=row.id, member_ids=fits, key=key, at=at)
    row.looked_on = day + timedelta(days=1)
    await row.save()
    return began


async def _born(trigger: Birthday, day: date) -> list[int]:
    on = day + timedelta(days=trigger.days_before)
    return await members_born_on(on.month, on.day)


async def _on(trigger: OnDay, day: date) -> list[int]:
    trait = traits[trigger.trait]
    fits = THIS_DAY
    if trigger.is_yearly:
        fits = EVERY_YEAR + LEAP
    query = ON_DAY.format(day=DAYS[trait.kind], said=trait.sql, fits=fits)
    given: list[object] = [str(day), trigger.days]
    if trigger.is_yearly:
        is_leap_stand_in = (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3
        given.append(is_leap_stand_in)
    return [row["member_id"] for row in await sql(query, *given)]


@use_case
async def note_segment(
    *, code: str, kind: str, round_no: int, member_ids: Sequence[int], at: datetime
) -> int:
    """Members entered or left a segment; journeys that wait for it begin. Again: nobody twice."""
    began = 0
    for row in await Journey.filter(state=State.RUNNING, trigger=kind, trigger_on=code):
        key = f"{kind}:{round_no}"
        began += await enter(journey_id=row.id, member_ids=member_ids, key=key, at=at)
    return began
