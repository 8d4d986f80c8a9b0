"""One step of one member, in one transaction: the deed, the note of it and the way to the next.

Deeds write rows and intents, they dial nobody; so a worker that dies in the middle has done
nothing, and the step is done again by another, once.
"""

import time
from datetime import datetime

from core import clock
from core.audience import happenings
from core.database import sql, use_case
from core.deeds import Refused, deeds
from core.errors import DomainError
from crm.journeys.models import Done, Journey, Run
from crm.journeys.reading import definition_of
from crm.journeys.rules import Definition, Do, If, RunState, State, Step, Wait
from crm.journeys.rules.definition import wakes_at
from crm.segments.queries import matching
from crm.segments.queries import parse as parse_condition

BLOCK, LEASE_S, MOST_TRIES, AT_ONCE = 100, 60, 5, 25
TAKE = """
UPDATE journeys_run SET tries = tries + 1, leased_until = now() + $2 * interval '1 second'
WHERE id IN (
    SELECT r.id FROM journeys_run AS r
    JOIN journeys_journey AS j ON j.id = r.journey_id AND j.state = 'running'
    WHERE r.state = 'going' AND r.due_at <= now() AND r.tries < $3
        AND (r.leased_until IS NULL OR r.leased_until < now())
    ORDER BY r.tries, r.due_at, r.id LIMIT $1 FOR UPDATE OF r SKIP LOCKED)
RETURNING id
"""
GIVE_UP = """
UPDATE journeys_run SET state = 'failed', why = 'tries', ended_at = now()
WHERE state = 'going' AND tries >= $1 AND leased_until < now()
"""
CAME = """
SELECT EXISTS (SELECT FROM ({told}) AS told
               WHERE member_id = $1 AND at >= $2 AND at <= $3) AS has
"""


async def walk(*, seconds: float = 40) -> int:
    """Take the steps that are due, a block at a time; answers how many runs were advanced."""
    ends, walked = time.monotonic() + seconds, 0
    await sql(GIVE_UP, MOST_TRIES)
    while time.monotonic() < ends:
        taken = await sql(TAKE, BLOCK, LEASE_S, MOST_TRIES)
        for row in taken:
            await advance(run_id=row["id"])
        walked += len(taken)
        if not taken:
            break
    return walked


@use_case
async def advance(*, run_id: int) -> None:
    """Go on with one member as far as nothing waits. Again, or by two at once: each step once."""
    run = await Run.filter(id=run_id, state=RunState.GOING).select_for_update().first()
    at = clock.now()
    if run is None or run.due_at > at:
        return
    journey = await Journey.filter(id=run.journey_id, state=State.RUNNING).first()
    if journey is None:
        await Run.filter(id=run_id).update(tries=0, leased_until=None)
        return
    definition = await definition_of(run.journey_id, run.version)
    if ended := await _reason_to_end(run, definition, at):
        run.state, run.why = ended
    for _ in range(AT_ONCE):
        if run.state is not RunState.GOING or run.due_at > at:
            break
        await _take(run, definition.steps[run.step], at)
    run.tries, run.leased_until = 0, None
    run.ended_at = None if run.state is RunState.GOING else at
    await run.save()


async def _reason_to_end(
    run: Run, definition: Definition, at: datetime
) -> tuple[RunState, str] | None:
    """The goal is reached, or the way out is open."""
    told = happenings[definition.goal.happening].sql
    [came] = await sql(CAME.format(told=told), run.member_id, run.entered_at, at)
    if came["has"]:
        return RunState.GOAL, "goal"
    if definition.exit is None:
        return None
    is_out = bool(await matching(parse_condition(definition.exit), [run.member_id]))
    return (RunState.EXITED, "exit") if is_out else None


async def _take(run: Run, step: Step, at: datetime) -> None:
    name, run.step_no = run.step, run.step_no + 1
    match step:
        case Wait():
            run.due_at, following = wakes_at(step, at), step.next
            await _note(run, name, "wait", at, detail=run.due_at.isoformat())
        case If():
            holds = await matching(parse_condition(step.condition), [run.member_id])
            following = step.then if holds else step.otherwise
            await _note(run, name, "if", at, detail="then" if holds else "otherwise")
        case _:
            following = step.next
            await _do(run, name, step, at)
    if following is None:
        run.state = RunState.DONE
    else:
        run.step = following


async def _do(run: Run, name: str, step: Do, at: datetime) -> None:
    cause = f"journey:{run.journey_id}:{run.id}:{run.step_no}"
    deed = deeds[step.deed]
    try:
        outcome = await deed.do(run.member_id, deed.params.model_validate(step.params), cause)
    except DomainError as refused:
        outcome = Refused(refused.code)
    if isinstance(outcome, Refused):
        await _note(run, name, step.deed, at, detail=outcome.reason, is_refused=True)
    else:
        await _note(run, name, step.deed, at, detail=outcome.what)


async def _note(
    run: Run, name: str, what: str, at: datetime, *, detail: str, is_refused: bool = False
) -> None:
    await Done(
        run_id=run.id,
        step_no=run.step_no,
        step=name,
        what=what[:40],
        is_refused=is_refused,
        detail=detail[:80],
        at=at,
    ).save()
