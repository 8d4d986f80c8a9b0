"""The library on both sides: look at WeCom's first, believe it, then do there what we still want.

Looking before doing is what makes it safe to repeat: a tag whose answer was lost is found by its
name, and is not made again.
"""

import logging
from collections.abc import Iterable

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from core import clock
from core.database import use_case
from core.partners import NoAnswer
from core.wechat.api import PlatformRefused
from core.wechat.errcodes import Meaning
from crm.tags import gateway
from crm.tags.gateway import CorpGroup, CorpTag
from crm.tags.models import Mark, Tag, TagGroup
from crm.tags.rules import NAME_CHARS, PushState, Source
from crm.tags.service.wishing import wish_again

log = logging.getLogger(__name__)
LATER = frozenset({Meaning.BUSY, Meaning.SLOWER, Meaning.STALE})


async def sync_library() -> int:
    """Make both libraries say the same; answers how many changes were made in WeCom.

    Raises Unavailable when WeCom cannot be looked at.
    """
    groups = await gateway.library()
    await _believe(groups)
    wanted = await Tag.filter(push__in=[PushState.WANTED, PushState.UNKNOWN]).select_related(
        "group"
    )
    return sum([await _push(tag) for tag in wanted])


@use_case
async def _believe(groups: Iterable[CorpGroup]) -> None:
    listed = list(groups)
    for group in listed:
        ours = await _our_group(group)
        for tag in group.tags:
            await _our_tag(ours, tag)
    there = [tag.id for group in listed for tag in group.tags]
    await _let_go(there)
    gone = TagGroup.filter(wecom_id__isnull=False).exclude(
        wecom_id__in=[group.id for group in listed] or [""]
    )
    await gone.update(wecom_id=None)


async def _our_group(group: CorpGroup) -> TagGroup:
    known = await TagGroup.get_or_none(wecom_id=group.id)
    if known is None:
        known = await TagGroup.get_or_none(name=group.name[:NAME_CHARS], archived_at=None)
    if known is None:
        return await TagGroup.create(name=group.name[:NAME_CHARS], wecom_id=group.id)
    if known.wecom_id != group.id:
        known.wecom_id = group.id
        await known.save()
    return known


async def _our_tag(group: TagGroup, tag: CorpTag) -> None:
    known = await Tag.get_or_none(wecom_id=tag.id)
    if known is None:
        known = await Tag.get_or_none(
            group_id=group.id, name=tag.name[:NAME_CHARS], archived_at=None
        )
    if known is None:
        known = Tag(group_id=group.id, name=tag.name[:NAME_CHARS], made_by="wecom")
    is_new_there = known.wecom_id != tag.id
    known.wecom_id, known.is_shared = tag.id, True
    is_wanted = known.push in (PushState.WANTED, PushState.UNKNOWN)
    if known.archived_at is None and not is_wanted:
        known.name = tag.name[:NAME_CHARS]  # somebody in WeCom gave it another name
    elif known.archived_at is None and known.name == tag.name:
        known.push = PushState.SETTLED
    await _save(known)
    if is_new_there:
        await wish_again(known.id)


async def _save(tag: Tag) -> None:
    """A name that is taken here stays as it was, and the page says so."""
    try:
        async with in_transaction():
            await tag.save()
    except IntegrityError:
        await Tag.filter(id=tag.id).update(push=PushState.FAILED, push_why="name_taken_here")


async def _let_go(there: list[str]) -> None:
    """What was deleted in WeCom is not shared any more; what nobody else holds is archived."""
    gone = Tag.filter(wecom_id__isnull=False).exclude(wecom_id__in=there or [""])
    for tag in await gone:
        await Mark.filter(tag_id=tag.id, source=Source.WECOM, ended_at=None).update(
            ended_at=clock.now(), ended_by="wecom"
        )
        is_ours = tag.condition is not None or await Mark.exists(tag_id=tag.id, ended_at=None)
        tag.wecom_id, tag.is_shared = None, False
        tag.push, tag.push_why = PushState.SETTLED, "deleted_in_wecom" if is_ours else ""
        if not is_ours and tag.made_by == "wecom":
            tag.archived_at = tag.archived_at or clock.now()
        await tag.save()


async def _push(tag: Tag) -> int:
    """Do one thing in WeCom. Without an answer it is unknown, until the next look says more."""
    try:
        await _do(tag)
    except NoAnswer:
        await Tag.filter(id=tag.id).update(push=PushState.UNKNOWN, push_why="no_answer")
        return 0
    except PlatformRefused as refused:
        if refused.meaning in LATER:
            return 0
        why = f"wecom_{refused.errcode}"
        await Tag.filter(id=tag.id).update(push=PushState.FAILED, push_why=why)
        log.warning("WeCom refused a tag", extra={"tag_id": tag.id, "errcode": refused.errcode})
        return 0
    return 1


async def _do(tag: Tag) -> None:
    if tag.archived_at is not None:
        if tag.wecom_id:
            await gateway.delete_tags([tag.wecom_id])
        await _settle(tag, None)
    elif tag.wecom_id:
        await gateway.rename(wecom_id=tag.wecom_id, name=tag.name)
        await _settle(tag, tag.wecom_id)
    else:
        group = await TagGroup.get(id=tag.group_id)
        made = await gateway.add_tag(
            group_id=group.wecom_id or "", group_name=group.name, name=tag.name
        )
        new = next((one.id for one in made.tags if one.name == tag.name), None)
        if new is None:
            raise NoAnswer(why="the new tag is not in the answer")
        await TagGroup.filter(id=group.id, wecom_id=None).update(wecom_id=made.id or None)
        await _settle(tag, new)


@use_case
async def _settle(tag: Tag, wecom_id: str | None) -> None:
    settled = Tag.filter(id=tag.id, name=tag.name)  # renamed meanwhile: it is still wanted
    is_new = wecom_id is not None and tag.wecom_id != wecom_id
    await Tag.filter(id=tag.id).update(wecom_id=wecom_id)
    await settled.update(push=PushState.SETTLED, push_why="")
    if is_new:
        await wish_again(tag.id)
