"""Pairs that may be one person: noted for our people to decide, once."""

from core import clock
from core.database import use_case
from core.security.scope import Scope
from crm.people.errors import MatchNotFound, MemberNotFound
from crm.people.models import Match
from crm.people.rules import MAY_MERGE, MatchedBy, check_reason
from crm.people.service.merging import join_known


@use_case
async def note_match(*, one_id: int, other_id: int, matched_by: MatchedBy) -> None:
    """Two members share something. Noting the same pair again changes nothing."""
    first, second = sorted((one_id, other_id))
    found = {"found_at": clock.now()}
    await Match.get_or_create(found, one_id=first, other_id=second, matched_by=matched_by)


@use_case
async def decide_match(*, scope: Scope, match_public_id: str, is_same: bool, reason: str) -> None:
    """One person: they are joined; two: they are never shown as a pair again.

    Raises MatchNotFound for a pair that is decided, ReasonNeeded, MergeWaits.
    """
    if scope.role not in MAY_MERGE:
        raise MemberNotFound()
    kept = check_reason(reason)
    open_ones = Match.filter(public_id=match_public_id, decided_at=None)
    row = await open_ones.select_for_update().first()
    if row is None:
        raise MatchNotFound()
    decided = {"decided_at": clock.now(), "decided_by": scope.actor, "is_same": is_same}
    await Match.filter(id=row.id).update(**decided)
    if is_same:
        await join_known(row.one_id, row.other_id, row.matched_by, kept, scope.actor)
