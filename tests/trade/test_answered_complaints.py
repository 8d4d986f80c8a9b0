"""Complaints about other shops that no room's own test answers. The whole list with its tests is in
docs/why/complaints.md, which this file reads."""

import ast
import asyncio
import re
from datetime import date
from pathlib import Path

import pytest

from tests.scenes.fulfilment import sold, the_task
from tests.scenes.orders import MEMBER, Shelf, a_shelf, an_order, member_scope, overdue
from tests.scenes.people import head_office
from tests.scenes.stores import a_store
from trade.fulfilment.queries import open_tasks_for
from trade.fulfilment.rules import RefuseReason
from trade.fulfilment.service import refuse
from trade.orders.errors import OrderCannotMove
from trade.orders.queries import CloseReason, OrderState, order_of, timeline_of
from trade.payments.service import cancel_order, expire_order, owe_expiries
from trade.promotions.errors import CouponNotUsable
from trade.promotions.rules import DealKind
from trade.promotions.service import (
    PromotionDraft,
    QuoteLine,
    QuoteRequest,
    claim_coupon,
    put_promotions,
    quote_cart,
)
from trade.stock.service import receive_stock
from trade.stores.queries import distance_m

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/why/complaints.md"
LONG_AGO = date(2020, 1, 1)
ROW = re.compile(r"^\| (?P<who>[^|]+) \| (?P<what>[^|]+) \| (?P<proof>[^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")

# What shared lessons of the field name, by group; a row of the page may answer several.
NAMED = """
WxJava#3052 WxJava#3799 CRMEB#56 macrozheng/mall#1003 macrozheng/mall#136 #185 #353 #376 #381 #511
#885 shopxo#38 Exrick/xmall#40 newbee-mall-api#6 newbee-mall#100 dujiao-next#105
BroadleafCommerce#747 #128 seckill#41 macrozheng/mall#371 litemall#147 vendure#3575 #1692 #2052
saleor#9970 vendure#2356 magento/inventory#2727 #3106 erpnext#49021 #50277 #24401 #41351 #43855
#57157 odoo#152259 #60939 #203431 #288974 #261096 bagisto#1171 #5026 vendure#3375 saleor#19751
medusa#14987 #15132 #10658 #10561 #16246 medusa#16338 #16488 medusa#16502 vendure#4030 saleor#4190
saleor#16667 spree#4324 spree#5928 magento/inventory#2851 #377 medusa#4052 medusajs/admin#377
solidus#1093 solidus#5899 odoo#24207 odoo#61513 cloudreve#1492 thinkcmf/mall#7 odoo#40739 #48550
#49377 OCA/pos#370
"""


def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_every_complaint_has_its_row_and_every_row_its_test() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [row for row in ROW.findall(page) if row[0] not in {"complaint", "---"}]
    told = " ".join(who for who, _, _ in rows)
    lacking = [name for name in NAMED.split() if not re.search(rf"{re.escape(name)}\b", told)]
    proofs = [(who.strip(), TEST.findall(proof)) for who, _, proof in rows]

    assert lacking == []
    assert [who for who, tests in proofs if not tests] == []
    named = {test for _, tests in proofs for test in tests}
    known = {path: functions_of(path) for path, _ in named}
    assert sorted(each for each in named if each[1] not in known[each[0]]) == []


@pytest.mark.usefixtures("db")
async def test_a_coupon_of_one_store_is_worth_nothing_in_another() -> None:
    # vendure#1692, #2052: coupon codes of one channel were good in all
    here, there = await a_shelf(list_price_fen=10_000), await a_shelf(list_price_fen=10_000)
    scope = {"places": [f"store:{here.store_id}"]}
    terms = {"off_fen": 2_000, "threshold_fen": 0}
    await put_promotions(
        [PromotionDraft("here", DealKind.COUPON, "静安券", terms, LONG_AGO, scope=scope, quota=9)]
    )
    coupon = await claim_coupon(member_id=MEMBER, code="here")

    def asking(shelf: Shelf) -> QuoteRequest:
        lines = [QuoteLine(shelf.sku_id, 1)]
        return QuoteRequest(shelf.store_id, lines, member_id=MEMBER, coupons=(coupon,))

    mine, theirs = await quote_cart(asking(here)), await quote_cart(asking(there))

    assert (mine.payable_fen, theirs.payable_fen) == (8_000, 10_000)
    assert [reason.won for reason in theirs.reasons] == [False]
    with pytest.raises(CouponNotUsable):
        await an_order(there, coupons=(coupon,))


@pytest.mark.usefixtures("db")
async def test_an_overdue_order_ends_once_however_many_want_to_end_it() -> None:
    # macrozheng/mall#371: two timeout mechanisms cancelled one order, and its stock came back twice
    order = await an_order()
    await overdue(order)
    ended = await asyncio.gather(
        *(expire_order(order_id=order.id) for _ in range(4)),
        *(cancel_order(member_scope(), order_id=order.public_id) for _ in range(4)),
        *(owe_expiries() for _ in range(2)),
        return_exceptions=True,
    )
    after = await order_of(order.id)

    assert {type(each) for each in ended if isinstance(each, Exception)} <= {OrderCannotMove}
    assert (after.state, after.close_reason in set(CloseReason)) == (OrderState.CLOSED, True)
    assert [step.action for step in await timeline_of(order.id)] == ["place", "close"]


@pytest.mark.usefixtures("db")
async def test_the_nearest_store_that_has_it_is_asked_next_and_each_line_says_why() -> None:
    # saleor#4190: allocations from arbitrary places; hotwax: distances in miles, and no reason
    here = await a_store(latitude=31.23)
    far, near = await a_store(latitude=31.60), await a_store(latitude=31.25)
    shelf = await a_shelf(store_id=here.id)
    for store in (far, near):
        await receive_stock(
            cause=f"scene:{store.id}", sku_id=shelf.sku_id, store_id=store.id, quantity=1
        )
    order = await sold(shelf, delivery="express")
    asked = await the_task(order)
    await refuse(
        scope=head_office(), task_id=asked.public_id, reason=RefuseReason.NOT_FOUND, note="货架空了"
    )
    [next_one] = [task for task in await open_tasks_for(head_office()) if task.is_live]

    assert next_one.store_id == near.id
    assert distance_m((31.23, 121.47), (31.24, 121.47)) == 1_112  # a hundredth of a degree, metres
    steps = [step.action for step in await timeline_of(order.id)]
    assert "place" in steps
