"""News about points. Ids and numbers only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class PointsGiven(Event):
    """`points` of a purse (`points` or `behaviour_points`) are usable from now on. Told once.

    `on` is what they are for, as `order` or `sign_in`; `program` is its code, empty without one.
    """

    name: ClassVar[str] = "points.given"
    member_id: int
    purse: str
    points: int
    on: str
    program: str
    cause: str
    expires_at: datetime | None
    at: datetime
