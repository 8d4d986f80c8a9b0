"""Money at the counter and in the wallet, over the API."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core.security.scope import Role
from core.security.sessions import open_session
from tests.scene import signed_in_member, tell_everyone
from tests.scenes.orders import a_shelf, an_order
from tests.scenes.people import a_member
from tests.scenes.stores import a_member_of_staff, a_store
from tests.scenes.tenders import a_purse
from trade.payments.service import offer_bonus
from trade.stores.models import Store

pytestmark = pytest.mark.usefixtures("db")

Headers = dict[str, str]


def key() -> Headers:
    return {"idempotency-key": uuid4().hex}


async def a_cashier(store: Store, role: Role = Role.GUIDE) -> Headers:
    staff = await a_member_of_staff(role, store=store)
    return {"authorization": f"Bearer {await open_session(role=role, staff_id=staff.id)}"}


async def test_a_sale_in_two_tenders_and_a_refund_at_the_counter(client: AsyncClient) -> None:
    store = await a_store()
    guide, manager = await a_cashier(store), await a_cashier(store, Role.STORE_MANAGER)
    order = await an_order(await a_shelf(store_id=store.id, list_price_fen=10_000))
    path = f"/api/v1/counter/orders/{order.public_id}"
    bill = (await client.get(path, headers=guide)).json()
    cash = await client.post(
        f"{path}/tenders",
        headers={**guide, **key()},
        json={"method": "cash", "amountFen": 4_000, "givenFen": 5_000},
    )
    too_much = await client.post(
        f"{path}/tenders", headers={**guide, **key()}, json={"method": "card", "amountFen": 6_001}
    )
    card = await client.post(
        f"{path}/tenders",
        headers={**guide, **key()},
        json={"method": "card", "amountFen": 6_000, "slipNo": "0042"},
    )
    back = await client.post(
        f"{path}/refunds",
        headers={**manager, **key()},
        json={"amountFen": 1_000, "reason": "尺码不合"},
    )
    seen = (await client.get(path, headers=guide)).json()

    assert (bill["dueFen"], bill["state"]) == (10_000, "placed")
    assert (cash.status_code, cash.json()["changeFen"]) == (201, 1_000)
    assert (too_much.status_code, too_much.json()["error"]["code"]) == (
        *(409, "payments.order_wants_less"),
    )
    assert card.json()["state"] == "paid"
    assert [part["amountFen"] for part in back.json()] == [400, 600]
    assert (seen["dueFen"], seen["refundedFen"], len(seen["payments"])) == (0, 1_000, 2)


async def test_a_guide_gives_nothing_back_and_sees_no_other_store(client: AsyncClient) -> None:
    here, elsewhere = await a_store(), await a_store()
    guide = await a_cashier(elsewhere)
    order = await an_order(await a_shelf(store_id=here.id))
    path = f"/api/v1/counter/orders/{order.public_id}"
    given = await client.post(
        f"{path}/refunds", headers={**guide, **key()}, json={"amountFen": 1, "reason": "退货"}
    )

    assert (await client.get(path, headers=guide)).status_code == 404
    assert given.status_code == 403


async def test_cash_of_an_order_that_ended_is_handed_out_once(client: AsyncClient) -> None:
    store = await a_store()
    guide = await a_cashier(store)
    member = await a_member()
    me = await signed_in_member(member.id)
    order = await an_order(await a_shelf(store_id=store.id), member_id=member.id)
    tender = {"method": "cash", "amountFen": 500}
    path = f"/api/v1/counter/orders/{order.public_id}/tenders"
    await client.post(path, headers={**guide, **key()}, json=tender)
    await client.post(f"/api/v1/orders/{order.public_id}/cancel", headers={**me, **key()}, json={})
    await tell_everyone()
    [waiting] = (await client.get("/api/v1/counter/refunds", headers=guide)).json()
    out = f"/api/v1/counter/refunds/{waiting['refundNo']}/hand-out"
    answers = [await client.post(out, headers={**guide, **key()}, json={}) for _ in range(2)]
    left = await client.get("/api/v1/counter/refunds", headers=guide)

    assert (waiting["amountFen"], waiting["method"]) == (500, "cash")
    assert [answer.json()["state"] for answer in answers] == ["settled", "settled"]
    assert left.json() == []


async def test_a_member_pays_from_the_purse_and_reads_how_it_came(client: AsyncClient) -> None:
    member = await a_member()
    me = await signed_in_member(member.id)
    await offer_bonus(amount_fen=1_000, bonus_fen=100)
    await a_purse(3_000, member_id=member.id)
    order = await an_order(await a_shelf(list_price_fen=3_000), member_id=member.id)
    path = f"/api/v1/orders/{order.public_id}"
    short = await client.post(
        f"{path}/balance-payments",
        headers={**me, **key()},
        json={"kind": "credit", "amountFen": 1},
    )
    paid = await client.post(
        f"{path}/balance-payments",
        headers={**me, **key()},
        json={"kind": "stored_value", "amountFen": 3_000},
    )
    wallet = (await client.get("/api/v1/wallet", headers=me)).json()
    offers = (await client.get("/api/v1/wallet/offers", headers=me)).json()
    money = (await client.get(f"{path}/payments", headers=me)).json()

    assert short.json()["error"]["code"] == "ledger.insufficient_balance"
    assert paid.status_code == 201
    assert (wallet["storedValueFen"], wallet["creditFen"]) == (100, 0)
    assert len(wallet["storedValue"]) == 2
    assert offers == [{"amountFen": 1_000, "bonusFen": 100}]
    assert [row["method"] for row in money["payments"]] == ["stored_value"]


async def test_no_phone_says_that_it_has_paid(client: AsyncClient) -> None:
    """Nothing a member can send makes an order paid by WeChat Pay."""
    member = await a_member()
    me = await signed_in_member(member.id)
    order = await an_order(member_id=member.id)
    for path in ("payments", "balance-payments", "tenders", "code-payments"):
        for prefix in ("/api/v1/orders", "/api/v1/counter/orders"):
            said = {"state": "paid", "method": "wechat_jsapi", "kind": "other", "amountFen": 1}
            headers = {**me, **key()}
            answer = await client.post(
                f"{prefix}/{order.public_id}/{path}", headers=headers, json=said
            )
            assert answer.status_code >= 400
    seen = await client.get(f"/api/v1/orders/{order.public_id}", headers=me)

    assert seen.json()["state"] == "placed"
