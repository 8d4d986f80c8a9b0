"""Who has which tier and why: pure decisions, no table and no clock."""

from crm.tiers.rules.benefits import BenefitDraft, check_benefit
from crm.tiers.rules.folding import BLINK, Credit, Stand, Sums, fold, ladder_at, next_look
from crm.tiers.rules.ladder import NO_LADDER, Ladder, Rung, check_ladder
from crm.tiers.rules.words import (
    BASE_TIER,
    GIFTS,
    WHY,
    Basis,
    BenefitKind,
    Fall,
    RoundTo,
    TermKind,
    Why,
)

__all__ = [
    "BASE_TIER",
    "BLINK",
    "GIFTS",
    "NO_LADDER",
    "WHY",
    "Basis",
    "BenefitDraft",
    "BenefitKind",
    "Credit",
    "Fall",
    "Ladder",
    "RoundTo",
    "Rung",
    "Stand",
    "Sums",
    "TermKind",
    "Why",
    "check_benefit",
    "check_ladder",
    "fold",
    "ladder_at",
    "next_look",
]
