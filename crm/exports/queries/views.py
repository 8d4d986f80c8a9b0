"""Exports and schedules as people see them: their own, and head office everybody's."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tortoise.expressions import Q

from core.security.scope import Role, Scope
from crm.exports.errors import ExportUnknown
from crm.exports.models import Export, Schedule
from crm.exports.rules import APPROVES, UNDER_WAY, Format, State, Use


@dataclass(frozen=True, slots=True)
class ExportView:
    """`may_take`, `may_cancel`, `may_review`: what this asker can do with it now."""

    public_id: str
    asked_by: int
    condition: Any
    columns: tuple[str, ...]
    format: Format
    use: Use
    reason: str
    receiver: str
    is_whole: bool
    watermark: str
    state: State
    why: str
    members: int
    left_out: int
    rows_done: int
    size: int
    sha256: str
    seen_by: int | None
    wanted_at: datetime
    taken_at: datetime | None
    expires_at: datetime
    is_scheduled: bool
    may_take: bool
    may_cancel: bool
    may_review: bool

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass(frozen=True, slots=True)
class ScheduleView:
    public_id: str
    name: str
    asked_by: int
    format: Format
    every_days: int
    hour: int
    next_at: datetime
    ends_on: date
    ended_at: datetime | None
    why_ended: str


def _mine(scope: Scope) -> Q:
    return Q() if scope.role is Role.HEAD_OFFICE else Q(asked_by=scope.staff_id or 0)


async def exports_for(scope: Scope, *, limit: int = 50) -> list[ExportView]:
    """The newest first."""
    return [
        _view(row, scope) for row in await Export.filter(_mine(scope)).order_by("-id").limit(limit)
    ]


async def export_view(scope: Scope, public_id: str) -> ExportView:
    """Raises ExportUnknown for one that is not theirs, as for one that is not there."""
    row = await Export.filter(_mine(scope), public_id=public_id).first()
    if row is None:
        raise ExportUnknown
    return _view(row, scope)


async def schedules_for(scope: Scope, *, limit: int = 50) -> list[ScheduleView]:
    """Those that go on, the next one first."""
    rows = Schedule.filter(_mine(scope), ended_at=None).order_by("next_at").limit(limit)
    return [
        ScheduleView(**{name: getattr(row, name) for name in ScheduleView.__dataclass_fields__})
        for row in await rows
    ]


COMPUTED = {"columns", "is_scheduled", "may_take", "may_cancel", "may_review"}


def _view(row: Export, scope: Scope) -> ExportView:
    kept = {
        name: getattr(row, name) for name in ExportView.__dataclass_fields__ if name not in COMPUTED
    }
    is_mine, waits = row.asked_by == scope.staff_id, row.state is State.WAITING
    return ExportView(
        **kept,
        columns=tuple(row.columns),
        is_scheduled=row.schedule_id is not None,
        may_take=is_mine and row.state is State.READY,
        may_cancel=row.state in UNDER_WAY | {State.READY},
        may_review=waits and not is_mine and scope.role in APPROVES,
    )
