"""What can be done with tags. One public function is one use case is one transaction.

Where WeCom has to be asked first, the question comes before the transaction.
"""

from crm.tags.rules import Source
from crm.tags.service.library import (
    archive_group,
    archive_tag,
    make_group,
    make_tag,
    rename_group,
    rename_tag,
    set_rule,
    share_tag,
)
from crm.tags.service.marking import (
    Marking,
    end_expired_marks,
    mark_members,
    set_rule_members,
    unmark_members,
)

__all__ = [
    "Marking",
    "Source",
    "archive_group",
    "archive_tag",
    "end_expired_marks",
    "make_group",
    "make_tag",
    "mark_members",
    "rename_group",
    "rename_tag",
    "set_rule",
    "set_rule_members",
    "share_tag",
    "unmark_members",
]
