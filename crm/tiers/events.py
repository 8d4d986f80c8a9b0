"""News about tiers and paid membership. Ids and codes only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class TierChanged(Event):
    """A member's tier is another one now. `why` is purchase, refund, growth, expiry, term …"""

    name: ClassVar[str] = "tiers.tier_changed"
    member_id: int
    from_tier: str
    to_tier: str
    is_up: bool
    why: str
    change_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TierEndsSoon(Event):
    """A tier ends at `until` unless `missing` more (fen or growth value) counts by then. Once."""

    name: ClassVar[str] = "tiers.tier_ends_soon"
    member_id: int
    tier: str
    until: datetime
    missing: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MembershipEndsSoon(Event):
    """A paid membership ends at `until`. With `wants_renewal` the member asked to go on. Once."""

    name: ClassVar[str] = "tiers.membership_ends_soon"
    member_id: int
    plan: str
    until: datetime
    wants_renewal: bool
    at: datetime
