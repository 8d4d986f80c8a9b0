"""The library of tags: groups, tags, rules; what of it is kept in WeCom too."""

import unicodedata
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from core import audit_log, clock
from core.database import use_case
from core.jobs import owe
from crm.tags.errors import (
    BadTagName,
    BadValidity,
    NotARuleTag,
    TagGroupNotFound,
    TagNameTaken,
    TagNotFound,
    TooManyTags,
)
from crm.tags.models import Tag, TagGroup
from crm.tags.rules import MOST_TAGS, NAME_CHARS, PushState
from crm.tags.service.wishing import wish_again

MOST_DAYS = 3_650


def clean(name: str) -> str:
    """A name as it is kept. Raises BadTagName."""
    found = unicodedata.normalize("NFC", name).strip()
    is_odd = any(unicodedata.category(char)[0] == "C" for char in found)
    if not 0 < len(found) <= NAME_CHARS or is_odd:
        raise BadTagName
    return found


@use_case
async def make_group(*, name: str, by: str, is_single: bool = False) -> str:
    """A new group of tags; answers its public id. Raises BadTagName, TagNameTaken."""
    group = TagGroup(name=clean(name), is_single=is_single)
    await _save(group)
    await audit_log.record(by, "tags.group_made", f"tag_group:{group.id}")
    return group.public_id


@use_case
async def make_tag(
    *, group: str, name: str, by: str, condition: Any = None, valid_days: int | None = None
) -> str:
    """A new tag in `group`; answers its public id.

    With a `condition` it is a rule tag. Raises TagGroupNotFound, BadTagName, BadValidity,
    TagNameTaken, TooManyTags.
    """
    if valid_days is not None and not 0 < valid_days <= MOST_DAYS:
        raise BadValidity
    in_group = await find_group(group)
    if await Tag.filter(archived_at=None).count() >= MOST_TAGS:
        raise TooManyTags
    tag = Tag(
        group_id=in_group.id,
        name=clean(name),
        condition=condition,
        valid_days=valid_days,
        made_by=by,
    )
    await _save(tag)
    await audit_log.record(by, "tags.made", f"tag:{tag.id}")
    return tag.public_id


@use_case
async def rename_tag(*, tag: str, name: str, by: str) -> None:
    """Raises TagNotFound, BadTagName, TagNameTaken. WeCom hears of it where the tag is shared."""
    row = await find_tag(tag)
    wanted = clean(name)
    if row.name == wanted:
        return
    row.name = wanted
    await _save(row)
    await audit_log.record(by, "tags.renamed", f"tag:{row.id}")
    if row.is_shared:
        await _want_push(row)


@use_case
async def rename_group(*, group: str, name: str, by: str) -> None:
    """Raises TagGroupNotFound, BadTagName, TagNameTaken."""
    row = await find_group(group)
    row.name = clean(name)
    await _save(row)
    await audit_log.record(by, "tags.group_renamed", f"tag_group:{row.id}")
    if row.wecom_id:
        await owe("tags.sync_library", key="")


@use_case
async def archive_tag(*, tag: str, by: str) -> None:
    """Nobody has it any more, and its past stays readable. Raises TagNotFound."""
    row = await find_tag(tag)
    row.archived_at = clock.now()
    await row.save()
    await audit_log.record(by, "tags.archived", f"tag:{row.id}")
    if row.wecom_id:
        await _want_push(row)


@use_case
async def archive_group(*, group: str, by: str) -> None:
    """The group with all its tags. Raises TagGroupNotFound."""
    row = await find_group(group)
    for tag in await Tag.filter(group_id=row.id, archived_at=None):
        await archive_tag(tag=tag.public_id, by=by)
    row.archived_at = clock.now()
    await row.save()
    await audit_log.record(by, "tags.group_archived", f"tag_group:{row.id}")


@use_case
async def set_rule(*, tag: str, condition: Any, by: str) -> None:
    """Give a rule tag another condition; its members are worked out anew by the next refresh.

    Raises TagNotFound, NotARuleTag.
    """
    row = await find_tag(tag)
    if row.condition is None:
        raise NotARuleTag
    row.condition = condition
    row.refreshed_at = None
    await row.save()
    await audit_log.record(by, "tags.rule_set", f"tag:{row.id}")


@use_case
async def share_tag(*, tag: str, by: str) -> None:
    """Keep this tag in WeCom too, with who has it. Again: nothing. Raises TagNotFound."""
    row = await find_tag(tag)
    if row.is_shared and row.wecom_id:
        return
    row.is_shared = True
    await audit_log.record(by, "tags.shared", f"tag:{row.id}")
    await _want_push(row)
    await wish_again(row.id)


async def find_tag(public_id: str) -> Tag:
    row = await Tag.get_or_none(public_id=public_id, archived_at=None)
    if row is None:
        raise TagNotFound
    return row


async def find_group(public_id: str) -> TagGroup:
    row = await TagGroup.get_or_none(public_id=public_id, archived_at=None)
    if row is None:
        raise TagGroupNotFound
    return row


async def _want_push(row: Tag) -> None:
    row.push, row.push_why = PushState.WANTED, ""
    await row.save()
    await owe("tags.sync_library", key="")


async def _save(row: Tag | TagGroup) -> None:
    try:
        async with in_transaction():
            await row.save()
    except IntegrityError:
        raise TagNameTaken from None
