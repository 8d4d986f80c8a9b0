"""Pairs to decide and merges that stand, as those see them who may join members."""

from dataclasses import dataclass
from datetime import datetime

from core.security.scope import Scope
from crm.people.models import Match, Member, Merge
from crm.people.queries.members import MemberView, views_of
from crm.people.rules import MAY_MERGE, MatchedBy


@dataclass(frozen=True, slots=True)
class MatchView:
    """Two members who may be one; both masked."""

    public_id: str
    matched_by: MatchedBy
    one: MemberView
    other: MemberView
    found_at: datetime


@dataclass(frozen=True, slots=True)
class MergeView:
    """`moved` counts rows by table. One that is undone says when."""

    public_id: str
    kept_public_id: str
    gone_public_id: str
    matched_by: MatchedBy
    reason: str
    actor: str
    moved: dict[str, int]
    at: datetime
    undone_at: datetime | None


async def open_matches(scope: Scope, limit: int = 50) -> list[MatchView]:
    """Pairs nobody decided, the newest first; empty for who may not join members."""
    if scope.role not in MAY_MERGE:
        return []
    rows = await Match.filter(decided_at=None).order_by("-id").limit(limit)
    wanted = {member_id for row in rows for member_id in (row.one_id, row.other_id)}
    found = await Member.filter(id__in=list(wanted), merged_into_id=None, erased_at=None)
    views = {view.id: view for view in await views_of(scope, found)}
    return [
        MatchView(
            row.public_id, row.matched_by, views[row.one_id], views[row.other_id], row.found_at
        )
        for row in rows
        if row.one_id in views and row.other_id in views
    ]


async def merges_seen(scope: Scope, limit: int = 50) -> list[MergeView]:
    """The newest merges, undone ones too; empty for who may not join members."""
    if scope.role not in MAY_MERGE:
        return []
    rows = await Merge.all().order_by("-id").limit(limit)
    wanted = {member_id for row in rows for member_id in (row.kept_id, row.gone_id)}
    names = {row.id: row.public_id for row in await Member.filter(id__in=list(wanted))}
    return [
        MergeView(
            public_id=row.public_id,
            kept_public_id=names.get(row.kept_id, ""),
            gone_public_id=names.get(row.gone_id, ""),
            matched_by=row.matched_by,
            reason=row.reason,
            actor=row.actor,
            moved=row.moved,
            at=row.at,
            undone_at=row.undone_at,
        )
        for row in rows
    ]
