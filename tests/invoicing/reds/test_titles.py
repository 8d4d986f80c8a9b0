"""A wrong title: taken back as a whole and made out anew, where and as often as the seller says."""

from datetime import timedelta

import httpx2
import pytest

from core import clock
from core.database import sql
from invoicing.backends.port import RedReason
from invoicing.models import Invoice
from invoicing.queries import sale_of_order
from invoicing.queries.blues import buyer_of_blue
from invoicing.reds.errors import ChangeNotOffered
from invoicing.reds.queries import RedState
from invoicing.reds.service import change_title, title_change_of
from tests.scene import tell_everyone
from tests.scenes.invoicing import a_buyer
from tests.scenes.reds import (
    a_sold_order,
    an_invoiced_order,
    blues_of,
    give_back,
    net_invoiced,
    reds_of,
    work,
)
from trade.orders.queries import OrderView

pytestmark = pytest.mark.usefixtures("shop")


async def sale(order: OrderView) -> int:
    return (await sale_of_order(order.id)).id


async def test_a_wrong_title_is_one_whole_red_and_one_new_blue(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    sale_id = await sale(order)
    assert (await title_change_of(sale_id)).is_offered
    right = a_buyer(title="正确的抬头（上海）有限公司")
    first = await change_title(sale_id=sale_id, buyer=right)
    again = await change_title(sale_id=sale_id, buyer=right)
    await work(http, rounds=8)

    assert first == again
    [red] = await reds_of(order)
    assert (red.state, red.is_full, red.reason) == (RedState.ISSUED, True, RedReason.WRONG)
    old, new = await blues_of(order)
    assert (old.incl_fen, old.red_incl_fen, new.incl_fen) == (new.incl_fen, old.incl_fen, 119_700)
    assert (await buyer_of_blue(new.id)).title == "正确的抬头（上海）有限公司"
    assert await net_invoiced(order) == order.paid_fen


async def test_it_is_offered_once_and_says_why_it_is_not(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    sale_id = await sale(order)
    with pytest.raises(ChangeNotOffered) as same:
        await change_title(sale_id=sale_id, buyer=a_buyer())
    await change_title(sale_id=sale_id, buyer=a_buyer(title="第二个抬头有限公司"))
    await tell_everyone(rounds=1)
    with pytest.raises(ChangeNotOffered) as open_one:
        await change_title(sale_id=sale_id, buyer=a_buyer(title="第三个抬头有限公司"))
    await work(http, rounds=8)
    with pytest.raises(ChangeNotOffered) as used:
        await change_title(sale_id=sale_id, buyer=a_buyer(title="第三个抬头有限公司"))

    reasons = [caught.value.facts["reason"] for caught in (same, open_one, used)]
    assert reasons == ["same", "red", "used_up"]


async def test_not_before_it_is_issued_nor_after_its_days_nor_with_a_part_taken_back(
    http: httpx2.AsyncClient,
) -> None:
    sold = await a_sold_order()
    assert (await title_change_of(await sale(sold))).why == "not_final"
    order = await an_invoiced_order(http)
    long_ago = clock.now() - timedelta(days=31)
    await Invoice.all().update(issued_at=long_ago)
    assert (await title_change_of(await sale(order))).why == "late"
    await Invoice.all().update(issued_at=clock.now())
    await give_back(order, 10_000)
    await work(http)

    assert (await title_change_of(await sale(order))).why == "red"


async def test_a_seller_may_switch_it_off(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    await sql(
        "INSERT INTO invoicing_terms (tax_entity_id, rules) VALUES (NULL, $1::jsonb)",
        '{"title_changes": 0}',
    )

    assert (await title_change_of(await sale(order))).why == "off"


async def test_money_that_goes_back_meanwhile_lowers_the_new_invoice(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await change_title(sale_id=await sale(order), buyer=a_buyer(title="第二个抬头有限公司"))
    await give_back(order, 20_000)
    await work(http, rounds=10)

    assert await net_invoiced(order) == order.paid_fen - 20_000
    assert len(await reds_of(order)) == 1
