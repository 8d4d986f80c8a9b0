"""Set the scene: tags, and who has them."""

from datetime import datetime
from typing import Any

from crm.tags.models import Tag
from crm.tags.service import Marking, Source, make_group, make_tag, mark_members

BY = "marketer:1"


async def a_tag(
    name: str = "爱羊绒", *, group: str = "", condition: Any = None, **more: Any
) -> Tag:
    """A tag in `group` (its public id), or in a new group of its own."""
    into = group or await make_group(name=f"{name}组", by=BY, is_single=more.pop("single", False))
    public_id = await make_tag(group=into, name=name, by=BY, condition=condition, **more)
    return await Tag.get(public_id=public_id).select_related("group")


async def has(tag: Tag, *members: int, until: datetime | None = None, **more: Any) -> int:
    """Say by hand that members have a tag."""
    marking = Marking(more.pop("source", Source.MANUAL), by=BY, until=until, **more)
    return await mark_members(tag_id=tag.id, member_ids=members, marking=marking)
