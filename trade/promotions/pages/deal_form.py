"""The form of a promotion: everything a version says, as text, and the draft it means."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from core import clock
from trade.promotions.errors import BadPromotion
from trade.promotions.pages.deal_terms import SHOWN_AT, Typed, names_of, terms_in, terms_out
from trade.promotions.pages.fields import (
    day_in,
    fen_in,
    moment_in,
    moment_out,
    money_out,
    number_out,
    whole_in,
)
from trade.promotions.pages.goods import Goods, goods_in, goods_of, words_of
from trade.promotions.pages.reading import CODE
from trade.promotions.queries import VersionView
from trade.promotions.service import DealKind, PromotionDraft

MOST_TEXT = 4_000
GOODS_OF = ("skus", "but_skus", "products", "categories", "prices", "parts", "sku")
SHOWN_SCOPE = {
    "places",
    "tiers",
    "segments",
    "channels",
    "sku_ids",
    "but_sku_ids",
    "product_ids",
    "category_ids",
}
# Without a group an order takes any number of a kind; of reductions usually one.
USUAL = {DealKind.FULL_REDUCTION: {"exclusive_group": "full_reduction"}}


def fresh(kind: DealKind) -> Typed:
    today = clock.shop_day(clock.now()).isoformat()
    more = {"by_express": "1"} if kind is DealKind.FREIGHT else USUAL.get(kind, {})
    return _text({"valid_from": today, "priority": "100", "may_stack": "1", **more})


def typed_of(fields: Mapping[str, Any]) -> Typed:
    return _text({name: str(value)[:MOST_TEXT].strip() for name, value in fields.items()})


def _text(known: dict[str, str]) -> Typed:
    return defaultdict(str, known)


async def typed_from(view: VersionView) -> Typed:
    """A version in the fields of its form."""
    goods = await goods_of([view.scope, view.terms, *view.terms.get("parts", ())])
    scope = view.scope
    lists = {name: " ".join(scope.get(name, ())) for name in ("places", "tiers", "segments")}
    numbers = {
        name: number_out(getattr(view, name)) for name in ("priority", "budget_times", "times_each")
    }
    return _text(
        {
            "before": view.code,
            "code": view.code,
            "name": view.name,
            "valid_from": view.valid_from.isoformat(),
            "valid_to": view.valid_to.isoformat() if view.valid_to else "",
            "starts_at": moment_out(view.starts_at),
            "ends_at": moment_out(view.ends_at),
            "exclusive_group": view.exclusive_group,
            "may_stack": "1" if view.may_stack else "",
            "budget": money_out(view.budget_fen),
            **numbers,
            **lists,
            "channels": " ".join(scope.get("channels", ())),
            "skus": " ".join(names_of(goods.skus, scope.get("sku_ids", ()))),
            "but_skus": " ".join(names_of(goods.skus, scope.get("but_sku_ids", ()))),
            "products": " ".join(names_of(goods.products, scope.get("product_ids", ()))),
            "categories": " ".join(names_of(goods.categories, scope.get("category_ids", ()))),
            **terms_out(view.kind, view.terms, goods),
        }
    )


async def draft_of(kind: DealKind, typed: Typed, before: VersionView | None) -> PromotionDraft:
    """The draft of a form. What of an older version the form does not show stays as it is.

    Raises BadPromotion, which names the field of the form.
    """
    if not CODE.fullmatch(typed["code"]):
        raise BadPromotion(field="code")
    if not 1 <= len(typed["name"]) <= 40:
        raise BadPromotion(field="name")
    goods = await goods_in(typed[name] for name in GOODS_OF)
    priority = whole_in(typed["priority"], "priority")
    return PromotionDraft(
        code=typed["code"],
        kind=kind,
        name=typed["name"],
        terms=terms_in(kind, typed, goods),
        scope={**_kept(before), **_scope_in(typed, goods)},
        valid_from=day_in(typed["valid_from"], "valid_from") or clock.shop_day(clock.now()),
        valid_to=day_in(typed["valid_to"], "valid_to"),
        starts_at=moment_in(typed["starts_at"], "starts_at"),
        ends_at=moment_in(typed["ends_at"], "ends_at"),
        priority=100 if priority is None else priority,
        exclusive_group=typed["exclusive_group"][:40],
        may_stack=bool(typed["may_stack"]),
        budget_fen=fen_in(typed["budget"], "budget"),
        budget_times=whole_in(typed["budget_times"], "budget_times"),
        times_each=whole_in(typed["times_each"], "times_each"),
    )


def _kept(before: VersionView | None) -> dict[str, Any]:
    old = before.scope if before else {}
    return {name: value for name, value in old.items() if name not in SHOWN_SCOPE}


def _scope_in(typed: Typed, goods: Goods) -> dict[str, Any]:
    lists: dict[str, Any] = {
        name: words_of(typed[name]) for name in ("places", "tiers", "segments", "channels")
    }
    lists["sku_ids"] = goods.skus_in(typed["skus"], "skus")
    lists["but_sku_ids"] = goods.skus_in(typed["but_skus"], "but_skus")
    lists["product_ids"] = goods.products_in(typed["products"], "products")
    lists["category_ids"] = goods.categories_in(typed["categories"], "categories")
    return {name: listed for name, listed in lists.items() if listed}


def field_of(refused: BadPromotion) -> str:
    """Where in the form a refusal belongs."""
    name = str(refused.facts.get("field", ""))
    return SHOWN_AT.get(name, name)
