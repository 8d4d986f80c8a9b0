"""What stores tell others."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class StaffLeft(Event):
    """Somebody no longer works here; their sessions have ended in the same transaction."""

    name: ClassVar[str] = "stores.staff_left"
    staff_id: int
    at: datetime
