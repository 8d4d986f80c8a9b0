"""Members begin a journey; some of them are drawn to be held out, and nothing is done to those."""

from collections.abc import Sequence
from datetime import datetime

from core.audience import traits
from core.database import sql, use_case
from crm.journeys.models import Journey
from crm.journeys.reading import definition_of
from crm.journeys.rules import State, is_held_out
from crm.people.queries import may_be_profiled

ENTER = """
INSERT INTO journeys_run (journey_id, version, member_id, entry_key, is_holdout, state, why, step,
                          step_no, due_at, tries, entered_at)
SELECT $1, $2, member_id, $3, is_holdout, CASE WHEN is_holdout THEN 'held' ELSE 'going' END, '',
    $4, 0, $5::timestamptz, 0, $5::timestamptz
FROM unnest($6::bigint[], $7::boolean[]) AS drawn (member_id, is_holdout)
WHERE NOT EXISTS (
    SELECT FROM journeys_run AS r
    WHERE r.journey_id = $1 AND r.member_id = drawn.member_id
        AND (r.state = 'going' OR $8::int IS NULL
             OR r.entered_at > $5::timestamptz - $8 * interval '1 day'))
ON CONFLICT DO NOTHING RETURNING id
"""
OF_STORES = """
SELECT member_id FROM ({bound}) AS bound
WHERE value = ANY($1::bigint[]) AND member_id = ANY($2::bigint[])
"""


@use_case
async def enter(*, journey_id: int, member_ids: Sequence[int], key: str, at: datetime) -> int:
    """Let members begin, who may be profiled and are of its stores; answers how many began.

    `key` names what happened: the same again begins nothing. Whoever is in it, or was too lately,
    does not begin. The held out are drawn here, from the same people.
    """
    journey = await Journey.get(id=journey_id)
    if journey.state is not State.RUNNING:
        return 0
    definition = await definition_of(journey_id, journey.version)
    wanted = await may_be_profiled(member_ids)
    if definition.stores and wanted:
        query = OF_STORES.format(bound=traits["people.store"].sql)
        rows = await sql(query, list(definition.stores), sorted(wanted))
        wanted = {row["member_id"] for row in rows}
    drawn = sorted(wanted)
    held = [is_held_out(journey.salt, one, definition.holdout_bp) for one in drawn]
    again = definition.again_after_days
    entry = "once" if again is None else key[:60]
    began = await sql(
        ENTER, journey_id, journey.version, entry, definition.start, at, drawn, held, again
    )
    return len(began)
