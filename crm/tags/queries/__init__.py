"""What can be asked about tags. Nothing here writes."""

from crm.tags.queries.corp import CorpNumbers, LookView, corp_numbers, last_look, words_for
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
    "CorpNumbers",
    "GroupView",
    "LookView",
    "MarkView",
    "RuleTag",
    "Source",
    "TagView",
    "corp_numbers",
    "last_look",
    "members_with",
    "rule_tags",
    "tag_by_public_id",
    "tag_choices",
    "tag_groups",
    "tags_of",
    "words_for",
]
