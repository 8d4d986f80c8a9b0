"""Starting, pausing, resuming, ending and cancelling."""

from core import audit_log, clock
from core.database import sql, use_case
from core.security.scope import Scope
from crm.journeys.errors import JourneyNotFound
from crm.journeys.models import Journey
from crm.journeys.rules import State, move
from crm.reach.service import cancel_messages, hold_messages

STOP = """
UPDATE journeys_run SET state = 'cancelled', ended_at = now(), why = $2
WHERE journey_id = $1 AND state = 'going'
"""


@use_case
async def act(*, scope: Scope, public_id: str, action: str) -> State:
    """`start`, `pause`, `resume`, `end` (nobody new, who began goes on no more) or `cancel`.

    Paused, nothing is done and its unsent messages stay; both go on after `resume`. Cancelled or
    ended, its unsent messages are not sent. On record.
    Raises JourneyNotFound, WrongMove.
    """
    row = await Journey.filter(public_id=public_id).select_for_update().first()
    if row is None:
        raise JourneyNotFound()
    row.state, at, cause = move(row.state, action), clock.now(), f"journey:{row.id}"
    if action == "start":
        row.started_at, row.looked_until, row.looked_on = at, at, clock.shop_day(at)
    if row.state in {State.ENDED, State.CANCELLED}:
        row.ended_at = at
        await sql(STOP, row.id, row.state.value)
        await cancel_messages(cause=cause)
    await hold_messages(cause=cause, is_held=row.state is State.PAUSED)
    await row.save()
    await audit_log.record(scope, f"journeys.{action}", row.code)
    return row.state
