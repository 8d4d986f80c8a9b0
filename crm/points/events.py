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


@dataclass(frozen=True, slots=True)
class PointsExpiring(Event):
    """`points` of a member end at `expires_at`, soon. Told once for each such moment."""

    name: ClassVar[str] = "points.expiring"
    member_id: int
    purse: str
    points: int
    expires_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class RewardRedeemed(Event):
    """A member gave `points` for a reward. `reward_id` is its public id."""

    name: ClassVar[str] = "points.reward_redeemed"
    member_id: int
    redemption_no: str
    reward_id: str
    points: int
    at: datetime
