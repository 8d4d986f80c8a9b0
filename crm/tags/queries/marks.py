"""Who has which tag, since when, until when, and who says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.database import sql


@dataclass(frozen=True, slots=True)
class MarkView:
    """One word that a member has a tag; `ended_at` is past once it is taken back."""

    tag_id: int
    tag: str
    group: str
    name: str
    source: str
    by: str
    cause: str
    since_at: datetime
    until_at: datetime | None
    ended_at: datetime | None
    ended_by: str


MARKS = """
SELECT t.id AS tag_id, t.public_id AS tag, g.name AS group, t.name, m.source, m.by, m.cause,
    m.since_at, m.until_at, m.ended_at, m.ended_by
FROM tags_mark AS m JOIN tags_tag AS t ON t.id = m.tag_id JOIN tags_group AS g ON g.id = t.group_id
WHERE m.member_id = $1 AND ($2 OR (m.ended_at IS NULL AND t.archived_at IS NULL
    AND (m.until_at IS NULL OR m.until_at > now())))
ORDER BY m.ended_at IS NOT NULL, g.position, g.id, t.position, t.id, m.id DESC LIMIT 200
"""
MEMBERS = """
SELECT DISTINCT member_id FROM tags_mark
WHERE tag_id = $1 AND ended_at IS NULL AND (until_at IS NULL OR until_at > now())
    AND member_id > $2 ORDER BY member_id LIMIT $3
"""


async def tags_of(member_id: int, *, with_past: bool = False) -> list[MarkView]:
    """The tags of a member as they hold now; with their past, if asked."""
    rows = await sql(MARKS, member_id, with_past)
    return [_view(row) for row in rows]


async def members_with(tag_id: int, *, after: int = 0, limit: int = 1_000) -> list[int]:
    """Members who have this tag now, by id, from the one after `after`."""
    return [row["member_id"] for row in await sql(MEMBERS, tag_id, after, limit)]


def _view(row: dict[str, Any]) -> MarkView:
    return MarkView(**row)
