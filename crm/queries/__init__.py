"""What can be asked about people. Nothing here writes; views are masked before they leave."""

from crm.queries.consents import ConsentView, consents_of
from crm.queries.groups import GroupView, find_group, groups_for
from crm.queries.members import (
    BindingView,
    MemberView,
    TouchView,
    binding_of,
    find_members,
    get_member,
    member_view,
    members_in,
    open_id_of,
    tier_of,
    touches_of,
)
from crm.queries.numbers import DayNumbers, StoreNumbers, day_numbers
from crm.rules import Purpose

__all__ = [
    "BindingView",
    "ConsentView",
    "DayNumbers",
    "GroupView",
    "MemberView",
    "Purpose",
    "StoreNumbers",
    "TouchView",
    "binding_of",
    "consents_of",
    "day_numbers",
    "find_group",
    "find_members",
    "get_member",
    "groups_for",
    "member_view",
    "members_in",
    "open_id_of",
    "tier_of",
    "touches_of",
]
