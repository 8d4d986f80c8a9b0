"""Red follows money that went back: whole or in parts, once, and down to the last fen."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from core import clock
from core.audit import checks
from core.security.scope import Role, Scope
from invoicing.backends.port import RedReason
from invoicing.queries import sale_of_order
from invoicing.reds.models import RedDocument, RedLetter
from invoicing.reds.queries import RedState
from invoicing.reds.service import settle_sale, withdraw
from tests.scene import make_due, tell_everyone
from tests.scenes.fulfilment import people_of, refunds_arrive
from tests.scenes.orders import a_shelf, an_order
from tests.scenes.reds import (
    a_sold_order,
    an_invoiced_order,
    ask_invoice,
    blues_of,
    give_back,
    net_invoiced,
    reds_of,
    work,
)
from tests.scenes.returns import a_case, brought, received_by_member
from tests.scenes.tenders import CASHIER, by_hand
from trade.fulfilment.service import Exchange, GiveBack, exchange, pay_back, receive_goods
from trade.orders.queries import order_of
from trade.orders.service import OrderedLine
from trade.payments.service import Counter, refund
from trade.stores.service import renew_receipt_key

OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
pytestmark = pytest.mark.usefixtures("shop")


async def findings() -> set[str]:
    named = {
        name: work for name, work in checks.items() if name.split(".")[0] in {"reds", "invoicing"}
    }
    return {f"{found.check} {found.text}" for one in named.values() for found in await one()}


async def test_a_full_refund_takes_the_invoice_back_as_a_whole(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    await give_back(order, order.paid_fen)
    await work(http)

    [red] = await reds_of(order)
    assert (red.state, red.is_full, red.reason) == (RedState.ISSUED, True, RedReason.RETURNED)
    assert (red.incl_fen, await net_invoiced(order)) == (order.paid_fen, 0)
    formats = await RedDocument.filter(letter_id=red.id).order_by("id").values_list("format")
    assert sorted(formats) == [("ofd",), ("pdf",), ("xml",)]
    assert await findings() == set()


async def test_part_refunds_make_part_reds_until_nothing_is_left(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    for fen in (10_001, 20_002, order.paid_fen - 30_003):
        await give_back(order, fen)
        await work(http)

    reds = await reds_of(order)
    assert [red.incl_fen for red in reds] == [10_001, 20_002, order.paid_fen - 30_003]
    assert {red.state for red in reds} == {RedState.ISSUED}
    [blue] = await blues_of(order)
    assert (blue.red_incl_fen, sum(red.tax_fen for red in reds)) == (blue.incl_fen, blue.tax_fen)
    assert await findings() == set()


async def test_money_that_went_back_before_the_invoice_needs_no_red(
    http: httpx2.AsyncClient,
) -> None:
    order = await a_sold_order()
    await give_back(order, 30_000)
    await ask_invoice(order)
    await work(http)

    assert await reds_of(order) == []
    assert await net_invoiced(order) == order.paid_fen - 30_000
    assert await findings() == set()


async def test_money_that_goes_back_while_the_invoice_is_made_is_taken_back_after_it(
    http: httpx2.AsyncClient,
) -> None:
    await http.post("/_sim/tax/faults", json={"kind": "late", "seconds": 600})
    order = await a_sold_order()
    await ask_invoice(order)
    await tell_everyone()
    await give_back(order, 30_000)
    await tell_everyone()
    assert await reds_of(order) == []
    await work(http, advance_s=600)

    [red] = await reds_of(order)
    assert (red.state, red.incl_fen) == (RedState.ISSUED, 30_000)
    assert await net_invoiced(order) == order.paid_fen - 30_000
    assert await findings() == set()


async def test_pieces_that_came_back_are_named_on_the_red_letter(
    http: httpx2.AsyncClient,
) -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf, quantity=3)
    await renew_receipt_key(order.store_id)
    await tell_everyone()
    await ask_invoice(order)
    await work(http)
    case = await a_case(order, 1)
    scope = people_of(shelf.store_id)
    await receive_goods(
        scope=scope, return_no=case.return_no, delivered=brought(case, shelf.store_id)
    )
    await pay_back(scope=scope, return_id=case.public_id, wish=GiveBack("all"))
    await refunds_arrive(order)
    await work(http)

    [red] = await reds_of(order)
    row = await RedLetter.get(id=red.id)
    assert [(line["line_no"], line["quantity"]) for line in row.lines] == [(1, "1")]
    assert (red.reason, red.incl_fen) == (RedReason.RETURNED, 39_900)
    assert await findings() == set()


async def test_two_tenders_of_one_refund_are_one_red_letter(http: httpx2.AsyncClient) -> None:
    order = await an_order(await a_shelf(), quantity=1)
    await renew_receipt_key(order.store_id)
    await by_hand(order, 20_000)
    await by_hand(order, order.payable_fen - 20_000)
    await tell_everyone()
    order = await order_of(order.id)
    await ask_invoice(order)
    await work(http)
    counter = Counter(order.store_id, CASHIER)
    made = await refund(
        order_id=order.id, amount_fen=order.paid_fen, reason="退", key="both", counter=counter
    )
    await work(http)

    assert len(made) == 2
    [red] = await reds_of(order)
    assert (red.is_full, red.incl_fen) == (True, order.paid_fen)


async def test_hearing_of_money_twice_takes_it_back_once(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    await give_back(order, 10_000)
    sale_id = (await sale_of_order(order.id)).id
    await asyncio.gather(*(settle_sale(sale_id=sale_id) for _ in range(5)))
    await work(http)

    assert [red.incl_fen for red in await reds_of(order)] == [10_000]


async def test_what_a_person_withdrew_does_not_come_back_by_itself(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await give_back(order, 10_000)
    await settle_sale(sale_id=(await sale_of_order(order.id)).id)
    [red] = await reds_of(order)
    await withdraw(OFFICE, red_id=red.public_id, note="客户要求")
    await give_back(order, 5_000)
    await work(http)

    reds = await reds_of(order)
    assert [(one.state, one.incl_fen) for one in reds] == [
        (RedState.WITHDRAWN, 10_000),
        (RedState.ISSUED, 5_000),
    ]
    assert any("reds.blue_minus_red_is_net" in text for text in await findings())


async def test_a_red_letter_without_the_backends_file_is_painted_after_a_while(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await http.post("/_sim/tax/faults", json={"kind": "no_file"})
    await give_back(order, 10_000)
    await work(http, rounds=3)
    assert await RedDocument.all().count() == 0
    await RedLetter.all().update(ended_at=clock.now() - timedelta(minutes=4))
    await make_due()
    await tell_everyone()

    assert await RedDocument.filter(format="pdf").count() == 1


async def test_an_exchange_takes_the_old_goods_back_and_the_new_ones_are_invoiced(
    http: httpx2.AsyncClient,
) -> None:
    shelf = await a_shelf()
    order = await received_by_member(shelf, quantity=2)
    await renew_receipt_key(order.store_id)
    await tell_everyone()
    await ask_invoice(order)
    await work(http)
    case, scope = await a_case(order, 1), people_of(shelf.store_id)
    await receive_goods(
        scope=scope, return_no=case.return_no, delivered=brought(case, shelf.store_id)
    )
    wish = Exchange((OrderedLine(shelf.sku_id, 1),), shelf.store_id, "swap")
    view = await exchange(scope=scope, return_id=case.public_id, wish=wish)
    await work(http)
    assert view.exchange_order_id is not None
    new = await order_of(view.exchange_order_id)
    await ask_invoice(new)
    await work(http)

    [red] = await reds_of(order)
    assert (red.state, red.incl_fen, await net_invoiced(order)) == (
        RedState.ISSUED,
        39_900,
        39_900,
    )
    assert await net_invoiced(new) == new.paid_fen == 39_900
