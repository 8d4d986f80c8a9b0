"""What the auditor recomputes here: nothing was done to the held out, nor after an end."""

from core.audit import Finding, check
from core.database import sql

HELD = """
SELECT r.id FROM journeys_run AS r
WHERE r.is_holdout AND (r.state <> 'held' OR EXISTS (
    SELECT FROM journeys_done AS d WHERE d.run_id = r.id))
"""
STEPS = """
SELECT r.id FROM journeys_run AS r
WHERE r.step_no <> (SELECT count(*) FROM journeys_done AS d WHERE d.run_id = r.id)
    AND r.entered_at > now() - interval '700 days'
"""
ENDS = """
SELECT r.id FROM journeys_run AS r JOIN journeys_journey AS j ON j.id = r.journey_id
WHERE (r.state IN ('going', 'held')) <> (r.ended_at IS NULL)
   OR (r.state = 'going' AND j.state IN ('ended', 'cancelled'))
"""


@check("journeys.holdouts")
async def held_out_are_left_alone() -> list[Finding]:
    return [
        Finding("journeys.holdouts", f"run:{row['id']}", "something was done to a held-out member")
        for row in await sql(HELD)
    ]


@check("journeys.steps")
async def each_step_once() -> list[Finding]:
    return [
        Finding("journeys.steps", f"run:{row['id']}", "steps taken and steps noted differ")
        for row in await sql(STEPS)
    ]


@check("journeys.ends")
async def ends_fit() -> list[Finding]:
    return [
        Finding("journeys.ends", f"run:{row['id']}", "state and end do not fit")
        for row in await sql(ENDS)
    ]
