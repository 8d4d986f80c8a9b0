"""Members get tags and lose them: by hand, by a rule, from WeCom, by import, by a journey."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import audience, clock
from core.database import sql, use_case
from core.outbox import publish_all
from crm.tags.errors import BadValidity, NotARuleTag, RuleTag, TagNotFound
from crm.tags.events import TagsChanged
from crm.tags.models import Tag
from crm.tags.rules import Source
from crm.tags.service.wishing import wish

LONGEST = timedelta(days=3_650)
A_NEWS = 1_000  # members in one piece of news

# Who is no member is left out; the same cause marks once, also when the mark has ended since.
MARK = """
INSERT INTO tags_mark AS m (member_id, tag_id, source, by, cause, until_at)
SELECT p.member_id, $2, $3::text, $4::text, $5::text, $6::timestamptz FROM ({population}) AS p
WHERE p.member_id = ANY($1::bigint[]) AND ($5::text = '' OR NOT EXISTS (
    SELECT FROM tags_mark AS old WHERE old.member_id = p.member_id AND old.tag_id = $2
        AND old.source = $3::text AND old.cause = $5::text))
ORDER BY p.member_id
ON CONFLICT (member_id, tag_id, source) WHERE ended_at IS NULL
DO UPDATE SET until_at = excluded.until_at, cause = excluded.cause
    WHERE m.until_at IS DISTINCT FROM excluded.until_at
RETURNING member_id, (xmax = 0) AS is_new
"""
UNMARK = """
UPDATE tags_mark SET ended_at = now(), ended_by = $4
WHERE tag_id = $2 AND member_id = ANY($1::bigint[]) AND ended_at IS NULL
    AND source = ANY($3::text[])
RETURNING member_id
"""
OTHERS_OF_GROUP = """
UPDATE tags_mark AS m SET ended_at = now(), ended_by = $3
FROM tags_tag AS t
WHERE t.id = m.tag_id AND t.group_id = $4 AND m.tag_id <> $2 AND m.source = 'manual'
    AND m.member_id = ANY($1::bigint[]) AND m.ended_at IS NULL
RETURNING m.member_id, m.tag_id
"""
STILL = """
SELECT DISTINCT member_id FROM tags_mark
WHERE tag_id = $2 AND member_id = ANY($1::bigint[]) AND ended_at IS NULL
    AND (until_at IS NULL OR until_at > now())
"""
RULED = """
SELECT member_id FROM tags_mark WHERE tag_id = $1 AND source = 'rule' AND ended_at IS NULL
"""
EXPIRE = """
UPDATE tags_mark SET ended_at = now(), ended_by = 'validity'
WHERE id IN (SELECT id FROM tags_mark WHERE ended_at IS NULL AND until_at <= now()
             ORDER BY until_at LIMIT $1)
    AND ended_at IS NULL
