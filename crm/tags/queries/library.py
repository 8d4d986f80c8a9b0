"""The library of tags, with how many members have each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.audience import Choice
from core.database import sql
from crm.tags.errors import TagNotFound
from crm.tags.models import Tag, TagGroup


@dataclass(frozen=True, slots=True)
class TagView:
    """`push` says how far WeCom is with it; `condition` is a rule's, else None."""

    id: int
    public_id: str
    group: str
    name: str
    members: int
    condition: Any
    refreshed_at: datetime | None
    valid_days: int | None
    is_shared: bool
    is_in_wecom: bool
    push: str
    push_why: str

    @property
    def is_rule(self) -> bool:
        return self.condition is not None


@dataclass(frozen=True, slots=True)
class GroupView:
    id: int
    public_id: str
    name: str
    is_single: bool
    is_in_wecom: bool
    tags: tuple[TagView, ...]


HOLDERS = """
SELECT tag_id, count(DISTINCT member_id) AS members FROM tags_mark
WHERE ended_at IS NULL AND (until_at IS NULL OR until_at > now()) GROUP BY tag_id
"""
CHOICES = """
SELECT t.public_id AS value, g.name || '：' || t.name AS zh
FROM tags_tag AS t JOIN tags_group AS g ON g.id = t.group_id
WHERE t.archived_at IS NULL ORDER BY g.position, g.id, t.position, t.id
"""


async def tag_groups() -> list[GroupView]:
    """All groups with their tags, in their order; archived ones are left out."""
    held = {row["tag_id"]: row["members"] for row in await sql(HOLDERS)}
    tags = await Tag.filter(archived_at=None).order_by("position", "id").select_related("group")
    views = [_view(tag, held.get(tag.id, 0)) for tag in tags]
    groups = await TagGroup.filter(archived_at=None).order_by("position", "id")
    return [
        GroupView(
            id=group.id,
            public_id=group.public_id,
            name=group.name,
            is_single=group.is_single,
            is_in_wecom=group.wecom_id is not None,
            tags=tuple(view for view in views if view.group == group.public_id),
        )
        for group in groups
    ]


async def tag_by_public_id(public_id: str) -> TagView:
    """Raises TagNotFound."""
    found = await Tag.get_or_none(public_id=public_id, archived_at=None).select_related("group")
    if found is None:
        raise TagNotFound
    held = {row["tag_id"]: row["members"] for row in await sql(HOLDERS)}
    return _view(found, held.get(found.id, 0))


async def tag_choices() -> list[Choice]:
    """Every tag by its public id, for conditions."""
    return [Choice(row["value"], row["zh"], row["zh"]) for row in await sql(CHOICES)]


def _view(tag: Tag, members: int) -> TagView:
    return TagView(
        id=tag.id,
        public_id=tag.public_id,
        group=tag.group.public_id,
        name=tag.name,
        members=members,
        condition=tag.condition,
        refreshed_at=tag.refreshed_at,
        valid_days=tag.valid_days,
        is_shared=tag.is_shared,
        is_in_wecom=tag.wecom_id is not None,
        push=tag.push,
        push_why=tag.push_why,
    )


@dataclass(frozen=True, slots=True)
class RuleTag:
    """A tag that a condition keeps; `refreshed_at` None: it was never worked out as it is now."""

    id: int
    condition: Any
    refreshed_at: datetime | None


async def rule_tags() -> list[RuleTag]:
    """All tags that have a rule."""
    rows = await Tag.filter(archived_at=None, condition__isnull=False).order_by("id")
    return [RuleTag(row.id, row.condition, row.refreshed_at) for row in rows]
