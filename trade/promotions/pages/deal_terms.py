"""The terms of each kind of promotion, from the fields of its form and back into them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trade.promotions.errors import BadPromotion
from trade.promotions.pages.fields import fen_in, money_out, number_out, percent_in, percent_out
from trade.promotions.pages.fields import whole_in as number_in
from trade.promotions.pages.goods import Goods, words_of
from trade.promotions.service import DealKind

Typed = Mapping[str, str]
Json = dict[str, Any]
STEPS = 10  # as many as the rules take
DELIVERIES = ("express", "city", "pickup")
STEP = ("threshold", "pieces", "off", "percent", "cap")
# What the rules call a field is not always what the form calls it.
SHOWN_AT = {
    "threshold_fen": "threshold",
    "off_fen": "off",
    "pay_bp": "percent",
    "rate_bp": "percent",
    "cheapest_bp": "cheapest",
    "for_fen": "for",
    "fee_fen": "fee",
    "free_from_fen": "free_from",
    "sku_id": "sku",
    "budget_fen": "budget",
    "steps": "step1_threshold",
}


def terms_in(kind: DealKind, typed: Typed, goods: Goods) -> Json:
    """The JSON of the terms. Raises BadPromotion, which names the field of the form."""
    found = READERS[kind](typed, goods)
    return {name: value for name, value in found.items() if value is not None}


def terms_out(kind: DealKind, terms: Json, goods: Goods) -> dict[str, str]:
    """The same in fields."""
    return WRITERS[kind](terms, goods)


def _timed_in(typed: Typed, goods: Goods) -> Json:
    prices = {}
    for words in _rows(typed["prices"]):
        fen = fen_in(words[1], "prices") if len(words) == 2 else None
        if fen is None:
            raise BadPromotion(field="prices", unknown=" ".join(words)[:40])
        prices[str(goods.sku(words[0], "prices"))] = fen
    return {"prices": prices, "rate_bp": percent_in(typed["percent"], "percent")}


def _n_for_m_in(typed: Typed, goods: Goods) -> Json:
    return {
        "pieces": number_in(typed["pieces"], "pieces"),
        "pay_pieces": number_in(typed["pay_pieces"], "pay_pieces"),
        "for_fen": fen_in(typed["for"], "for"),
        "cheapest_bp": percent_in(typed["cheapest"], "cheapest"),
        "max_sets": number_in(typed["max_sets"], "max_sets"),
    }


def _bundle_in(typed: Typed, goods: Goods) -> Json:
    parts = [_part_in(words, goods) for words in _rows(typed["parts"])]
    return {
        "parts": parts,
        "for_fen": fen_in(typed["for"], "for"),
        "max_sets": number_in(typed["max_sets"], "max_sets"),
    }


def _part_in(words: list[str], goods: Goods) -> Json:
    part: Json = {"pieces": number_in(words[0], "parts"), "sku_ids": [], "product_ids": []}
    for word in words[1:]:
        if word in goods.products:
            part["product_ids"].append(goods.products[word])
        else:
            part["sku_ids"].append(goods.sku(word, "parts"))
    return part


def _full_reduction_in(typed: Typed, goods: Goods) -> Json:
    rows = range(1, STEPS + 1)
    steps = [_step_in(typed, at) for at in rows if any(typed[f"step{at}_{name}"] for name in STEP)]
    max_times = number_in(typed["max_times"], "max_times")
    return {"steps": steps, "is_every": bool(typed["is_every"]), "max_times": max_times}


def _step_in(typed: Typed, at: int) -> Json:
    name = f"step{at}_"
    step = {
        "threshold_fen": fen_in(typed[f"{name}threshold"], f"{name}threshold"),
        "pieces": number_in(typed[f"{name}pieces"], f"{name}pieces"),
        "off_fen": fen_in(typed[f"{name}off"], f"{name}off"),
        "pay_bp": percent_in(typed[f"{name}percent"], f"{name}percent"),
        "cap_fen": fen_in(typed[f"{name}cap"], f"{name}cap"),
    }
    if not (step["threshold_fen"] or step["pieces"]):
        raise BadPromotion(field=f"{name}threshold")
    if (step["off_fen"] is None) == (step["pay_bp"] is None):
        raise BadPromotion(field=f"{name}off")
    return {key: value for key, value in step.items() if value is not None}


def _gift_in(typed: Typed, goods: Goods) -> Json:
    return {
        "sku_id": goods.sku(typed["sku"], "sku"),
        "threshold_fen": fen_in(typed["threshold"], "threshold"),
        "pieces": number_in(typed["pieces"], "pieces"),
        "gives": number_in(typed["gives"], "gives"),
        "is_every": bool(typed["is_every"]),
    }


def _freight_in(typed: Typed, goods: Goods) -> Json:
    return {
        "deliveries": [one for one in DELIVERIES if typed[f"by_{one}"]],
        "fee_fen": fen_in(typed["fee"], "fee"),
        "free_from_fen": fen_in(typed["free_from"], "free_from"),
    }


def _rows(text: str) -> list[list[str]]:
    return [words for line in text.splitlines() if (words := words_of(line))]


def _timed_out(terms: Json, goods: Goods) -> dict[str, str]:
    rows = [
        f"{code} {money_out(fen)}"
        for sku_id, fen in terms.get("prices", {}).items()
        for code in names_of(goods.skus, [int(sku_id)])
    ]
    return {"prices": "\n".join(rows), "percent": percent_out(terms.get("rate_bp"))}


def _n_for_m_out(terms: Json, goods: Goods) -> dict[str, str]:
    numbers = {name: number_out(terms.get(name)) for name in ("pieces", "pay_pieces", "max_sets")}
    cheapest = percent_out(terms.get("cheapest_bp"))
    return {**numbers, "for": money_out(terms.get("for_fen")), "cheapest": cheapest}


def _bundle_out(terms: Json, goods: Goods) -> dict[str, str]:
    rows = [
        " ".join(
            [
                str(part.get("pieces", 1)),
                *names_of(goods.skus, part.get("sku_ids", ())),
                *names_of(goods.products, part.get("product_ids", ())),
            ]
        )
        for part in terms["parts"]
    ]
    sets = number_out(terms.get("max_sets"))
    return {"parts": "\n".join(rows), "for": money_out(terms["for_fen"]), "max_sets": sets}


def _full_reduction_out(terms: Json, goods: Goods) -> dict[str, str]:
    found = {"is_every": _tick(terms), "max_times": number_out(terms.get("max_times"))}
    for at, step in enumerate(terms["steps"], 1):
        name = f"step{at}_"
        found[f"{name}threshold"] = money_out(step.get("threshold_fen"))
        found[f"{name}pieces"] = number_out(step.get("pieces"))
        found[f"{name}off"] = money_out(step.get("off_fen"))
        found[f"{name}percent"] = percent_out(step.get("pay_bp"))
        found[f"{name}cap"] = money_out(step.get("cap_fen"))
    return found


def _gift_out(terms: Json, goods: Goods) -> dict[str, str]:
    return {
        "sku": " ".join(names_of(goods.skus, [terms["sku_id"]])),
        "threshold": money_out(terms.get("threshold_fen")),
        "pieces": number_out(terms.get("pieces")),
        "gives": number_out(terms.get("gives")),
        "is_every": _tick(terms),
    }


def _freight_out(terms: Json, goods: Goods) -> dict[str, str]:
    by = terms.get("deliveries") or ["express"]
    money = {
        "fee": money_out(terms["fee_fen"]),
        "free_from": money_out(terms.get("free_from_fen")),
    }
    return {**money, **{f"by_{one}": "1" if one in by else "" for one in DELIVERIES}}


def _tick(terms: Json) -> str:
    return "1" if terms.get("is_every") else ""


def names_of(known: Mapping[str, int], ids: Iterable[int]) -> list[str]:
    back = {key: name for name, key in known.items()}
    return [back[one] for one in ids if one in back]


READERS: dict[DealKind, Callable[[Typed, Goods], Json]] = {
    DealKind.TIMED_PRICE: _timed_in,
    DealKind.N_FOR_M: _n_for_m_in,
    DealKind.BUNDLE: _bundle_in,
    DealKind.FULL_REDUCTION: _full_reduction_in,
    DealKind.GIFT: _gift_in,
    DealKind.FREIGHT: _freight_in,
}
WRITERS: dict[DealKind, Callable[[Json, Goods], dict[str, str]]] = {
    DealKind.TIMED_PRICE: _timed_out,
    DealKind.N_FOR_M: _n_for_m_out,
    DealKind.BUNDLE: _bundle_out,
    DealKind.FULL_REDUCTION: _full_reduction_out,
    DealKind.GIFT: _gift_out,
    DealKind.FREIGHT: _freight_out,
}
