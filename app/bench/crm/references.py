"""Ten segments a marketer of this brand would make, and variations of them for a full refresh."""

from typing import Any

Data = dict[str, Any]
BOUGHT, PAID, VIEWED = "orders.bought", "orders.paid", "behaviour.viewed"
AGREED = {"trait": "people.agreed", "is": "in", "value": ["marketing"]}


def _category(n: int) -> Data:
    return {"attribute": "category", "is": "in", "value": [str(n)]}


def _paid(days: int, **more: Any) -> Data:
    return {"did": PAID, "within_days": days, **more}


TEN: dict[str, Data] = {
    "bought within 30 days": _paid(30),
    "slept 180 days after two orders or more": {
        "all": [
            {"trait": "orders.count", "is": "at_least", "value": 2},
            {"not": _paid(180)},
        ]
    },
    "spent over 1000 yuan this year": _paid(
        365, sum={"of": "amount", "is": "more_than", "value": 100_000}
    ),
    "bought of one category, never of another": {
        "all": [
            {"did": BOUGHT, "where": [_category(7)]},
            {"not": {"did": BOUGHT, "where": [_category(9)]}},
        ]
    },
    "viewed a category in 14 days and did not buy": {
        "all": [
            {"did": VIEWED, "where": [_category(1)], "within_days": 14},
            {"not": _paid(14)},
        ]
    },
    "birthday this month, may be written to, has a phone": {
        "all": [
            {"trait": "people.birth_month", "is": "equals", "value": 11},
            AGREED,
            {"trait": "people.has_phone", "is": "yes"},
        ]
    },
    "tagged, and a mean basket under 200 yuan": {
        "all": [
            {"trait": "tags.has", "is": "in", "value": ["tag_bench1", "tag_bench2"]},
            {"trait": "orders.basket", "is": "less_than", "value": 20_000},
        ]
    },
    "viewed, then bought within 7 days": {
        "sequence": [{"did": VIEWED, "within_days": 90}, {"did": PAID, "within_days": 90}],
        "in_days": 7,
    },
    "only ever at the till": {
        "all": [
            {"did": PAID, "where": [{"attribute": "entrance", "is": "in", "value": ["till"]}]},
            {
                "not": {
                    "did": PAID,
                    "where": [{"attribute": "entrance", "is": "in", "value": ["mini_program"]}],
                }
            },
        ]
    },
    "joined this year and never bought": {
        "all": [
            {"trait": "people.joined", "is": "within_days", "value": 365},
            {"not": {"did": PAID}},
        ]
    },
}


def fifty() -> dict[str, Data]:
    """The ten, and forty like them with other windows, categories, stores and sums."""
    found = {f"ten-{n}": data for n, data in enumerate(TEN.values())}
    for n in range(10):
        store = {"attribute": "store", "is": "in", "value": [str(1 + n)]}
        found[f"window-{n}"] = _paid(20 + 30 * n)
        found[f"category-{n}"] = {"did": BOUGHT, "where": [_category(5 + n)], "within_days": 365}
        found[f"store-{n}"] = {"all": [{"did": PAID, "where": [store]}, AGREED]}
        asked = {"is": "at_least", "value": 1 + n}
        found[f"seen-{n}"] = {"did": VIEWED, "within_days": 90, "count": asked}
    return found
