"""Segments as pages and other rooms see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crm.segments.errors import SegmentUnknown
from crm.segments.models import Passage, Segment, Size, Snapshot


@dataclass(frozen=True, slots=True)
class SegmentView:
    """`members` is how many there were at `refreshed_at`; before it is filled nobody knows."""

    id: int
    code: str
    name: str
    note: str
    condition: dict[str, Any]
    version: int
    members: int
    is_filled: bool
    made_by: str
    changed_at: datetime
    refreshed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SizeView:
    day: date
    members: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class PassageView:
    segment_code: str
    member_id: int
    has_entered: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class SnapshotView:
    id: int
    name: str
    members: int
    made_by: str
    at: datetime


def _view(row: Segment) -> SegmentView:
    return SegmentView(**{name: getattr(row, name) for name in SegmentView.__dataclass_fields__})


async def all_segments() -> list[SegmentView]:
    """By name."""
    return [_view(row) for row in await Segment.all().order_by("name", "id")]


async def get_segment(code: str) -> SegmentView:
    """Raises SegmentUnknown."""
    row = await Segment.get_or_none(code=code)
    if row is None:
        raise SegmentUnknown(segment=code[:40])
    return _view(row)


async def sizes_of(segment_id: int, days: int = 30) -> list[SizeView]:
    """The last days it was refreshed on, oldest first."""
    rows = await Size.filter(segment_id=segment_id).order_by("-day").limit(days)
    return [SizeView(row.day, row.members, row.entered, row.left) for row in reversed(rows)]


async def passages_of(member_id: int, limit: int = 50) -> list[PassageView]:
    """Which segments a member entered and left, the newest first."""
    rows = await Passage.filter(member_id=member_id).order_by("-id").limit(limit)
    codes = dict(
        await Segment.filter(id__in={row.segment_id for row in rows}).values_list("id", "code")
    )
    return [
        PassageView(codes[row.segment_id], row.member_id, row.has_entered, row.at) for row in rows
    ]


async def snapshots_of(segment_id: int) -> list[SnapshotView]:
    """The newest 20."""
    rows = await Snapshot.filter(segment_id=segment_id).order_by("-id").limit(20)
    return [SnapshotView(row.id, row.name, row.members, row.made_by, row.at) for row in rows]
