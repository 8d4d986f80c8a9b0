"""Checks of this room: marks stand on members and live tags, rule marks on rules."""

from core import audience
from core.audit import Finding, check
from core.database import sql

STRAYS = """
SELECT m.id, m.member_id, coalesce(m.since_at > t.archived_at, false) AS late,
    m.source = 'rule' AND t.condition IS NULL AS ruleless
FROM tags_mark AS m JOIN tags_tag AS t ON t.id = m.tag_id
WHERE m.ended_at IS NULL AND ((t.archived_at IS NOT NULL AND m.since_at > t.archived_at)
    OR (m.source = 'rule' AND t.condition IS NULL)
    OR NOT EXISTS (SELECT FROM ({population}) AS p WHERE p.member_id = m.member_id))
ORDER BY m.id LIMIT 20
"""
STALE = """
SELECT id, tag_id, member_id FROM tags_mark
WHERE ended_at IS NULL AND until_at < now() - interval '1 hour' ORDER BY id LIMIT 20
"""


@check("tags.marks")
async def find_stray_marks() -> list[Finding]:
    """An open mark stands on a member, and on a tag that was there when it was made."""
    rows = await sql(STRAYS.format(population=audience.populations[0]))
    return [Finding("tags.marks", f"mark:{row['id']}", _why(row)) for row in rows]


@check("tags.validity")
async def find_outlived_marks() -> list[Finding]:
    """What was valid until an hour ago has ended."""
    return [
        Finding("tags.validity", f"mark:{row['id']}", "it is past its validity and still open")
        for row in await sql(STALE)
    ]


def _why(row: dict[str, object]) -> str:
    if row["late"]:
        return "it was made after its tag was archived"
    return "no rule made it" if row["ruleless"] else f"there is no member {row['member_id']}"
