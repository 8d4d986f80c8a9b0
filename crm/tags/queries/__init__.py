"""What can be asked about tags. Nothing here writes."""

from crm.tags.queries.library import (
    GroupView,
    RuleTag,
    TagView,
    rule_tags,
    tag_by_public_id,
    tag_choices,
    tag_groups,
)
from crm.tags.queries.marks import MarkView, members_with, tags_of
from crm.tags.rules import Source

__all__ = [
    "GroupView",
    "MarkView",
    "RuleTag",
    "Source",
    "TagView",
    "members_with",
    "rule_tags",
    "tag_by_public_id",
    "tag_choices",
    "tag_groups",
    "tags_of",
]
