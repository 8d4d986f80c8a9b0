"""The played ERP hears our feed: each number once and none missing, whatever fails."""

from typing import Any

import httpx2
import pytest

from core import clock
from core.database import sql, use_case
from core.feed import deliver, number_changes, replay_from, subscribe
from core.outbox import publish
from sandbox.server import running
from tests.scenes.outside import outside
from tests.scenes.tills import a_partner
from trade.catalog.events import ProductChanged

pytestmark = pytest.mark.usefixtures("db")


@use_case
async def change(product_id: int) -> None:
    await publish(ProductChanged((product_id,), "sku", clock.now()))


async def keep_delivering(rounds: int = 6) -> None:
    [row] = await sql("SELECT id FROM feed_subscription")
    for _ in range(rounds):
        await sql("UPDATE feed_subscription SET due_at = now()")
        await deliver(row["id"])


async def test_an_erp_that_fails_in_every_way_hears_each_change_once_and_in_order() -> None:
    scope = await a_partner()
    async with (
        running(outside(printers=[])) as world,
        httpx2.AsyncClient(base_url=world.http, trust_env=False) as http,
    ):
        made = await subscribe(scope, kinds=["product.changed"], url=f"{world.http}/erp/hq/hook")
        await http.post("/_sim/erp/hq", json={made.key_id: made.secret})
        for fault in (
            {"kind": "http500", "times": 1},
            {"kind": "429", "times": 1},
            {"kind": "reset", "when": "after", "times": 1},
        ):
            await http.post("/_sim/faults", json={"match": "/erp/hq", **fault})
        for number in range(1, 6):
            await change(number)
        await number_changes()
        await keep_delivering()
        told: dict[str, Any] = (await http.get("/_sim/erp/hq")).json()

        assert told["heard"] == [1, 2, 3, 4, 5]
        assert (told["holes"], told["duplicates"], told["refused"]) == ([], [1], [])
        await replay_from(scope, made.subscription.public_id, after=3)
        await keep_delivering(1)
        again = (await http.get("/_sim/erp/hq")).json()
        assert again["duplicates"] == [1, 4, 5]
        assert len(again["messages"]) == 5


async def test_a_forged_an_altered_and_a_replayed_call_are_not_believed() -> None:
    async with (
        running(outside(printers=[])) as world,
        httpx2.AsyncClient(base_url=world.http, trust_env=False) as http,
    ):
        await http.post("/_sim/erp/hq", json={"k1": "secret"})
        old = {"daogou-timestamp": "1000", "daogou-sequence": "1"}
        now = {**old, "daogou-timestamp": str(int(clock.now().timestamp()))}
        for headers in (old, now, {**now, "daogou-signature": "k1=00,k2=x"}, {}):
            answer = await http.post("/erp/hq/hook", headers=headers, content=b"{}")
            assert answer.status_code == 401
        told = (await http.get("/_sim/erp/hq")).json()

        assert told["refused"] == ["stale", "bad_signature", "bad_signature", "stale"]
        assert "secret" not in str(told)
