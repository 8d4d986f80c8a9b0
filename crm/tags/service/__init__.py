"""What can be done with tags. One public function is one use case is one transaction.

Where WeCom has to be asked first, the question comes before the transaction.
"""

from crm.tags.rules import Source
from crm.tags.service.corp_library import sync_library
from crm.tags.service.corp_marks import sync_member
from crm.tags.service.hearing import ask_for_look, hear_of_customer, hear_of_library
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
from crm.tags.service.looking import (
    begin_looking,
    go_on_looking,
    look_at_customer,
    push_wanted,
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
    "ask_for_look",
    "begin_looking",
    "end_expired_marks",
    "go_on_looking",
    "hear_of_customer",
    "hear_of_library",
    "look_at_customer",
    "make_group",
    "make_tag",
    "mark_members",
    "push_wanted",
    "rename_group",
    "rename_tag",
    "set_rule",
    "set_rule_members",
    "share_tag",
    "sync_library",
    "sync_member",
    "unmark_members",
]
