"""A person says why a difference may stand."""

from core import audit_log, clock
from core.database import use_case
from core.security.scope import Scope
from trade.payments.bills.errors import (
    DifferenceEnded,
    DifferenceUnknown,
    ResolutionNeedsReason,
)
from trade.payments.bills.models import Difference
from trade.payments.bills.rules import DifferenceState

SHORTEST, LONGEST = 4, 200


@use_case
async def resolve_difference(scope: Scope, *, difference_id: int, reason: str) -> None:
    """Settle an open difference with a reason; the audit log keeps who, what and when.

    The same person with the same reason again: nothing changes. Raises ResolutionNeedsReason,
    DifferenceUnknown, and DifferenceEnded when it has ended already.
    """
    said = " ".join(reason.split())
    if not SHORTEST <= len(said) <= LONGEST:
        raise ResolutionNeedsReason
    open_one = Difference.filter(id=difference_id, state=DifferenceState.OPEN)
    ended = await open_one.update(
        state=DifferenceState.RESOLVED,
        ended_at=clock.now(),
        ended_by=scope.actor,
        reason=said,
    )
    if not ended:
        row = await Difference.get_or_none(id=difference_id)
        if row is None:
            raise DifferenceUnknown(difference=difference_id)
        if (row.ended_by, row.reason) != (scope.actor, said):
            raise DifferenceEnded(difference=difference_id)
        return
    await audit_log.record(
        scope, "payments.difference_resolved", f"difference:{difference_id}", reason=said
    )
