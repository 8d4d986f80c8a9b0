"""News of tax backends: an account stopped issuing, or can issue again."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class BackendDown(Event):
    """`state` says why, as `login` or `quota`; `text` are the backend's own words."""

    name: ClassVar[str] = "backends.down"
    account_id: int
    tax_entity_id: int
    state: str
    text: str
    login_url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BackendBack(Event):
    """What was held for this account may go out again, in its order."""

    name: ClassVar[str] = "backends.back"
    account_id: int
    tax_entity_id: int
    at: datetime
