"""What can be done with tiers. One public function is one use case is one transaction."""

from crm.tiers.rules import (
    Basis,
    BenefitDraft,
    BenefitKind,
    Fall,
    Ladder,
    RoundTo,
    Rung,
    TermKind,
    Why,
)
from crm.tiers.service.counting import count_order, grow
from crm.tiers.service.judging import judge, judge_due
from crm.tiers.service.laddering import put_benefits, put_ladder
from crm.tiers.service.terms import (
    PlanDraft,
    announce_ends,
    end_refunded_terms,
    end_term,
    give_tier,
    open_bought_terms,
    put_plan,
    sell_plan,
    want_renewal,
)
from crm.tiers.service.welcoming import give_birthday_gift, give_monthly_gift

__all__ = [
    "Basis",
    "BenefitDraft",
    "BenefitKind",
    "Fall",
    "Ladder",
    "PlanDraft",
    "RoundTo",
    "Rung",
    "TermKind",
    "Why",
    "announce_ends",
    "count_order",
    "end_refunded_terms",
    "end_term",
    "give_birthday_gift",
    "give_monthly_gift",
    "give_tier",
    "grow",
    "judge",
    "judge_due",
    "open_bought_terms",
    "put_benefits",
    "put_ladder",
    "put_plan",
    "sell_plan",
    "want_renewal",
]
