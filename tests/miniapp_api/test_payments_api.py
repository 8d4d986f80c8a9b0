from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core.settings import Settings
from sandbox import pay_phone
from sandbox.world import World
from tests.scene import signed_in_member
from tests.scenes.orders import an_order
from tests.scenes.people import a_member, login_code, played
from trade.orders.queries import OrderView
from trade.payments.models import Payment
from trade.payments.service import ask_payment

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


def key() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def a_phone(client: AsyncClient, world: World) -> tuple[dict[str, str], str]:
    """Headers of a shopper who came in by the mini-program, and their own id outside."""
    entered = (await client.post("/api/v1/login", json={"code": login_code(world)})).json()
    me = {"authorization": f"Bearer {entered['token']}"}
    return me, (await client.get("/api/v1/me", headers=me)).json()["memberId"]


def path_of(order: OrderView) -> str:
    return f"/api/v1/orders/{order.public_id}/payments"


async def test_the_phone_pays_with_the_five_values(client: AsyncClient, world: World) -> None:
    me, _ = await a_phone(client, world)
    order = await an_order(member_id=1)
    answer = await client.post(path_of(order), headers={**me, **key()}, json={})
    sheet = answer.json()
    pay_phone.pay(world, "u1", sheet)
    await ask_payment(payment_id=(await Payment.get()).id)
    seen = await client.get(f"/api/v1/orders/{order.public_id}", headers=me)

    assert set(sheet) == {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert (seen.json()["state"], seen.json()["paidFen"]) == ("paid", order.payable_fen)


async def test_while_wechat_does_not_answer_the_phone_may_retry(
    client: AsyncClient, world: World
) -> None:
    me, _ = await a_phone(client, world)
    order, same = await an_order(member_id=1), key()
    world.collection("faults")["1"] = {
        "id": "1",
        "match": "jsapi",
        "kind": "http500",
        "times": 1,
        "code": "",
        "delay_s": 0,
        "after": False,
    }
    lost = await client.post(path_of(order), headers={**me, **same}, json={})
    again = await client.post(path_of(order), headers={**me, **same}, json={})

    assert (lost.status_code, lost.json()["error"]["code"]) == (503, "payments.unclear")
    assert lost.json()["error"]["retryable"]
    assert again.status_code == 200
    assert await Payment.all().count() == 1


async def test_others_and_strangers_cannot_pay(client: AsyncClient, world: World) -> None:
    me, _ = await a_phone(client, world)
    theirs = await an_order(member_id=99)
    no_app = await signed_in_member((await a_member()).id)
    foreign = await client.post(path_of(theirs), headers={**me, **key()}, json={})
    nobody = await client.post(path_of(theirs), headers={**no_app, **key()}, json={})

    assert (foreign.status_code, foreign.json()["error"]["code"]) == (404, "orders.not_found")
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (404, "orders.not_found")
    assert (await client.post(path_of(theirs), headers=key(), json={})).status_code == 401
