"""The tags of one customer on both sides: look, believe, do what is still wanted, note it.

What somebody did in WeCom counts here and never goes back out; what we did there comes back to us
as what we know already. So no change runs in a circle.
"""

from collections.abc import Mapping, Sequence

from core import clock
from core.database import sql, use_case
from core.partners import NoAnswer
from core.wechat.api import PlatformRefused
from crm.people.queries import binding_of
from crm.tags import gateway
from crm.tags.gateway import Follow
from crm.tags.models import CorpMark, Tag
from crm.tags.rules import Change, Mirror, PushState, Source, looked
from crm.tags.service.corp_library import LATER
from crm.tags.service.marking import Marking, mark_members, unmark_members
from crm.tags.service.wishing import wish
from trade.stores.errors import StaffNotFound
from trade.stores.queries import get_staff

BY = "wecom"
NO_CONTACT = "no_contact"
NOTE = """
INSERT INTO tags_corp_mark AS c (member_id, tag_id, is_there, wanted, state, changed_at)
VALUES ($1, $2, $3, $4, $5, now())
ON CONFLICT (member_id, tag_id) DO UPDATE
    SET is_there = excluded.is_there, wanted = excluded.wanted, state = excluded.state, why = '',
        changed_at = now()
    WHERE c.wanted IS NOT DISTINCT FROM $6
"""
HELD_HERE = """
SELECT DISTINCT m.tag_id FROM tags_mark AS m JOIN tags_tag AS t ON t.id = m.tag_id
WHERE m.member_id = $1 AND m.ended_at IS NULL AND m.source <> 'wecom' AND t.is_shared
    AND t.archived_at IS NULL AND (m.until_at IS NULL OR m.until_at > now())
    AND NOT EXISTS (SELECT FROM tags_corp_mark AS c
        WHERE c.member_id = m.member_id AND c.tag_id = m.tag_id)
"""


async def sync_member(member_id: int, external_user_id: str) -> int:
    """Make both sides say the same of one customer; answers how many tags changed there.

    Raises Unavailable when WeCom cannot be looked at.
    """
    follows = await gateway.follows_of(external_user_id)
    tags = {tag.wecom_id: tag for tag in await Tag.filter(wecom_id__isnull=False)}
    if not follows:
        await give_up(member_id, why=NO_CONTACT)
        return 0
    await _believe(member_id, follows, {key: tag for key, tag in tags.items() if key})
    return await _push(member_id, external_user_id, follows)


@use_case
async def give_up(member_id: int, *, why: str) -> None:
    """What is wanted for this member cannot be done; the page of the member says why."""
    await CorpMark.filter(member_id=member_id, wanted__isnull=False).update(
        state=PushState.FAILED, why=why, changed_at=clock.now()
    )


@use_case
async def _believe(member_id: int, follows: Sequence[Follow], tags: Mapping[str, Tag]) -> None:
    there = {tag_id for follow in follows for tag_id in follow.tags}
    await CorpMark.filter(member_id=member_id, state=PushState.FAILED, why=NO_CONTACT).update(
        state=PushState.WANTED, why=""
    )  # they are a customer by now
    for held in await sql(HELD_HERE, member_id):
        await wish(await Tag.get(id=held["tag_id"]), [member_id])
    known = {row.tag_id: row for row in await CorpMark.filter(member_id=member_id)}
    for wecom_id, tag in tags.items():
        row = known.get(tag.id)
        mirror = Mirror(row.is_there, row.wanted, row.state) if row else None
        if mirror is None and wecom_id not in there:
            continue
        seen = looked(mirror, is_there=wecom_id in there)
        if seen.mirror != mirror:
            await _note(member_id, tag.id, seen.mirror, mirror)
        if seen.ours is not None:
            await _believe_one(member_id, tag, seen.ours)


async def _note(member_id: int, tag_id: int, now: Mirror, before: Mirror | None) -> None:
    wanted = before.wanted if before else None
    await sql(NOTE, member_id, tag_id, now.is_there, now.wanted, now.state, wanted)


async def _believe_one(member_id: int, tag: Tag, change: Change) -> None:
    if tag.archived_at is not None:
        return
    if change is Change.REMOVE:
        taken = frozenset(Source) - {Source.RULE}
        await unmark_members(tag_id=tag.id, member_ids=[member_id], by=BY, sources=taken)
    elif tag.condition is None:
        marking = Marking(Source.WECOM, by=BY)
        await mark_members(tag_id=tag.id, member_ids=[member_id], marking=marking)


async def _push(member_id: int, external_user_id: str, follows: Sequence[Follow]) -> int:
    rows = await CorpMark.filter(member_id=member_id, state=PushState.WANTED).select_related("tag")
    wanted = {row.tag.wecom_id: row for row in rows if row.tag.wecom_id}
    add = {key for key, row in wanted.items() if row.wanted is Change.ADD}
    drop = set(wanted) - add
    if not wanted:
        return 0
    try:
        await _mark(member_id, external_user_id, follows, add, drop)
    except NoAnswer:
        await _leave(rows, PushState.UNKNOWN, "no_answer")
        return 0
    except PlatformRefused as refused:
        if refused.meaning not in LATER:
            await _leave(rows, PushState.FAILED, f"wecom_{refused.errcode}")
        return 0
    for key, row in wanted.items():
        done = Mirror(key in add, None, PushState.SETTLED)
        await _note(member_id, row.tag_id, done, Mirror(row.is_there, row.wanted, row.state))
    return len(wanted)


async def _mark(
    member_id: int, external: str, follows: Sequence[Follow], add: set[str], drop: set[str]
) -> None:
    """A tag is put on by the guide who has the customer, and comes off wherever it is."""
    by = await _speaker(member_id, follows)
    for follow in follows:
        mine = add if follow.user_id == by else set()
        off = drop & follow.tags
        if mine or off:
            await gateway.mark(
                user_id=follow.user_id, external_user_id=external, add=mine, remove=off
            )


async def _speaker(member_id: int, follows: Sequence[Follow]) -> str:
    """The member's guide, if they have them in WeCom; else whoever has had them longest."""
    bound = await binding_of(member_id)
    users = [one.user_id for one in sorted(follows, key=lambda one: (one.since, one.user_id))]
    if bound is not None:
        try:
            guide = await get_staff(bound.guide_id)
        except StaffNotFound:
            return users[0]
        if guide.user_id in users:
            return guide.user_id
    return users[0]


async def _leave(rows: Sequence[CorpMark], state: PushState, why: str) -> None:
    ids = [row.id for row in rows]
    await CorpMark.filter(id__in=ids, wanted__isnull=False).update(
        state=state, why=why, changed_at=clock.now()
    )
