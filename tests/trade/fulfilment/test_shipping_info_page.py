"""The list of what WeChat still misses, for store managers and head office."""

import re

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from core.security.sessions import open_session
from core.web.policy import SESSION_COOKIE
from tests.scenes.fulfilment import sold
from tests.scenes.orders import a_shelf
from tests.scenes.stores import a_member_of_staff
from trade.fulfilment.service.shipping_info import UploadState
from trade.fulfilment.shipping_info.models import Upload
from trade.orders.queries import Delivery, OrderView
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")
PAGE = "/console/shipping-info"


async def enter(client: AsyncClient, role: Role, *, order: OrderView | None = None) -> None:
    store = await Store.get(id=order.store_id) if order else None
    staff = await a_member_of_staff(role, store=store)
    client.cookies.set(SESSION_COOKIE, await open_session(role=role, staff_id=staff.id))


async def a_parked_sale() -> OrderView:
    order = await sold(await a_shelf(), wechat=True, delivery=Delivery.EXPRESS)
    parked = Upload.filter(order_id=order.id)
    await parked.update(state=UploadState.PARKED, errcode=10060019)
    return order


async def test_a_manager_sees_the_own_store_and_sends_again(client: AsyncClient) -> None:
    mine, other = await a_parked_sale(), await a_parked_sale()
    await enter(client, Role.STORE_MANAGER, order=mine)
    page = await client.get(PAGE)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    row = await Upload.get(order_id=mine.id)
    sent = await client.post(f"{PAGE}/again", data={"csrf": csrf[1], "upload": str(row.id)})
    foreign = (await Upload.get(order_id=other.id)).id
    refused = await client.post(f"{PAGE}/again", data={"csrf": csrf[1], "upload": str(foreign)})

    assert mine.order_no in page.text
    assert other.order_no not in page.text
    assert "微信不认识快递公司编码" in page.text
    assert (sent.status_code, refused.status_code) == (303, 404)
    assert (await Upload.get(id=row.id)).state is UploadState.OWED


async def test_head_office_reads_it_in_english(client: AsyncClient) -> None:
    order = await a_parked_sale()
    await enter(client, Role.HEAD_OFFICE)
    page = await client.get(f"{PAGE}?lang=en")
    await Upload.all().delete()
    empty = await client.get(PAGE)

    assert order.order_no in page.text
    assert "WeChat does not know the carrier" in page.text
    assert "Nothing is due soon, overdue or refused." in empty.text


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "999999"])
async def test_a_number_that_is_none_is_not_found(client: AsyncClient, number: str) -> None:
    await a_parked_sale()
    await enter(client, Role.HEAD_OFFICE)
    page = await client.get(PAGE)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    answer = await client.post(f"{PAGE}/again", data={"csrf": csrf[1], "upload": number})

    assert answer.status_code == 404
