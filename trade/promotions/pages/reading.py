"""From a coupon's form to its draft, and back into the fields. Money is typed in yuan."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core import clock
from trade.promotions.errors import BadPromotion
from trade.promotions.pages.fields import (
    day_in,
    fen_in,
    money_out,
    number_out,
    percent_in,
    whole_in,
)
from trade.promotions.queries import TemplateView
from trade.promotions.service import DealKind, PromotionDraft

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
FLAGS = ("claimable", "giftable", "by_guide", "by_code", "comes_back")
TYPED_TERMS = frozenset({"threshold_fen", "off_fen", "pay_bp", "cap_fen", *FLAGS})


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as text. `percent` is what is paid of the price, as 85 for 85 折."""

    code: str = ""
    name: str = ""
    threshold: str = ""
    off: str = ""
    percent: str = ""
    cap: str = ""
    quota: str = ""
    claims_each: str = "1"
    valid_from: str = ""
    valid_to: str = ""
    valid_days: str = ""
    tiers: str = ""
    places: str = ""
    borne: str = "0"
    claimable: str = "1"
    giftable: str = ""
    by_guide: str = ""
    by_code: str = ""
    comes_back: str = "1"


def fresh() -> Typed:
    return Typed(valid_from=clock.shop_day(clock.now()).isoformat())


def typed_of(fields: Mapping[str, Any]) -> Typed:
    names = Typed.__dataclass_fields__
    return Typed(**{name: str(fields.get(name, ""))[:400].strip() for name in names})


def typed_from(view: TemplateView) -> Typed:
    """A template in the fields of its form."""
    terms, scope = view.terms, view.scope
    flags = {name: "1" if terms.get(name, name in USUAL) else "" for name in FLAGS}
    pay_bp = terms.get("pay_bp")
    return Typed(
        code=view.code,
        name=view.name,
        threshold=money_out(terms.get("threshold_fen") or None),
        off=money_out(terms.get("off_fen")),
        percent="" if pay_bp is None else f"{pay_bp / 100:g}",
        cap=money_out(terms.get("cap_fen")),
        quota=number_out(view.quota),
        claims_each=number_out(view.claims_each),
        valid_from=view.valid_from.isoformat(),
        valid_to=view.valid_to.isoformat() if view.valid_to else "",
        valid_days=number_out(view.valid_days),
        tiers=" ".join(scope.get("tiers", [])),
        places=" ".join(scope.get("places", [])),
        borne=f"{view.borne_bp / 100:g}",
        **flags,
    )


USUAL = {"claimable", "comes_back"}


def draft_of(typed: Typed, before: TemplateView | None) -> PromotionDraft:
    """The draft of a form. What of an older version the form does not show stays as it is.

    Raises BadPromotion, which names the field.
    """
    if not CODE.fullmatch(typed.code):
        raise BadPromotion(field="code")
    if not 1 <= len(typed.name) <= 40:
        raise BadPromotion(field="name")
    old_terms = before.terms if before else {}
    old_scope = before.scope if before else {}
    kept = {name: value for name, value in old_terms.items() if name not in TYPED_TERMS}
    scope = {name: old for name, old in old_scope.items() if name not in {"tiers", "places"}}
    lists = {"tiers": typed.tiers.split()[:20], "places": typed.places.split()[:50]}
    return PromotionDraft(
        code=typed.code,
        kind=DealKind.COUPON,
        name=typed.name,
        terms={**kept, **_terms(typed, is_exchange="exchange_pieces" in kept)},
        scope={**scope, **{name: listed for name, listed in lists.items() if listed}},
        valid_from=day_in(typed.valid_from, "valid_from") or clock.shop_day(clock.now()),
        valid_to=day_in(typed.valid_to, "valid_to"),
        quota=whole_in(typed.quota, "quota"),
        claims_each=whole_in(typed.claims_each, "claims_each"),
        valid_days=whole_in(typed.valid_days, "valid_days"),
        borne_bp=percent_in(typed.borne, "borne") or 0,
    )


def _terms(typed: Typed, *, is_exchange: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        name: bool(value) for name, value in asdict(typed).items() if name in FLAGS
    }
    facts["threshold_fen"] = fen_in(typed.threshold, "threshold") or 0
    if is_exchange:
        return facts
    off, percent = fen_in(typed.off, "off"), percent_in(typed.percent, "percent")
    if (off is None) == (percent is None):
        raise BadPromotion(field="off")
    cap = fen_in(typed.cap, "cap")
    if off is not None:
        return {**facts, "off_fen": off}
    return {**facts, "pay_bp": percent, **({} if cap is None else {"cap_fen": cap})}
