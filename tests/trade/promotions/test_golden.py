"""Golden price files: every case was worked out by hand, and its `how` says how.

Amounts are fen. `items` are [SKU, pieces, list price], `lines` [SKU, what the line costs] and, for
a gift, its pieces. No number here came out of the program.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from trade.promotions.rules import (
    Asked,
    Claim,
    Deal,
    DealKind,
    Item,
    Left,
    PointsTerm,
    PriceTerm,
    RateBase,
    RateTerm,
    Terms,
    deal_terms,
    scope_of,
    work_out,
)

Json = dict[str, Any]
FILES = sorted(Path(__file__).with_name("golden").glob("*.json"))
CASES = {
    f"{path.stem}: {case['case']}": case for path in FILES for case in json.loads(path.read_text())
}
GROUPS = {DealKind.FULL_REDUCTION: "full_reduction", DealKind.COUPON: "coupon"}


def deals_of(case: Json) -> dict[str, Deal]:
    return {
        facts["code"]: Deal(
            code=facts["code"],
            kind=DealKind(facts["kind"]),
            name=facts["code"],
            version=f"{facts['code']} v1",
            terms=deal_terms(DealKind(facts["kind"]), facts["terms"]),
            scope=scope_of(facts.get("scope", {})),
            campaign_id=at,
            priority=facts.get("priority", 100),
            group=facts.get("group", GROUPS.get(DealKind(facts["kind"]), "")),
            may_stack=facts.get("stack", True),
            limits=(None, None, None) if "left" not in facts else (1, 1, 1),
        )
        for at, facts in enumerate(case.get("deals", []), start=1)
    }


def prices_of(case: Json) -> dict[int, tuple[PriceTerm, ...]]:
    found: dict[int, tuple[PriceTerm, ...]] = {}
    for sku_id, place, tier, fen, *more in case.get("prices", []):
        term = PriceTerm(place, fen, "v1", tier, is_lower_only=bool(more))
        found[sku_id] = (*found.get(sku_id, ()), term)
    return found


def rates_of(case: Json) -> dict[str, RateTerm]:
    found = {}
    for tier, rate in case.get("rates", {}).items():
        rate_bp, base = rate if isinstance(rate, list) else (rate, "list")
        found[tier] = RateTerm(tier, rate_bp, "v1", RateBase(base))
    return found


def terms_and_asked(case: Json) -> tuple[Terms, Asked]:
    deals = deals_of(case)
    terms = Terms(
        prices=prices_of(case),
        rates=rates_of(case),
        deals=tuple(deals.values()),
        points=PointsTerm(**case.get("program", {})),
        gifts={int(sku_id): fen for sku_id, fen in case.get("gifts", {}).items()},
    )
    asked = Asked(
        tier=case.get("tier", ""),
        segments=frozenset(case.get("segments", [])),
        delivery=case.get("delivery", "pickup"),
        delivery_fee_fen=case.get("fee", 0),
        claims=tuple(Claim(code, deals[code]) for code in case.get("claims", [])),
        left={
            deals[facts["code"]].campaign_id: Left(*facts["left"])
            for facts in case.get("deals", [])
            if "left" in facts
        },
        points=case.get("points", 0),
        sold_out=frozenset(case.get("sold_out", [])),
    )
    return terms, asked


def test_there_are_enough_cases_and_each_says_how() -> None:
    assert len(CASES) >= 60
    assert [name for name, case in CASES.items() if not case["how"]] == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_case_comes_out_as_worked_by_hand(case: Json) -> None:
    terms, asked = terms_and_asked(case)
    quote = work_out([Item(*item) for item in case["items"]], terms, asked)

    found = [
        [line.sku_id, line.payable_fen, *([line.quantity] if line.is_gift else [])]
        for line in quote.lines
    ]
    assert found == case["lines"]
    assert quote.freight_fen == case.get("freight", 0)
    assert quote.points_spent == case.get("spent", 0)
    assert quote.payable_fen == sum(line[1] for line in case["lines"]) + case.get("freight", 0)
