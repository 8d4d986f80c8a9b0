from datetime import UTC, datetime

import pytest

from core.database import use_case
from core.ledger import (
    Account,
    AccountKind,
    Cause,
    Entry,
    Memo,
    explain,
    house,
    mirror,
    name_cause,
    post,
)
from tests.scenes.ledger import COMMISSION, COST, POINTS, give, set_aside, spend

pytestmark = pytest.mark.usefixtures("db")
AT = datetime(2026, 11, 21, 11, 41, tzinfo=UTC)
SALE = Cause("test_words.commission", "2611210001")


@use_case
async def sell() -> None:
    entries = [Entry(COMMISSION, 1995), Entry(COST, -1995)]
    memo: Memo = {"order_no": "2611210001", "paid_fen": 39900, "rate_bp": 500}
    await post(SALE, entries, memo, AT)


async def test_a_journal_is_told_in_words_of_both_languages() -> None:
    name_cause("test_words.commission", zh="订单付款，导购提成", en="an order was paid")
    await sell()

    [zh], [en] = await explain(SALE), await explain(SALE, "en")
    assert zh == (
        "2026-11-21 19:41 员工 3 的佣金 +19.95 元："
        "订单付款，导购提成（订单号 2611210001，实付 399.00 元，比例 5.00%）"
    )
    assert en == (
        "2026-11-21 19:41 staff 3's commission +19.95 yuan: "
        "an order was paid (order 2611210001, paid 399.00 yuan, rate 5.00%)"
    )


async def test_an_account_is_told_newest_first_with_what_was_left() -> None:
    await give("A1", 399, {"order_no": "A1"})
    await spend("B1", 100)
    told = [sentence[17:] for sentence in await explain(POINTS, "en")]

    assert told == [
        "member 12's points -100 points, leaving 299 points (test.spent B1)",
        "member 12's points +399 points, leaving 399 points (order A1)",
    ]


async def test_a_hold_is_told_of_the_account_it_belongs_to() -> None:
    await give("A1", 399)
    await set_aside("O1", 80)

    [sentence] = await explain(Cause("test.held", "O1"))
    assert sentence.endswith("会员 12 的消费积分 -80 分：冻结（test.held O1）")


async def test_a_refund_says_that_it_takes_back() -> None:
    await sell()

    @use_case
    async def refund() -> None:
        memo: Memo = {"refund_no": "R1", "refund_fen": 19950}
        await mirror(Cause("test_refunded", "R1"), SALE, 1, 2, memo)

    await refund()
    [sentence] = await explain(Cause("test_refunded", "R1"))
    assert sentence.endswith("员工 3 的佣金 -9.98 元：退款冲回（退款单号 R1，退款 199.50 元）")


async def test_money_between_accounts_of_the_house_is_told_too() -> None:
    @use_case
    async def settle() -> None:
        wechat, bank = house(AccountKind.MONEY_WECHAT), house(AccountKind.MONEY_BANK)
        await post(Cause("test", "1"), [Entry(bank, 100), Entry(wechat, -100)], at=AT)

    await settle()

    assert await explain(Cause("test", "1"), "en") == [
        "2026-11-21 19:41 the house's money in the bank +1.00 yuan (test 1)",
        "2026-11-21 19:41 the house's money at WeChat Pay -1.00 yuan (test 1)",
    ]
    assert len(await explain(house(AccountKind.MONEY_BANK))) == 1


async def test_what_was_never_posted_needs_no_words() -> None:
    assert await explain(Cause("test", "none")) == []
    assert await explain(Account(AccountKind.POINTS, "member:404")) == []
