"""Rules as they are typed into forms, read or refused with the field that is wrong."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from invoicing.errors import RuleWrong
from invoicing.rules.tax import Policy
from invoicing.service import RouteDraft, TaxClassDraft

NUMBERS = (
    "window_days",
    "closing_month",
    "closing_day",
    "wait_days",
    "frozen_from",
    "frozen_until",
    "title_changes",
    "title_change_days",
)
SWITCHES = ("is_active", "is_special_allowed", "has_short_entry", "shows_discounts")
MOST = 10**11  # fen of a month; keeps sums far from the ends of bigint


def number_in(text: str, name: str) -> int:
    """Raises RuleWrong."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise RuleWrong(name=name)
    return int(text)


def percent_in(text: str, name: str) -> int:
    """`13` or `1.5` of a hundred in basis points. Raises RuleWrong."""
    return _hundredths(text, name)


def fen_in(text: str, name: str) -> int:
    """Yuan in fen. Raises RuleWrong."""
    return _hundredths(text, name)


def _hundredths(text: str, name: str) -> int:
    try:
        value = Decimal(text.replace(",", "")) * 100
    except InvalidOperation:
        raise RuleWrong(name=name) from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= MOST:
        raise RuleWrong(name=name)
    return int(value)


def day_in(text: str, name: str) -> date:
    """Raises RuleWrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleWrong(name=name) from None


def terms_in(fields: Mapping[str, str], methods: list[str]) -> dict[str, Any]:
    """Raises RuleWrong."""
    quota = fields.get("month_quota", "")
    return {
        **{name: number_in(fields.get(name, ""), name) for name in NUMBERS},
        **{name: fields.get(name) == "on" for name in SWITCHES},
        "month_quota_fen": fen_in(quota, "month_quota") if quota else None,
        "not_invoiced": methods,
        "lump_name": fields.get("lump_name", "")[:90],
        "lump_tax_code": fields.get("lump_tax_code", ""),
        "lump_tax_bp": percent_in(fields.get("lump_rate") or "0", "lump_rate"),
    }


def route_in(fields: Mapping[str, str]) -> RouteDraft:
    """Raises RuleWrong."""
    seller, store = fields.get("to", ""), fields.get("store", "")
    return RouteDraft(
        tax_entity_id=number_in(seller, "to") if seller else None,
        valid_from=day_in(fields.get("valid_from", ""), "valid_from"),
        valid_until=_maybe_day(fields.get("valid_until", "")),
        store_id=number_in(store, "store") if store else None,
        pattern=fields.get("pattern", "").strip()[:80],
    )


def tax_class_in(fields: Mapping[str, str], tax_entity_id: int) -> TaxClassDraft:
    """Raises RuleWrong."""
    store, rate = fields.get("store", ""), fields.get("rate", "")
    policy = fields.get("policy", "")
    if policy not in set(Policy):
        raise RuleWrong(name="policy")
    return TaxClassDraft(
        tax_entity_id=tax_entity_id,
        valid_from=day_in(fields.get("valid_from", ""), "valid_from"),
        valid_until=_maybe_day(fields.get("valid_until", "")),
        store_id=number_in(store, "store") if store else None,
        pattern=fields.get("pattern", "").strip()[:80],
        tax_code=fields.get("tax_code", "").strip(),
        tax_bp=percent_in(rate, "rate") if rate else None,
        policy=Policy(policy),
        short_name=fields.get("short_name", "").strip()[:40],
        label=fields.get("label", "").strip()[:90],
    )


def _maybe_day(text: str) -> date | None:
    return day_in(text, "valid_until") if text else None
