"""News about tags. Ids only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.events import Event


@dataclass(frozen=True, slots=True)
class TagsChanged(Event):
    """These members have this tag now (`has`), or have it no more; a batch in one piece of news."""

    name: ClassVar[str] = "tags.changed"
    tag_id: int
    member_ids: tuple[int, ...]
    has: bool
    source: str
    at: datetime
