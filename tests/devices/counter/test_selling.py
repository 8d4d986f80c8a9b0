"""A sale over the counter's page: order, money and paper once, whatever is sent how often."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.errors import DomainError
from core.security.scope import Role, Scope
from devices.counter.errors import (
    BadSale,
    BuyerUnknown,
    DepartmentUnfit,
    DepartmentUnknown,
    GoodsUnknown,
    NotHere,
    NothingSold,
    PriceChanged,
    SaleKeyReused,
    ShelfShort,
    SoldInFuture,
    SoldTooLongAgo,
    TendersDiffer,
)
from devices.counter.service import (
    DepartmentDraft,
    Line,
    Money,
    put_department,
    ring_up,
    total_of,
)
from devices.service import add_printer
from tests.scene import tell_everyone
from tests.scenes.counter import (
    GROCERY,
    OFFICE,
    a_clerk,
    a_counter_sale,
    store_of,
    typed,
    wish,
)
from tests.scenes.orders import Shelf, a_shelf
from trade.catalog.models import Sku
from trade.catalog.queries import skus
from trade.orders.models import Order
from trade.orders.queries import Delivery, Entrance, OrderState
from trade.payments.queries import drawers
from trade.payments.service import Method
from trade.promotions.errors import SkuOffShelf
from trade.promotions.service import FullReductionDraft, put_full_reductions
from trade.stock.queries import availability
from trade.stores.errors import StoreNotFound

pytestmark = pytest.mark.usefixtures("db")


async def on_hand(shelf: Shelf) -> int:
    levels = await availability([shelf.sku_id], [shelf.store_id])
    return levels[shelf.sku_id, shelf.store_id].on_hand


async def goods(shelf: Shelf, quantity: int = 1, **more: Any) -> Line:
    sku = (await skus([shelf.sku_id]))[shelf.sku_id]
    return Line(quantity, sku_code=sku.code, **more)


async def test_typed_amounts_become_a_paid_order_with_its_tax_classes_and_names() -> None:
    clerk = await a_clerk()
    sale = await a_counter_sale(
        clerk,
        typed(1_200, 2, name="便签本"),
        typed(850),
        typed(1_200, name="便签本"),
        typed(3_000, department="service", name="刻字"),
        money=(Money(Method.CASH, 7_450, 10_000),),
    )
    lines = [(x.title, x.quantity, x.payable_fen, x.tax_bp, x.unit) for x in sale.order.lines]

    assert lines == [
        ("便签本", 3, 3_600, 1300, "件"),
        ("日用百货", 1, 850, 1300, "件"),
        ("刻字", 1, 3_000, 600, "次"),
    ]
    assert (sale.order.state, sale.order.entrance) == (OrderState.DONE, Entrance.COUNTER)
    assert (sale.order.delivery, sale.order.source) is not None
    assert sale.order.delivery is Delivery.TAKEN
    assert (sale.order.paid_fen, sale.change_fen, sale.left_fen) == (7_450, 2_550, 7_450)
    assert sale.code
    assert (await drawers([store_of(clerk)]))[store_of(clerk)].taken_fen == 7_450


async def test_the_paper_is_owed_in_the_transaction_of_the_sale_and_once() -> None:
    clerk = await a_clerk()
    await add_printer(store_id=store_of(clerk), host="127.0.0.1", port=9_100)
    sale = await a_counter_sale(clerk)
    await tell_everyone()
    [paper] = sale.papers

    assert (paper.copy, paper.code) == (0, sale.code)
    assert len((await a_counter_sale(clerk)).papers) == 1


async def test_scanned_goods_cost_what_the_store_asks_and_leave_its_shelf() -> None:
    shelf = await a_shelf(units=3, list_price_fen=2_000)
    clerk = await a_clerk_at(shelf)
    wanted = wish(clerk, await goods(shelf, 2), typed(500), expected_fen=4_500)
    sale = await ring_up(clerk, wanted)

    assert [line.payable_fen for line in sale.order.lines] == [4_000, 500]
    assert await on_hand(shelf) == 1


async def a_clerk_at(shelf: Shelf) -> Scope:
    clerk = await a_clerk()
    return Scope(clerk.role, staff_id=clerk.staff_id, store_ids=frozenset({shelf.store_id}))


async def test_the_same_key_is_the_same_sale_even_twenty_times_at_once() -> None:
    clerk = await a_clerk()
    wanted = wish(clerk, typed(1_250), typed(300))
    sales = await asyncio.gather(*(ring_up(clerk, wanted) for _ in range(20)))
    again = await ring_up(clerk, wanted)

    assert {sale.public_id for sale in sales} == {again.public_id}
    assert await Order.all().count() == 1
    assert (await drawers([store_of(clerk)]))[store_of(clerk)].taken_fen == 1_550
    with pytest.raises(SaleKeyReused):
        await ring_up(clerk, wish(clerk, typed(999), key=wanted.key))


async def test_a_price_that_changed_is_told_before_money_is_taken() -> None:
    shelf = await a_shelf(list_price_fen=2_000)
    clerk = await a_clerk_at(shelf)
    with pytest.raises(PriceChanged) as told:
        await ring_up(clerk, wish(clerk, await goods(shelf), expected_fen=1_800))

    assert told.value.facts == {"payable_fen": 2_000}
    assert await Order.all().count() == 0


async def test_goods_in_the_hand_are_sold_though_the_books_have_none() -> None:
    shelf = await a_shelf(units=1, list_price_fen=2_000)
    clerk = await a_clerk_at(shelf)
    wanted = wish(clerk, await goods(shelf, 3), expected_fen=6_000)
    with pytest.raises(ShelfShort) as short:
        await ring_up(clerk, wanted)
    sale = await ring_up(
        clerk, wish(clerk, await goods(shelf, 3), expected_fen=6_000, sells_anyway=True)
    )

    assert short.value.facts["left"] == 1
    assert (sale.order.state, await on_hand(shelf)) == (OrderState.DONE, -2)


async def test_an_offline_sale_stands_as_the_screen_showed_it_and_the_difference_is_kept() -> None:
    shelf = await a_shelf(units=1, list_price_fen=2_000)
    clerk = await a_clerk_at(shelf)
    at = clock.now() - timedelta(hours=3)
    line = await goods(shelf, 2, price_fen=1_900)
    wanted = wish(clerk, line, typed(100), sold_at=at, expected_fen=3_900)
    sale = await ring_up(clerk, wanted)
    again = await ring_up(clerk, wanted)

    assert (sale.is_offline, sale.differs_fen, sale.sold_at) == (True, -200, at)
    assert (sale.order.paid_at, sale.order.paid_fen) == (at, 3_900)
    assert again.public_id == sale.public_id
    assert await on_hand(shelf) == -1


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"lines": ()}, NothingSold),
        ({"lines": (typed(0),)}, BadSale),
        ({"lines": (typed(100, 1_000),)}, BadSale),
        ({"lines": (typed(100, sku_code="x"),)}, BadSale),
        ({"lines": (typed(100),) * 51}, BadSale),
        ({"lines": (typed(100, department="nothing"),)}, DepartmentUnknown),
        ({"lines": (Line(1, sku_code="nothing"),)}, GoodsUnknown),
        ({"money": (Money(Method.CASH, 99),)}, TendersDiffer),
        ({"member": "13800138000"}, BuyerUnknown),
        ({"sold_at": clock.now() + timedelta(hours=2)}, SoldInFuture),
        ({"sold_at": clock.now() - timedelta(days=31)}, SoldTooLongAgo),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    more: dict[str, object], refusal: type[DomainError]
) -> None:
    clerk = await a_clerk()
    lines = more.pop("lines", (typed(100),))
    assert isinstance(lines, tuple)
    with pytest.raises(refusal):
        await a_sale_of(clerk, lines, more)

    assert await Order.all().count() == 0


async def a_sale_of(clerk: Scope, lines: tuple[Line, ...], more: dict[str, object]) -> None:
    await ring_up(clerk, wish(clerk, *lines, **{"expected_fen": 100, **more}))


async def test_nobody_sells_in_a_store_that_is_not_theirs() -> None:
    clerk, other = await a_clerk(), await a_clerk(role=Role.STORE_MANAGER)
    with pytest.raises(NotHere):
        await ring_up(other, wish(clerk, typed(100)))


async def a_reduction(off_fen: int = 500) -> None:
    """500 fen off from 3,000 on."""
    day = clock.shop_day(clock.now()) - timedelta(days=1)
    draft = FullReductionDraft("counter-off", "满30减5", None, 3_000, off_fen, day, None)
    await put_full_reductions([draft])


async def test_the_screen_says_what_a_promotion_takes_off_and_the_order_costs_that() -> None:
    shelf = await a_shelf(units=5, list_price_fen=2_000)
    clerk = await a_clerk_at(shelf)
    await a_reduction()
    wanted = wish(clerk, await goods(shelf, 2), typed(300), expected_fen=3_800)
    total = await total_of(clerk, wanted)
    sale = await ring_up(clerk, wanted)

    assert (total.list_fen, total.discount_fen, total.payable_fen) == (4_300, 500, 3_800)
    assert [reason.zh for reason in total.reasons if reason.won] != []
    assert [(line.discount_fen, line.payable_fen) for line in sale.order.lines] == [
        *((500, 3_500), (0, 300)),
    ]


async def test_what_a_promotion_took_off_before_the_network_went_is_still_taken_off() -> None:
    one, two = await a_shelf(list_price_fen=2_000), await a_shelf(list_price_fen=1_000)
    clerk = await a_clerk_at(one)
    at = clock.now() - timedelta(minutes=5)
    lines = (await goods(one, 1, price_fen=2_000), await goods(two, 1, price_fen=1_000))
    sale = await ring_up(clerk, wish(clerk, *lines, typed(300), expected_fen=2_800, sold_at=at))

    assert [(line.discount_fen, line.payable_fen) for line in sale.order.lines] == [
        *((333, 1_667), (167, 833), (0, 300)),
    ]
    assert (sale.differs_fen, sale.order.paid_fen) == (-500, 2_800)
    with pytest.raises(BadSale):
        await ring_up(clerk, wish(clerk, *lines, expected_fen=3_001, sold_at=at))


async def test_goods_that_left_the_shelf_since_refuse_no_offline_sale() -> None:
    shelf = await a_shelf(list_price_fen=2_000)
    clerk = await a_clerk_at(shelf)
    line = await goods(shelf, 1, price_fen=2_000)
    await Sku.filter(id=shelf.sku_id).update(on_sale=False)
    at = clock.now() - timedelta(minutes=5)
    sale = await ring_up(clerk, wish(clerk, line, sold_at=at))

    assert (sale.is_offline, sale.order.paid_fen, sale.differs_fen) == (True, 2_000, 0)
    with pytest.raises(SkuOffShelf):
        await ring_up(clerk, wish(clerk, await goods(shelf), expected_fen=2_000))


async def test_a_department_that_changed_its_rate_counts_from_the_next_sale_on() -> None:
    clerk = await a_clerk()
    before = await a_counter_sale(clerk)
    await put_department(OFFICE, DepartmentDraft("daily", "日用百货", GROCERY, 900))
    after = await a_counter_sale(clerk)

    assert [sale.order.lines[0].tax_bp for sale in (before, after)] == [1_300, 900]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"code": "Daily"}, DepartmentUnfit),
        ({"tax_code": "103"}, DepartmentUnfit),
        ({"tax_bp": 10_001}, DepartmentUnfit),
        ({"name": " "}, DepartmentUnfit),
        ({"store_id": None}, StoreNotFound),
        ({"code": "daily"}, DepartmentUnknown),
    ],
)
async def test_a_managers_departments_are_of_the_own_store(
    more: dict[str, Any], refusal: type[DomainError]
) -> None:
    manager = await a_clerk(role=Role.STORE_MANAGER)
    facts = {"code": "tea", "name": "茶饮", "tax_code": GROCERY, "tax_bp": 600}
    draft = DepartmentDraft(**{**facts, "store_id": store_of(manager), **more})
    with pytest.raises(refusal):
        await put_department(manager, draft)
