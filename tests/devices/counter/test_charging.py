"""A sale that waits for money: pay codes, a code on the screen, a member's own phone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.security.scope import Scope
from core.settings import Settings
from devices.counter.errors import BuyerUnknown, SaleNotFound, SaleOver, ShelfShort
from devices.counter.service import (
    Buyer,
    Line,
    charge_code,
    find_buyers_with,
    give_up_sale,
    ring_up,
    show_sale_code,
)
from sandbox import pay_codes
from sandbox.world import World
from tests.scenes.counter import a_clerk, a_counter_sale, typed, wish
from tests.scenes.orders import MEMBER, a_shelf, some_rates
from tests.scenes.people import played
from tests.scenes.tenders import a_purse
from trade.catalog.queries import skus
from trade.orders.queries import OrderState
from trade.payments.errors import BadPayCode, PayCodeRefused
from trade.payments.service import Method, pay_from_balance
from trade.stock.queries import availability

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


async def test_a_scanned_pay_code_pays_the_sale_and_a_second_scan_takes_nothing(
    world: World,
) -> None:
    clerk = await a_clerk()
    sale = await a_counter_sale(clerk, typed(1_250), money=())
    code = pay_codes.show(world, "u1", manner="free")
    paid = await charge_code(clerk, sale_id=sale.public_id, auth_code=code, key="scan-0001")
    again = await charge_code(clerk, sale_id=sale.public_id, auth_code=code, key="scan-0002")

    assert (sale.is_paid, sale.code, paid.is_paid) == (False, "", True)
    assert (paid.order.state, paid.order.paid_fen) == (OrderState.DONE, 1_250)
    assert [one.method for one in again.payments] == [Method.WECHAT_CODE]


async def test_a_refused_code_leaves_the_sale_open_for_another_way(world: World) -> None:
    clerk = await a_clerk()
    sale = await a_counter_sale(clerk, typed(1_250), money=())
    code = pay_codes.show(world, "u1", manner="short")
    with pytest.raises(PayCodeRefused):
        await charge_code(clerk, sale_id=sale.public_id, auth_code=code, key="scan-0001")
    with pytest.raises(BadPayCode):
        await charge_code(clerk, sale_id=sale.public_id, auth_code="9" * 18, key="scan-0002")
    shown = await show_sale_code(clerk, sale_id=sale.public_id)

    assert (shown.amount_fen, shown.code_url.startswith("weixin://")) == (1_250, True)


async def test_nobody_paid_so_the_goods_are_free_again(world: World) -> None:
    shelf = await a_shelf(units=1, list_price_fen=2_000)
    clerk = await a_clerk()
    clerk = Scope(clerk.role, staff_id=clerk.staff_id, store_ids=frozenset({shelf.store_id}))
    code = (await skus([shelf.sku_id]))[shelf.sku_id].code
    wanted = wish(clerk, Line(1, sku_code=code), expected_fen=2_000, money=())
    sale = await ring_up(clerk, wanted)
    with pytest.raises(ShelfShort):  # what waits for money is kept: the books decide
        await ring_up(
            clerk,
            wish(clerk, Line(1, sku_code=code), expected_fen=2_000, money=(), sells_anyway=True),
        )
    gone = await give_up_sale(clerk, sale_id=sale.public_id)
    again = await give_up_sale(clerk, sale_id=sale.public_id)
    level = (await availability([shelf.sku_id], [shelf.store_id]))[shelf.sku_id, shelf.store_id]

    assert (gone.order.state, again.order.state, level.available) == (
        *(OrderState.CLOSED, OrderState.CLOSED, 1),
    )
    with pytest.raises(SaleOver):
        await show_sale_code(clerk, sale_id=sale.public_id)
    with pytest.raises(SaleNotFound):
        await give_up_sale(Scope(clerk.role, store_ids=frozenset()), sale_id=sale.public_id)


async def test_a_member_gets_member_prices_and_pays_from_the_own_purse_on_the_own_phone() -> None:
    await some_rates()

    async def known(text: str) -> Buyer | None:
        return Buyer(MEMBER, tier="gold") if text == "13800138000" else None

    find_buyers_with(known)
    clerk = await a_clerk()
    await a_purse(5_000)
    sale = await a_counter_sale(clerk, typed(3_000), money=(), member="13800138000")
    await pay_from_balance(
        order_id=sale.order.id, kind=Method.STORED_VALUE, amount_fen=3_000, key="own-phone-1"
    )
    paid = await charge_code(clerk, sale_id=sale.public_id, auth_code="0" * 18, key="scan-0001")

    assert (paid.is_paid, paid.order.member_id, paid.order.points_earned) == (True, MEMBER, 30)
    with pytest.raises(BuyerUnknown):
        await a_counter_sale(clerk, member="13900139000")
