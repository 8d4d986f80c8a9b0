"""What a journey may do here: give a tag, take one away."""

from pydantic import BaseModel, Field

from core.database import use_case
from core.deeds import Deed, Done, Outcome, Refused, register
from core.errors import DomainError
from crm.tags.queries import tag_by_public_id
from crm.tags.rules import Source
from crm.tags.service import Marking, mark_members, unmark_members


class TagParams(BaseModel):
    tag: str = Field(title="标签 / tag", max_length=40)


@use_case
async def add_tag(member_id: int, params: TagParams, cause: str) -> Outcome:
    marking = Marking(Source.JOURNEY, by="journey", cause=cause)
    try:
        tag = await tag_by_public_id(params.tag)
        await mark_members(tag_id=tag.id, member_ids=[member_id], marking=marking)
    except DomainError as refused:
        return Refused(refused.code)
    return Done(params.tag)


@use_case
async def remove_tag(member_id: int, params: TagParams, cause: str) -> Outcome:
    """Taking away what is not there changes nothing: that is how it happens once."""
    try:
        tag = await tag_by_public_id(params.tag)
        await unmark_members(tag_id=tag.id, member_ids=[member_id], by=f"journey:{cause}")
    except DomainError as refused:
        return Refused(refused.code)
    return Done(params.tag)


register(Deed("tags.add", "打标签", "give a tag", TagParams, add_tag))
register(Deed("tags.remove", "去标签", "take a tag away", TagParams, remove_tag))
