"""Why somebody is in a segment, and what a condition says, in words."""

import pytest

from crm.segments.errors import BadCondition
from crm.segments.queries import explain, members_of, parse, told
from crm.segments.queries.explaining import Reason
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_member, with_phone
from tests.scenes.segments import bought
from trade.stores.queries import all_stores

pytestmark = pytest.mark.usefixtures("db")
DATA = {
    "all": [
        {"did": "orders.paid", "within_days": 30, "count": {"is": "at_least", "value": 2}},
        {"trait": "people.has_phone", "is": "yes"},
        {"not": {"trait": "orders.total", "is": "more_than", "value": 100_000}},
        {
            "any": [
                {"sequence": [{"did": "orders.paid"}, {"did": "orders.refunded"}], "in_days": 3},
                {"everyone": True},
            ]
        },
    ]
}


def flat(reason: Reason) -> list[tuple[str, bool, str]]:
    own = (reason.text, reason.holds, reason.value)
    return [own, *[row for part in reason.parts for row in flat(part)]]


async def test_each_part_says_whether_it_holds_and_what_the_books_say() -> None:
    member = await a_member()
    await bought(member.id, await a_shelf(list_price_fen=20_000))

    rows = flat(await explain(parse(DATA), member.id, "en"))

    assert rows[0] == ("all of", False, "")
    assert rows[1][0] == "paid an order (last 30 days)：times is at least 2"
    assert rows[1][1:] == (False, "1")
    assert rows[2][1] is False
    assert rows[3][1] is True
    assert rows[4] == ("spent ever is more than ¥1,000.00", False, "¥200.00")
    assert rows[5][:2] == ("any of", True)
    assert rows[6][1] is False
    assert rows[7] == ("everyone", True, "")


async def test_who_fits_is_told_so_in_chinese_too() -> None:
    member = await with_phone(await a_member())
    shelf = await a_shelf()
    for _ in range(2):
        await bought(member.id, shelf)

    reason = await explain(parse(DATA), member.id)

    assert reason.holds
    assert reason.text == "全部满足"
    assert await members_of(DATA) == [member.id]


async def test_a_condition_is_a_sentence() -> None:
    assert "paid an order (last 30 days)：times is at least 2 and" in await told(DATA, "en")
    assert "且 不满足(累计消费 多于 ¥1,000.00)" in await told(DATA)
    shelf = await a_shelf()
    where = [{"attribute": "store", "is": "in", "value": [str(shelf.store_id)]}]
    [name] = [store.name for store in await all_stores()]
    assert f"store is one of {name}" in await told({"did": "orders.paid", "where": where}, "en")
    with pytest.raises(BadCondition):
        await told({"nobody": True})
    with pytest.raises(BadCondition):
        await members_of({"nobody": True})
