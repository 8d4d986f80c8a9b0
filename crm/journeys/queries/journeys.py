"""Journeys as they stand: their words, their numbers, and one member's ways."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from crm.journeys.errors import JourneyNotFound
from crm.journeys.models import Done, Journey, Run, Version
from crm.journeys.reading import as_written
from crm.journeys.rules import Aim, Definition, RunState, State

COUNTS = """
SELECT journey_id, state, count(*) AS n FROM journeys_run WHERE journey_id = ANY($1::bigint[])
GROUP BY journey_id, state
"""


@dataclass(frozen=True, slots=True)
class JourneyView:
    """`counts`: how many runs stand in which state."""

    id: int
    public_id: str
    code: str
    name: str
    aim: Aim
    state: State
    version: int
    definition: Definition
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    counts: dict[RunState, int]
    company_id: int | None = None  # the franchisee who asked for it

    @property
    def is_campaign(self) -> bool:
        return self.definition.trigger.kind == "once"

    @property
    def began(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class StepView:
    """One journey of one member, with what was done."""

    name: str
    state: RunState
    is_holdout: bool
    entered_at: datetime
    ended_at: datetime | None
    done: tuple[tuple[datetime, str, str, bool], ...]


async def all_journeys() -> list[JourneyView]:
    """The newest first."""
    rows = await Journey.all().order_by("-id").limit(200)
    return await _views(rows)


async def journeys_of_company(company_id: int) -> list[JourneyView]:
    """What a franchisee asked for, the newest first."""
    return await _views(await Journey.filter(company_id=company_id).order_by("-id").limit(100))


async def get_journey(public_id: str) -> JourneyView:
    """Raises JourneyNotFound."""
    row = await Journey.get_or_none(public_id=public_id[:40])
    if row is None:
        raise JourneyNotFound()
    [view] = await _views([row])
    return view


async def _views(rows: list[Journey]) -> list[JourneyView]:
    ids = [row.id for row in rows]
    said = {
        (version.journey_id, version.number): version.definition
        for version in await Version.filter(journey_id__in=ids)
    }
    counts: dict[int, dict[RunState, int]] = {}
    for one in await sql(COUNTS, ids):
        counts.setdefault(one["journey_id"], {})[RunState(one["state"])] = one["n"]
    return [
        JourneyView(
            id=row.id,
            public_id=row.public_id,
            code=row.code,
            name=row.name,
            aim=row.aim,
            state=row.state,
            version=row.version,
            definition=as_written(said[row.id, row.version]),
            made_at=row.made_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            counts=counts.get(row.id, {}),
            company_id=row.company_id,
        )
        for row in rows
    ]


async def journeys_of_member(member_id: int, limit: int = 20) -> list[StepView]:
    """What one member went through, the newest first."""
    runs = Run.filter(member_id=member_id).order_by("-id").limit(limit)
    found = await runs.select_related("journey")
    done: dict[int, list[Done]] = {}
    for one in await Done.filter(run_id__in=[run.id for run in found]).order_by("step_no"):
        done.setdefault(one.run_id, []).append(one)
    return [
        StepView(
            name=run.journey.name,
            state=run.state,
            is_holdout=run.is_holdout,
            entered_at=run.entered_at,
            ended_at=run.ended_at,
            done=tuple(
                (one.at, one.what, one.detail, one.is_refused) for one in done.get(run.id, [])
            ),
        )
        for run in found
    ]


async def runs_in(
    journey_id: int, *, is_holdout: bool | None = None, state: str = "", after: int = 0
) -> list[tuple[int, int, RunState]]:
    """(run, member, state) of one group or one state, a hundred at a time, by run."""
    rows = Run.filter(journey_id=journey_id, id__gt=after)
    if is_holdout is not None:
        rows = rows.filter(is_holdout=is_holdout)
    if state in set(RunState):
        rows = rows.filter(state=state)
    return [(row.id, row.member_id, row.state) for row in await rows.order_by("id").limit(100)]
