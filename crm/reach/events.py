"""News of messages to members: ids only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class MemberMessageWanted(Event):
    """A member should be told something by `channel`; `key` is said once, ever.

    Messages with the same `batch` may leave in one call, where the channel takes several.
    """

    name: ClassVar[str] = "reach.message_wanted"
    key: str
    channel: str
    batch: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class MemberTold(Event):
    """A member was told something, as far as the outside said so."""

    name: ClassVar[str] = "reach.member_told"
    member_id: int
    channel: str
    cause: str
    at: datetime
