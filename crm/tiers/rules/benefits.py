"""What a tier or a paid membership brings (权益), as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.tiers.errors import BadBenefit
from crm.tiers.rules.words import GIFTS, BenefitKind


@dataclass(frozen=True, slots=True)
class BenefitDraft:
    """`facts` by kind: price {rate_bp}; freight {free_from_fen, fee_fen}; points {bp}; a gift
    {coupon}; a service needs words alone. `place` as of prices: "" everywhere, "region:华东",
    "franchisee:3", "store:17": for the members whose home store is there.
    """

    kind: BenefitKind
    facts: Mapping[str, int | str] = field(default_factory=dict)
    place: str = ""
    zh: str = ""
    en: str = ""


FIELDS: dict[BenefitKind, dict[str, tuple[int, int]]] = {
    BenefitKind.PRICE: {"rate_bp": (1, 10_000)},
    BenefitKind.FREIGHT: {"free_from_fen": (0, 10**9), "fee_fen": (0, 10**6)},
    BenefitKind.POINTS: {"bp": (10_000, 100_000)},
    BenefitKind.SERVICE: {},
}


def check_benefit(draft: BenefitDraft) -> None:
    """Raises BadBenefit, which names the field."""
    if draft.kind in GIFTS:
        coupon = draft.facts.get("coupon")
        _fine("coupon", set(draft.facts) == {"coupon"} and isinstance(coupon, str) and coupon != "")
    else:
        bounds = FIELDS[draft.kind]
        _fine("facts", set(draft.facts) == set(bounds))
        for name, (least, most) in bounds.items():
            value = draft.facts[name]
            _fine(name, type(value) is int and least <= value <= most)
    _fine("zh", len(draft.zh) <= 80 and (draft.kind is not BenefitKind.SERVICE or bool(draft.zh)))
    _fine("en", len(draft.en) <= 160)
    kinds = ("", "region", "franchisee", "store")
    _fine("place", len(draft.place) <= 40 and draft.place.partition(":")[0] in kinds)
    is_price = draft.kind is BenefitKind.PRICE
    _fine("place", not (is_price and draft.place))  # local prices are price lists of the store


def _fine(name: str, is_fine: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_fine:
        raise BadBenefit(field=name)
