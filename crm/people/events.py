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
class ConsentGiven(Event):
    """A member agreed to a purpose. For `ordinary_view` this means: no more profiling."""

    name: ClassVar[str] = "people.consent_given"
    member_id: int
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """A member took an agreement back: what rests on it stops within a minute (P2)."""

    name: ClassVar[str] = "people.consent_withdrawn"
    member_id: int
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MembersMerged(Event):
    """Two members were one person: rows and balances of `gone_id` are `kept_id`'s now.

    Sums and states that a room keeps of a member it works out anew for `kept_id`.
    """

    name: ClassVar[str] = "people.members_merged"
    merge_id: int
    kept_id: int
    gone_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MergeUndone(Event):
    """They were two after all: what was moved is `gone_id`'s again. Work both out anew."""

    name: ClassVar[str] = "people.merge_undone"
    merge_id: int
    kept_id: int
    gone_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """A member was erased; the id is a number that leads to nobody. Forget copies and files."""

    name: ClassVar[str] = "people.member_erased"
    member_id: int
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
