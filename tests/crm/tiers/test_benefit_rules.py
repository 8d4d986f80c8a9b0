"""Benefits that cannot be."""

import pytest

from crm.tiers.errors import BadBenefit
from crm.tiers.rules import BenefitDraft, BenefitKind, check_benefit


@pytest.mark.parametrize(
    "draft",
    [
        BenefitDraft(BenefitKind.PRICE, {"rate_bp": 10_001}),
        BenefitDraft(BenefitKind.PRICE, {"rate_bp": 9_000}, place="store:1"),
        BenefitDraft(BenefitKind.PRICE),
        BenefitDraft(BenefitKind.WELCOME, {"coupon": ""}),
        BenefitDraft(BenefitKind.BIRTHDAY, {"coupon": 3}),
        BenefitDraft(BenefitKind.SERVICE),
        BenefitDraft(BenefitKind.POINTS, {"bp": 9_999}),
        BenefitDraft(BenefitKind.FREIGHT, {"free_from_fen": True, "fee_fen": 0}),
        BenefitDraft(BenefitKind.SERVICE, zh="专属导购", place="planet:1"),
    ],
)
def test_benefits_that_cannot_be_are_refused(draft: BenefitDraft) -> None:
    with pytest.raises(BadBenefit):
        check_benefit(draft)
