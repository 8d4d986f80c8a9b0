"""What cannot be worked out is refused by the name of its field."""

import pytest

from trade.promotions.errors import BadPromotion
from trade.promotions.rules import DealKind, deal_terms, scope_of

BAD = [
    (DealKind.TIMED_PRICE, {}, "prices"),
    (DealKind.TIMED_PRICE, {"prices": {"x": 1}}, "prices"),
    (DealKind.TIMED_PRICE, {"prices": {"1": -1}}, "1"),
    (DealKind.TIMED_PRICE, {"rate_bp": 10_001}, "rate_bp"),
    (DealKind.N_FOR_M, {"pieces": 1, "pay_pieces": 0}, "pieces"),
    (DealKind.N_FOR_M, {"pieces": 3}, "pay_pieces"),
    (DealKind.N_FOR_M, {"pieces": 3, "pay_pieces": 3}, "pay_pieces"),
    (DealKind.N_FOR_M, {"pieces": 3, "pay_pieces": 2, "for_fen": 1}, "pay_pieces"),
    (DealKind.BUNDLE, {"parts": [], "for_fen": 1}, "parts"),
    (DealKind.BUNDLE, {"parts": [{"pieces": 1}], "for_fen": 1}, "parts"),
    (DealKind.FULL_REDUCTION, {"steps": [{"threshold_fen": 5, "off_fen": 6}]}, "off_fen"),
    (DealKind.FULL_REDUCTION, {"steps": [{"threshold_fen": 5}]}, "off_fen"),
    (DealKind.FULL_REDUCTION, {"steps": [{"off_fen": 6}]}, "threshold_fen"),
    (
        DealKind.FULL_REDUCTION,
        {"steps": [{"pieces": 1, "pay_bp": 1}], "is_every": True},
        "is_every",
    ),
    (DealKind.GIFT, {"sku_id": 1}, "threshold_fen"),
    (DealKind.GIFT, {"sku_id": True, "pieces": 1}, "sku_id"),
    (DealKind.GIFT, {"sku_id": 1, "pieces": 1, "gives": -1}, "gives"),
    (DealKind.COUPON, {"off_fen": 0}, "off_fen"),
    (DealKind.COUPON, {"off_fen": 1.5}, "off_fen"),
    (DealKind.COUPON, {"off_fen": 1, "secret": 1}, "secret"),
    (DealKind.FREIGHT, {"fee_fen": -1}, "fee_fen"),
    (DealKind.FREIGHT, {"fee_fen": 10**12}, "fee_fen"),
]


@pytest.mark.parametrize(("kind", "terms", "field"), BAD)
def test_terms_that_cannot_be_worked_out_are_refused_by_name(
    kind: DealKind, terms: dict[str, object], field: str
) -> None:
    with pytest.raises(BadPromotion) as refused:
        deal_terms(kind, terms)

    assert refused.value.facts["field"] == field


@pytest.mark.parametrize("scope", [{"places": "all"}, {"sku_ids": ["1"]}, {"everybody": True}])
def test_a_scope_that_is_none_is_refused(scope: dict[str, object]) -> None:
    with pytest.raises(BadPromotion):
        scope_of(scope)
