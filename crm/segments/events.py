"""News of segments. A batch holds at most 500 members; ids only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class SegmentEntered(Event):
    """These members are in the segment now and were not before. `round` names the refresh.

    Who is in it when it is worked out for the first time did not enter: ask `members_in`.
    """

    name: ClassVar[str] = "segments.segment_entered"
    segment_id: int
    code: str
    round: int
    member_ids: list[int]
    at: datetime


@dataclass(frozen=True, slots=True)
class SegmentLeft(Event):
    """These members were in the segment and are no longer."""

    name: ClassVar[str] = "segments.segment_left"
    segment_id: int
    code: str
    round: int
    member_ids: list[int]
    at: datetime


@dataclass(frozen=True, slots=True)
class SegmentFilled(Event):
    """A segment was worked out for the first time, or anew after its words changed."""

    name: ClassVar[str] = "segments.segment_filled"
    segment_id: int
    code: str
    members: int
    at: datetime
