"""Which goods a rule means, and who invoices them: the most special rule wins.

A pattern is `code:`, `tax:` or `name:` and a glob (`code:TEA-*`); an empty one means all goods.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from invoicing.errors import PatternWrong
from invoicing.rules.tax import Policy

FIELDS = ("code", "tax", "name")


class Goods(Protocol):
    """What a rule looks at."""

    @property
    def goods_no(self) -> str: ...
    @property
    def tax_code(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """`store_id` None: all stores. Valid from its first day to its last, both counted."""

    id: int
    store_id: int | None
    pattern: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Route(Rule):
    """These goods of this store are invoiced by this seller; None: by nobody here."""

    tax_entity_id: int | None


@dataclass(frozen=True, slots=True)
class TaxClass(Rule):
    """How a seller taxes these goods. An empty `tax_code` and a rate None keep the line's own."""

    tax_code: str
    tax_bp: int | None
    policy: Policy
    short_name: str
    label: str


AnyRule = TypeVar("AnyRule", bound=Rule)


def check_pattern(pattern: str) -> None:
    """Raises PatternWrong."""
    field, colon, glob = pattern.partition(":")
    if pattern and (not colon or field not in FIELDS or not glob):
        raise PatternWrong(pattern=pattern)


def is_meant(rule: Rule, goods: Goods, *, store_id: int, day: date) -> bool:
    if rule.store_id not in {None, store_id} or day < rule.valid_from:
        return False
    if rule.valid_until is not None and day > rule.valid_until:
        return False
    if not rule.pattern:
        return True
    field, _, glob = rule.pattern.partition(":")
    value = {"code": goods.goods_no, "tax": goods.tax_code, "name": goods.name}[field]
    return fnmatchcase(value, glob)


def rank(rule: Rule) -> tuple[bool, bool, int, date, int]:
    """Goods go before stores, long patterns before short ones, later rules before earlier ones."""
    is_of_goods, is_of_store = bool(rule.pattern), rule.store_id is not None
    letters = len(rule.pattern.replace("*", ""))
    return is_of_goods, is_of_store, letters, rule.valid_from, rule.id


def best(rules: Iterable[AnyRule], goods: Goods, *, store_id: int, day: date) -> AnyRule | None:
    """The most special rule that means these goods on that day."""
    meant = [rule for rule in rules if is_meant(rule, goods, store_id=store_id, day=day)]
    return max(meant, key=rank, default=None)


def entity_for(
    routes: Iterable[Route], goods: Goods, *, store_id: int, day: date, own: int | None
) -> int | None:
    """Who invoices these goods: a route for the goods, one for the store, the store's own seller,
    then the company's route for everything. None: nobody, and that is to be said.
    """
    route = best(routes, goods, store_id=store_id, day=day)
    is_company_wide = route is not None and not route.pattern and route.store_id is None
    if route is None or (is_company_wide and own is not None):
        return own
    return route.tax_entity_id
