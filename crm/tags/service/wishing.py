"""What we want of WeCom's marks: one row for each tag of a member, whatever happens in between."""

from collections.abc import Sequence

from core.database import sql
from core.jobs import owe
from crm.tags.models import Tag

# The wish is what our own marks say now; WeCom's own word is not ours to repeat (no loop).
WISH = """
WITH asked AS (
    SELECT who.member_id, EXISTS (
        SELECT FROM tags_mark AS m WHERE m.member_id = who.member_id AND m.tag_id = $2
            AND m.ended_at IS NULL AND m.source <> 'wecom'
            AND (m.until_at IS NULL OR m.until_at > now())) AS has
    FROM unnest($1::bigint[]) AS who (member_id)
)
INSERT INTO tags_corp_mark AS c (member_id, tag_id, is_there, wanted, state)
SELECT member_id, $2, false, 'add', 'wanted' FROM asked WHERE has
UNION ALL
SELECT member_id, $2, false, NULL, 'settled' FROM asked WHERE NOT has
ORDER BY member_id
ON CONFLICT (member_id, tag_id) DO UPDATE SET
    wanted = CASE WHEN c.is_there = (excluded.wanted IS NOT NULL) THEN NULL
        WHEN excluded.wanted IS NULL THEN 'remove' ELSE 'add' END,
    state = CASE WHEN c.is_there = (excluded.wanted IS NOT NULL) THEN 'settled' ELSE 'wanted' END,
    why = '', changed_at = now()
"""
HOLDERS = """
SELECT DISTINCT member_id FROM tags_mark
WHERE tag_id = $1 AND ended_at IS NULL AND source <> 'wecom'
"""


async def wish(tag: Tag, member_ids: Sequence[int]) -> None:
    """After marks of ours changed: WeCom should have what we have, where the tag is shared."""
    if tag.is_shared and member_ids:
        await sql(WISH, sorted(member_ids), tag.id)
        await owe("tags.push", key="")


async def wish_again(tag_id: int) -> None:
    """The tag is shared from now on: whoever has it should have it there."""
    holders = [row["member_id"] for row in await sql(HOLDERS, tag_id)]
    if holders:
        await sql(WISH, sorted(holders), tag_id)
        await owe("tags.push", key="")