RETURNING member_id, tag_id
"""


@dataclass(frozen=True, slots=True)
class Marking:
    """Who says that members have a tag, why, and until when (None: as long as the tag says)."""

    source: Source
    by: str
    cause: str = ""
    until: datetime | None = None


@use_case
async def mark_members(*, tag_id: int, member_ids: Sequence[int], marking: Marking) -> int:
    """Give a tag to many; answers how many had no such mark of this source before.

    With a `cause` it happens once for each member. An open mark gets the new end. In a group of
    which a member has one tag only, the other one given by hand ends.
    Raises TagNotFound, BadValidity, RuleTag for a rule tag given by another hand.
    """
    tag = await _tag(tag_id)
    if tag.condition is not None and marking.source is not Source.RULE:
        raise RuleTag
    until = _until(tag, marking)
    query = MARK.format(population=audience.populations[0])
    listed = sorted(set(member_ids))
    values = (tag.id, marking.source, marking.by[:40], marking.cause[:120], until)
    rows = await sql(query, listed, *values)
    new = [row["member_id"] for row in rows if row["is_new"]]
    if tag.group.is_single and marking.source is Source.MANUAL:
        await _end_others(tag, new, marking.by)
    await _after(tag, new, has=True, source=marking.source)
    return len(new)


@use_case
async def unmark_members(
    *, tag_id: int, member_ids: Sequence[int], by: str, sources: frozenset[Source] | None = None
) -> int:
    """Take a tag away: all marks, or only those of `sources`; answers how many have it no more.

    A rule's mark goes with the rule only. What `wecom` took away is not asked of WeCom again.
    Raises TagNotFound.
    """
    tag = await _tag(tag_id)
    taken = sources or frozenset(Source) - {Source.RULE}
    rows = await sql(UNMARK, sorted(set(member_ids)), tag.id, sorted(taken), by[:40])
    ended = sorted({row["member_id"] for row in rows})
    still = {row["member_id"] for row in await sql(STILL, ended, tag.id)}
    gone = [one for one in ended if one not in still]
    source = Source.WECOM if by == Source.WECOM else Source.MANUAL
    await _after(tag, gone, has=False, source=source)
    return len(gone)


@use_case
async def set_rule_members(tag_id: int, member_ids: Sequence[int]) -> tuple[int, int]:
    """These are the members the rule of a tag holds for now; answers how many came and left.

    Raises TagNotFound, NotARuleTag.
    """
    tag = await _tag(tag_id)
    if tag.condition is None:
        raise NotARuleTag
    before = {row["member_id"] for row in await sql(RULED, tag.id)}
    wanted = set(member_ids)
    marking = Marking(Source.RULE, by="rule")
    came = await mark_members(tag_id=tag.id, member_ids=sorted(wanted - before), marking=marking)
    left = await unmark_members(
        tag_id=tag.id,
        member_ids=sorted(before - wanted),
        by="rule",
        sources=frozenset({Source.RULE}),
    )
    await Tag.filter(id=tag.id).update(refreshed_at=clock.now())
    return came, left


@use_case
async def end_expired_marks(limit: int = 5_000) -> int:
    """End what was valid until now; answers how many marks."""
    rows = await sql(EXPIRE, limit)
    for tag_id in sorted({row["tag_id"] for row in rows}):
        tag = await Tag.get(id=tag_id).select_related("group")
        members = sorted({row["member_id"] for row in rows if row["tag_id"] == tag_id})
        still = {row["member_id"] for row in await sql(STILL, members, tag_id)}
        gone = [one for one in members if one not in still]
        await _after(tag, gone, has=False, source=Source.MANUAL)
    return len(rows)


async def _tag(tag_id: int) -> Tag:
    tag = await Tag.get_or_none(id=tag_id, archived_at=None).select_related("group")
    if tag is None:
        raise TagNotFound
    return tag


def _until(tag: Tag, marking: Marking) -> datetime | None:
    now = clock.now()
    if marking.until is not None:
        if not now < marking.until <= now + LONGEST:
            raise BadValidity
        return marking.until
    return now + timedelta(days=tag.valid_days) if tag.valid_days else None


async def _end_others(tag: Tag, member_ids: Sequence[int], by: str) -> None:
    rows = await sql(OTHERS_OF_GROUP, list(member_ids), tag.id, by[:40], tag.group_id)
    for other_id in sorted({row["tag_id"] for row in rows}):
        other = await Tag.get(id=other_id)
        gone = sorted(row["member_id"] for row in rows if row["tag_id"] == other_id)
        await _after(other, gone, has=False, source=Source.MANUAL)


async def _after(tag: Tag, member_ids: Sequence[int], *, has: bool, source: Source) -> None:
    """Tell who listens, and want the same of WeCom; what came from there does not go back."""
    at = clock.now()
    parts = [member_ids[start : start + A_NEWS] for start in range(0, len(member_ids), A_NEWS)]
    await publish_all([TagsChanged(tag.id, tuple(part), has, source, at) for part in parts])
    if source is not Source.WECOM:
        await wish(tag, member_ids)
