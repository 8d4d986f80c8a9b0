"""From the forms of tiers to what the service takes, and back. Money is typed in yuan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.money import yuan
from crm.tiers.errors import BadBenefit, BadLadder, BadPlan
from crm.tiers.queries import BenefitView, LadderView
from crm.tiers.service import (
    Basis,
    BenefitDraft,
    BenefitKind,
    Fall,
    Ladder,
    PlanDraft,
    RoundTo,
    Rung,
)
from trade.catalog.queries import find_sku

WHOLE = re.compile(r"\d{1,9}")
MONEY = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
ROWS, SPARE, BENEFIT_ROWS = 12, 2, 20
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RungRow:
    code: str = ""
    zh: str = ""
    en: str = ""
    threshold: str = ""


@dataclass(frozen=True, slots=True)
class BenefitRow:
    """`value` is a rate in per cent, yuan from which freight is free, a multiple, or a coupon."""

    kind: str = ""
    value: str = ""
    place: str = ""
    zh: str = ""
    en: str = ""


def rung_rows(ladder: LadderView) -> list[RungRow]:
    """The tiers in the fields of their form, with empty rows for more."""
    is_money = ladder.basis is Basis.PAID
    rows = [
        RungRow(one.code, one.zh, one.en, _plain(one.threshold) if is_money else str(one.threshold))
        for one in ladder.rungs
    ]
    return [*rows, *[RungRow()] * min(SPARE, ROWS - len(rows))]


def typed_rungs(fields: Fields) -> list[RungRow]:
    names = ("code", "zh", "en", "threshold")
    return [
        RungRow(*(_text(fields, f"{name}{at}") for name in names))
        for at in range(ROWS)
        if f"code{at}" in fields
    ]


def ladder_of(fields: Fields) -> Ladder:
    """Raises BadLadder, which names the field."""
    basis = _choice(Basis, fields, "basis")
    rungs = tuple(
        Rung(row.code, _amount(row.threshold, basis), row.zh[:20], row.en[:40])
        for row in typed_rungs(fields)
        if row.code
    )
    return Ladder(
        rungs,
        basis=basis,
        window_days=_days(fields, "window_days"),
        holds_days=_days(fields, "holds_days"),
        round_to=_choice(RoundTo, fields, "round_to"),
        fall=_choice(Fall, fields, "fall"),
        grace_days=_days(fields, "grace_days") or 0,
        notice_days=_days(fields, "notice_days") or 0,
        growth_per_yuan=_days(fields, "growth_per_yuan") or 0,
    )


def benefit_rows(found: list[BenefitView]) -> list[BenefitRow]:
    rows = [BenefitRow(one.kind, _value(one), one.place, one.zh, one.en) for one in found]
    return [*rows, *[BenefitRow()] * min(SPARE, BENEFIT_ROWS - len(rows))]


def typed_benefits(fields: Fields) -> list[BenefitRow]:
    return [
        BenefitRow(*(_text(fields, f"{name}{at}") for name in BenefitRow.__dataclass_fields__))
        for at in range(BENEFIT_ROWS)
        if f"kind{at}" in fields
    ]


def benefits_of_form(fields: Fields) -> list[BenefitDraft]:
    """Raises BadBenefit, which names the field."""
    return [_benefit(row) for row in typed_benefits(fields) if row.kind]


async def plan_of_form(fields: Fields) -> PlanDraft:
    """Raises BadPlan, which names the field."""
    sku = await find_sku(_text(fields, "sku"))
    if sku is None:
        raise BadPlan(field="sku")
    days = _text(fields, "days")
    return PlanDraft(
        code=_text(fields, "code"),
        zh=_text(fields, "zh"),
        en=_text(fields, "en"),
        sku_id=sku.id,
        tier=_text(fields, "tier"),
        days=int(days) if WHOLE.fullmatch(days) else 0,
        is_open=bool(fields.get("is_open")),
    )


def _benefit(row: BenefitRow) -> BenefitDraft:
    try:
        kind = BenefitKind(row.kind)
    except ValueError:
        raise BadBenefit(field="kind") from None
    if kind is BenefitKind.SERVICE:
        facts: dict[str, int | str] = {}
    elif kind is BenefitKind.PRICE:
        facts = {"rate_bp": _hundredths(row.value)}
    elif kind is BenefitKind.POINTS:
        facts = {"bp": _hundredths(row.value) * 100}
    elif kind is BenefitKind.FREIGHT:
        facts = {"free_from_fen": _hundredths(row.value or "0"), "fee_fen": 0}
    else:
        facts = {"coupon": row.value}
    return BenefitDraft(kind, facts, row.place, row.zh, row.en)


def _value(one: BenefitView) -> str:
    facts = one.facts
    if one.kind is BenefitKind.PRICE:
        return f"{facts['rate_bp'] / 100:g}"
    if one.kind is BenefitKind.POINTS:
        return f"{facts['bp'] / 10_000:g}"
    if one.kind is BenefitKind.FREIGHT:
        return _plain(facts["free_from_fen"])
    return str(facts.get("coupon", ""))


def _text(fields: Fields, name: str) -> str:
    return str(fields.get(name, "")).strip()[:160]


def _hundredths(text: str) -> int:
    found = MONEY.fullmatch(text)
    if found is None:
        raise BadBenefit(field="value")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _amount(text: str, basis: Basis) -> int:
    found = MONEY.fullmatch(text or "0")
    if found is None or (basis is Basis.GROWTH and found[2]):
        raise BadLadder(field="threshold")
    if basis is Basis.GROWTH:
        return int(found[1])
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _days(fields: Fields, name: str) -> int | None:
    text = _text(fields, name)
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise BadLadder(field=name)
    return int(text)


def _choice(kind: Any, fields: Fields, name: str) -> Any:
    try:
        return kind(_text(fields, name))
    except ValueError:
        raise BadLadder(field=name) from None


def _plain(fen: int) -> str:
    return yuan(fen).replace(",", "")
