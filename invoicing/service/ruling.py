"""The seller's rules are set: terms, routes, tax classes, the bureau's table of codes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from core.audit_log import record
from core.database import use_case
from core.security.scope import EVERYWHERE, Scope
from core.upsert import upsert
from invoicing.errors import RulesNotYours, RuleWrong
from invoicing.models import Route, TaxClass, TaxCode, Terms
from invoicing.rules.matching import check_pattern
from invoicing.rules.tax import UNTAXED, Policy
from invoicing.rules.terms import Terms as Rules
from trade.payments.queries import Method
from trade.stores.queries import seller_named

NAMES = {field.name: field.type for field in fields(Rules)}
DAYS = ("window_days", "wait_days", "title_change_days")
MOST_BP = 1700


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """`tax_entity_id` None: these goods are invoiced by nobody here."""

    tax_entity_id: int | None
    valid_from: date
    valid_until: date | None = None
    store_id: int | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class TaxClassDraft:
    """An empty `tax_code` and a rate None keep those of the goods; `label` is another name."""

    tax_entity_id: int
    valid_from: date
    valid_until: date | None = None
    store_id: int | None = None
    pattern: str = ""
    tax_code: str = ""
    tax_bp: int | None = None
    policy: Policy = Policy.NONE
    short_name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class TaxCodeRow:
    """One row of the bureau's table."""

    code: str
    name: str
    short_name: str
    is_leaf: bool = True


@use_case
async def set_terms(*, scope: Scope, tax_entity_id: int | None, rules: dict[str, Any]) -> None:
    """How a seller invoices; None: all sellers without own words. What is not named stays.

    Raises RulesNotYours, RuleWrong, SellerNotFound.
    """
    _check_office(scope)
    if tax_entity_id is not None:
        await seller_named(tax_entity_id)
    check_terms(rules)
    row, _ = await Terms.get_or_create({"rules": {}}, tax_entity_id=tax_entity_id)
    row.rules = {**row.rules, **rules}
    await row.save(update_fields=["rules"])
    await record(scope, "invoicing.terms", f"seller:{tax_entity_id}", names=",".join(sorted(rules)))


def check_terms(rules: dict[str, Any]) -> None:
    """Raises RuleWrong with the name of what is wrong."""
    for name in rules:
        if name not in NAMES:
            raise RuleWrong(name=name)
    try:
        made = Rules(**rules)
        is_right = {
            **{name: 0 < getattr(made, name) <= 3660 for name in DAYS},
            "closing_day": bool(date(2001, made.closing_month, made.closing_day)),
            "frozen_until": 0 <= made.frozen_from <= made.frozen_until <= 31,
            "title_changes": 0 <= made.title_changes <= 3,
            "month_quota_fen": made.month_quota_fen is None or made.month_quota_fen >= 0,
            "not_invoiced": set(made.not_invoiced) <= set(Method),
            "lump_tax_code": _is_code(made.lump_tax_code),
            "lump_tax_bp": 0 <= made.lump_tax_bp <= MOST_BP,
        }
    except (TypeError, ValueError):
        raise RuleWrong from None
    for name, right in is_right.items():
        if not right:
            raise RuleWrong(name=name)


@use_case
async def add_route(*, scope: Scope, draft: RouteDraft) -> int:
    """From its first day on these goods are invoiced by this seller. Answers the rule's id.

    Raises RulesNotYours, RuleWrong, PatternWrong, SellerNotFound.
    """
    _check_office(scope)
    check_pattern(draft.pattern)
    _check_days(draft.valid_from, draft.valid_until)
    if draft.tax_entity_id is not None:
        await seller_named(draft.tax_entity_id)
    row = await Route.create(**asdict(draft))
    await record(scope, "invoicing.route", f"route:{row.id}")
    return row.id


@use_case
async def add_tax_class(*, scope: Scope, draft: TaxClassDraft) -> int:
    """From its first day on a seller taxes these goods so. Answers the rule's id.

    Raises RulesNotYours, RuleWrong, PatternWrong, SellerNotFound.
    """
    _check_office(scope)
    check_pattern(draft.pattern)
    _check_days(draft.valid_from, draft.valid_until)
    await seller_named(draft.tax_entity_id)
    if not _is_code(draft.tax_code) or not 0 <= (draft.tax_bp or 0) <= MOST_BP:
        raise RuleWrong(name="tax_code")
    if draft.policy in UNTAXED and draft.tax_bp:
        raise RuleWrong(name="tax_bp")
    row = await TaxClass.create(**asdict(draft))
    await record(scope, "invoicing.tax_class", f"tax_class:{row.id}")
    return row.id


@use_case
async def end_rule(*, scope: Scope, kind: str, rule_id: int, last_day: date) -> None:
    """A route or a tax class counts until `last_day`. Raises RulesNotYours, RuleWrong."""
    _check_office(scope)
    rows = Route.filter(id=rule_id) if kind == "route" else TaxClass.filter(id=rule_id)
    if not await rows.update(valid_until=last_day):
        raise RuleWrong(name=kind)
    await record(scope, f"invoicing.{kind}_end", f"{kind}:{rule_id}")


@use_case
async def load_tax_codes(*, version: str, rows: Iterable[TaxCodeRow]) -> int:
    """Put the bureau's table in place of the one before; the same again changes nothing.

    Answers how many rows are new or changed. Raises RuleWrong for a code that is none.
    """
    put = [{**asdict(row), "version": version} for row in rows]
    for one in put:
        if not one["code"] or not _is_code(one["code"]):
            raise RuleWrong(name=one["code"][:19])
    done = await upsert(TaxCode, put, by=("code",))
    return done.new + done.changed


def _is_code(code: str) -> bool:
    return not code or (len(code) == 19 and code.isascii() and code.isdigit())


def _check_days(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise RuleWrong(name="valid_until")


def _check_office(scope: Scope) -> None:
    if scope.role not in EVERYWHERE:
        raise RulesNotYours
