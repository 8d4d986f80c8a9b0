"""News about people. Ids only: a name or a phone never leaves in an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    name: ClassVar[str] = "people.member_joined"
    member_id: int
    guide_id: int | None
    store_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class GuideChanged(Event):
    """Who looks after a member is somebody else now; None: nobody."""

    name: ClassVar[str] = "people.guide_changed"
    member_id: int
    guide_id: int | None
    store_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageWanted(Event):
    """Somebody of ours should read this in WeCom (企业微信). `key` is said once, ever.

    `text` holds no personal data: it passes through a phone's lock screen.
    """

    name: ClassVar[str] = "people.message_wanted"
    key: str
    user_id: str
    text: str
    at: datetime
