"""What can be asked about people. Nothing here writes; views are masked before they leave."""

from crm.people.queries.addresses import Addresses, addresses_of
from crm.people.queries.consents import (
    ConsentView,
    consents_of,
    may_be_profiled,
    may_be_reached,
)
from crm.people.queries.earnings import Earnings, earnings_of
from crm.people.queries.groups import GroupView, find_group, groups_for, groups_seen_since
from crm.people.queries.members import (
    BindingView,
    MemberPage,
    MemberView,
    TouchView,
    binding_of,
    explain_points,
    find_member_by_id,
    find_members,
    get_member,
    id_of,
    may_reveal,
    member_known_as,
    member_view,
    members_born_on,
    members_in,
    open_id_of,
    touches_of,
)
from crm.people.queries.numbers import DayNumbers, StoreNumbers, day_numbers
from crm.people.queries.tiers import tier_of, tiers_of
from crm.people.rules import Entrance, Gender, IdKind, MatchedBy, MessageState, Purpose

__all__ = [
    "Addresses",
    "BindingView",
    "ConsentView",
    "DayNumbers",
    "Earnings",
    "Entrance",
    "Gender",
    "GroupView",
    "IdKind",
    "MatchedBy",
    "MemberPage",
    "MemberView",
    "MessageState",
    "Purpose",
    "StoreNumbers",
    "TouchView",
    "addresses_of",
    "binding_of",
    "consents_of",
    "day_numbers",
    "earnings_of",
    "explain_points",
    "find_group",
    "find_member_by_id",
    "find_members",
    "get_member",
    "groups_for",
    "groups_seen_since",
    "id_of",
    "may_be_profiled",
    "may_be_reached",
    "may_reveal",
    "member_known_as",
    "member_view",
    "members_born_on",
    "members_in",
    "open_id_of",
    "tier_of",
    "tiers_of",
    "touches_of",
]
