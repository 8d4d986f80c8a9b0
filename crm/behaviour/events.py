"""News about what members do. Ids only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class BehaviourNoted(Event):
    """A member did something that may be worth a thank-you: visit, share, follow, review, sign_in.

    `key` names this one time; `subject` is what it was about, as `product:12`.
    """

    name: ClassVar[str] = "behaviour.noted"
    member_id: int
    kind: str
    subject: str
    key: str
    at: datetime
