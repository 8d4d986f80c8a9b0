"""What can be asked about tiers. Nothing here writes; views leave."""

from crm.tiers.queries.benefits import (
    BenefitView,
    PlanView,
    TermView,
    benefits,
    benefits_of,
    members_on_plans,
    plans,
    plans_of,
    terms_of,
)
from crm.tiers.queries.standing import (
    ChangeView,
    LadderView,
    RungView,
    StandingView,
    changes_of,
    ladder_now,
    members_by_tier,
    members_having,
    standing_of,
)
from crm.tiers.queries.tiers import tier_of, tiers_of
from crm.tiers.rules import BASE_TIER, WHY, Basis, BenefitKind, TermKind, Why

__all__ = [
    "BASE_TIER",
    "WHY",
    "Basis",
    "BenefitKind",
    "BenefitView",
    "ChangeView",
    "LadderView",
    "PlanView",
    "RungView",
    "StandingView",
    "TermKind",
    "TermView",
    "Why",
    "benefits",
    "benefits_of",
    "changes_of",
    "ladder_now",
    "members_by_tier",
    "members_having",
    "members_on_plans",
    "plans",
    "plans_of",
    "standing_of",
    "terms_of",
    "tier_of",
    "tiers_of",
]
