"""The CSV of a bill: what is read, and what is refused with the number of its line."""

import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core import clock
from sandbox.pay_bill_rows import TRADE_COLUMNS
from trade.payments.bills.protocol import Misread, TradeBill

DAY = date(2026, 11, 20)


def row(**cells: str) -> str:
    known = {
        "交易时间": "2026-11-20 12:00:00",
        "商户号": "1900000001",
        "微信订单号": "4200000000000000000000000001",
        "商户订单号": "P00000001",
        "交易状态": "SUCCESS",
        "货币种类": "CNY",
        "微信退款单号": "0",
        "商户退款单号": "0",
        "手续费": "0.06000",
        "费率": "0.60%",
        "应结订单金额": "10.00",
        "订单金额": "10.00",
        "申请退款金额": "0.00",
        "商品名称": "羊毛大衣",
    }
    return ",".join(f"`{(known | cells).get(name, '')}" for name in TRADE_COLUMNS)


TOTALS = [
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
    "`1,`10.00,`0.00,`0.00,`0.06000,`10.00,`0.00",
]
HEADER = "\ufeff" + ",".join(TRADE_COLUMNS)


def read(*rows: str, totals: list[str] = TOTALS) -> list[str]:
    bill = TradeBill("1900000001", DAY)
    text = "\n".join([HEADER, *rows, *totals])
    return [entry.payment_no for entry in bill.entries(text.split("\n"))]


@pytest.mark.parametrize(
    "name", ["大衣,`特价", "大衣\n第二行\n\n第四行", '"大衣", 8折', "`大衣`", "大衣\n,`裤子"]
)
def test_the_name_of_goods_may_be_anything(name: str) -> None:
    assert read(row(商品名称=name)) == ["P00000001"]


@pytest.mark.parametrize(
    ("rows", "totals", "line", "why"),
    [
        ([row(商户号="1900000002")], TOTALS, 2, "merchant"),
        ([row(交易时间="2026-11-19 23:59:59")], TOTALS, 2, "day"),
        ([row(交易时间="2026-11-20")], TOTALS, 2, "time"),
        ([row(订单金额="10.0")], TOTALS, 2, "amount"),
        ([row(订单金额="1e3")], TOTALS, 2, "amount"),
        ([row(手续费="-")], TOTALS, 2, "fee"),
        ([row(货币种类="USD")], TOTALS, 2, "state or currency"),
        ([row(交易状态="NOTPAY")], TOTALS, 2, "state or currency"),
        ([row(微信订单号="=1+1")], TOTALS, 2, "number"),
        ([row(交易状态="REFUND", 商户退款单号="")], TOTALS, 2, "number"),
        ([row()[1:]], TOTALS, 2, "row"),
        ([row()[: len(row()) // 3], row()], TOTALS, 2, "row"),
        ([row(), row()], TOTALS, 5, "sums"),
        ([row(订单金额="10.01")], TOTALS, 4, "sums"),
        ([row()], [], 3, "no totals"),
        ([row()], [TOTALS[0]], 4, "totals"),
        ([row()], ["总交易单数,订单总金额", "`1,`10.00"], 4, "totals"),
        ([row()], [*TOTALS, row()], 5, "more after the totals"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(
    rows: list[str], totals: list[str], line: int, why: str
) -> None:
    with pytest.raises(Misread) as refused:
        read(*rows, totals=totals)

    assert (refused.value.line, refused.value.why) == (line, why)


def test_a_file_that_is_no_bill_is_refused() -> None:
    with pytest.raises(Misread, match="line 1: header"):
        list(TradeBill("1900000001", DAY).entries(["<html>"]))
    with pytest.raises(Misread, match="line 1: header"):
        list(TradeBill("1900000001", DAY).entries([]))


def test_reading_needs_no_more_memory_for_more_lines() -> None:
    lines = 5_000
    sums = f"`{lines},`0.00,`0.00,`0.00,`{lines * 6 / 100:.2f}000,`{lines * 10}.00,`0.00"

    def text() -> Iterator[str]:
        yield HEADER
        for _ in range(lines):
            yield row()
        yield from (TOTALS[0], sums)

    tracemalloc.start()
    count = sum(1 for _ in TradeBill("1900000001", DAY).entries(text()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == lines
    assert peak < 500_000


def test_the_clock_of_a_bill_is_chinas() -> None:
    bill = TradeBill("1900000001", DAY)
    [entry] = bill.entries([HEADER, row(交易时间="2026-11-20 23:59:59"), *TOTALS])

    assert clock.shop_day(entry.at) == DAY
    assert entry.at.utcoffset() == timedelta(hours=8)
