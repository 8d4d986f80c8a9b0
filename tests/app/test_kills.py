"""kill -9 of web and worker at random moments loses and doubles nothing: of fifty purchases, and of
one hot SKU that many want at two web processes."""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.auditing import audit
from app.bench import full_shelves
from app.household import Child, Household, Opening, open_household
from app.opening import fill, rows_of, settings_of, world_of
from app.ports import free_port
from core.database import sql
from core.security.scope import Role
from core.security.sessions import open_session
from tests.app.asking import ask_database, run
from tests.scenes.people import a_member
from trade.catalog.queries import skus
from trade.stock.service import set_safety
from trade.stores.queries import find_store

STORE, PEOPLE, EACH, KILLS = "S003", 5, 10, 6
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))


class Patient:
    """A shopper whose phone tries again, with the same key, until the shop answers."""

    def __init__(self, house: Household, number: int) -> None:
        self.name = f"u{number % 3 + 1}"
        self.person, self.house = f"killed{number}", house
        self.shop = httpx2.Client(base_url=house.url, timeout=5, trust_env=False)
        self.world = httpx2.Client(base_url=house.world["http"], timeout=10, trust_env=False)

    def close(self) -> None:
        self.shop.close()
        self.world.close()

    def insist(self, method: str, path: str, **given: Any) -> Any:
        end, said = time.monotonic() + 90, {}
        while time.monotonic() < end:
            try:
                answer = self.shop.request(method, path, **given)
            except httpx2.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code < 300:
                return answer.json()
            said = answer.json()["error"]
            if not said["retryable"]:
                raise AssertionError(f"{path}: {said}")
            time.sleep(0.2)
        raise AssertionError(f"{path} was not answered in time: {said}")

    def sim(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.world.post(f"/_sim{path}", json=body)
        assert answer.status_code < 300 or "已支付" in answer.text, answer.text
        return answer.json()

    def come_in(self) -> None:
        self.sim("/users", {"id": self.person, "name": "顾客"})
        while True:  # a login code is spent even when the answer is lost: take a new one
            code = self.sim(f"/users/{self.person}/login", {})["js_code"]
            try:
                answer = self.shop.post("/api/v1/login", json={"code": code})
            except httpx2.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code == 200:
                self.shop.headers["authorization"] = f"Bearer {answer.json()['token']}"
                return
            time.sleep(0.1)

    def buy(self, sku: str) -> str:
        lines = [{"skuCode": sku, "quantity": 1}]
        wanted = {"storeCode": STORE, "lines": lines, "delivery": "pickup"}
        key = {"idempotency-key": uuid4().hex}
        order = self.insist("POST", "/api/v1/orders", json=wanted, headers=key)
        path = f"/api/v1/orders/{order['orderId']}"
        key = {"idempotency-key": uuid4().hex}
        sheet = self.insist("POST", f"{path}/payments", json={}, headers=key)
        self.sim(f"/users/{self.person}/pay", sheet)
        return str(path)

    def buy_all(self, skus: list[str]) -> list[str]:
        self.come_in()
        return [self.buy(sku) for sku in skus]


def _kill_while(house: Household, work: list[Future[list[str]]], chance: random.Random) -> int:
    """kill -9 and start again, from this thread (children follow the thread that made them)."""
    kills = 0
    while kills < KILLS or not all(future.done() for future in work):
        time.sleep(chance.uniform(0.05, 0.7))
        victim = house.children[chance.choice(["serve", "worker"])]
        assert victim.process is not None
        os.kill(victim.process.pid, signal.SIGKILL)
        victim.process.wait()
        kills += 1
        victim.start()
        house.wait_until_open()
    return kills


def _wait_until_quiet(house: Household, seconds: float = 90) -> None:
    end, row = time.monotonic() + seconds, {}
    while time.monotonic() < end:
        [row] = run(house, ask_database(
            "SELECT (SELECT count(*) FROM core_outbox WHERE done_at IS NULL) AS owed,"
            " (SELECT json_agg(DISTINCT jsonb_build_array(name, error))"
            " FROM core_outbox WHERE done_at IS NULL) AS what,"
            " (SELECT count(*) FROM orders_order WHERE state = 'placed') AS unpaid"
        ))  # fmt: skip
        if row["owed"] == 0 and row["unpaid"] == 0:
            return
        time.sleep(0.5)
    raise AssertionError(f"still owed: {row}")


@pytest.fixture(scope="module")
def house() -> Iterator[Household]:
    home = Path(tempfile.mkdtemp(prefix="daogou-kills-"))
    home.chmod(0o755)
    brand = full_shelves(home / "brand")

    def seed(house: Household) -> None:
        run(house, lambda: fill(settings_of(house), house.world["printers"], brand), bare=True)

    world = world_of(brand)
    try:
        with open_household(Opening(home, free_port(), "test", world, seed, fast=True)) as opened:
            yield opened
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_fifty_purchases_survive_kill_9(house: Household) -> None:
    chance = random.Random(SEED)
    skus = [row["sku_code"] for row in rows_of("prices") if row["store_code"] == STORE]
    with ThreadPoolExecutor(PEOPLE) as pool:
        people = [Patient(house, number) for number in range(PEOPLE)]
        work = [pool.submit(one.buy_all, chance.sample(skus, EACH)) for one in people]
        kills = _kill_while(house, work, chance)
        orders = [path for future in work for path in future.result()]
    _wait_until_quiet(house)

    assert kills >= KILLS
    assert len(set(orders)) == PEOPLE * EACH
    [row] = run(house, ask_database(
        "SELECT (SELECT count(*) FROM orders_order WHERE state = 'paid') AS paid,"
        " (SELECT count(*) FROM orders_order) AS orders,"
        " (SELECT sum(paid_fen) FROM orders_order) AS paid_fen,"
        " (SELECT count(*) FROM stock_movement WHERE quantity < 0) AS movements"
    ))  # fmt: skip
    assert (row["paid"], row["orders"], row["movements"]) == (50, 50, 50), f"seed {SEED}"
    there = people[0].world.get("/_sim/orders").json()
    for person in people:
        person.close()
    taken = [one["total"] for one in there if one["state"] == "SUCCESS"]
    assert (len(taken), sum(taken)) == (50, row["paid_fen"]), f"seed {SEED}"
    report = run(house, lambda: audit(settings_of(house)), bare=True)
    assert report["findings"] == 0, f"seed {SEED}: {report['by_check']}"


class Crowd:
    """Shoppers of one hot SKU, at two web processes; who gets no answer asks the other one."""

    def __init__(self, addresses: list[str], sku: str, store: str) -> None:
        self.addresses = addresses
        lines = [{"skuCode": sku, "quantity": 1}]
        self.wanted = {"storeCode": store, "lines": lines, "delivery": "pickup"}

    def buy_all(self, number: int, token: str) -> tuple[list[str], int]:
        """The orders this shopper got until the shop said sold out, and the answers that lacked."""
        got, lost, turn = [], 0, number
        with httpx2.Client(timeout=5, trust_env=False) as phone:
            phone.headers["authorization"] = f"Bearer {token}"
            key = uuid4().hex
            while True:
                place = self.addresses[turn % len(self.addresses)]
                try:
                    answer = phone.post(
                        f"{place}/api/v1/orders",
                        json=self.wanted,
                        headers={"idempotency-key": key},
                    )
                except httpx2.TransportError:
                    lost, turn = lost + 1, turn + 1
                    time.sleep(0.05)
                    continue
                said = answer.json()
                if answer.status_code == 201:
                    got.append(said["orderNo"])
                    key = uuid4().hex
                elif not said["error"]["retryable"]:
                    assert said["error"]["code"] in ENOUGH, said
                    return got, lost


UNITS, SHOPPERS_OF_HOT = 90, 12
ENOUGH = {"stock.out_of_stock", "orders.too_many_open_orders"}  # ten each: more than there are


async def _hot(store_code: str) -> tuple[str, int, list[str]]:
    """A SKU of which ninety may be sold, where it lies, and the sessions of who wants it."""
    store, levels = (
        await find_store(store_code),
        await sql(
            "SELECT sku_id, on_hand - reserved AS free FROM stock_level"
            " JOIN stores_store AS s ON s.id = store_id WHERE s.code = $1 ORDER BY sku_id LIMIT 1",
            store_code,
        ),
    )
    assert store is not None
    [level] = levels
    await set_safety(sku_id=level["sku_id"], store_id=store.id, safety=level["free"] - UNITS)
    people = [await a_member() for _ in range(SHOPPERS_OF_HOT)]
    tokens = [await open_session(role=Role.MEMBER, member_id=one.id) for one in people]
    [sku] = (await skus([level["sku_id"]])).values()
    return sku.code, sku.id, tokens


def _kill_web_while(house: Household, work: list[Future[Any]], chance: random.Random) -> None:
    victim, kills = house.children["serve"], 0
    while kills < 2 or not all(future.done() for future in work):
        time.sleep(chance.uniform(0.05, 0.3))
        assert victim.process is not None
        os.kill(victim.process.pid, signal.SIGKILL)
        victim.process.wait()
        kills += 1
        victim.start()
        house.wait_until_open()


def _second_web(house: Household) -> tuple[Child, str]:
    port = free_port()
    env = {**house.children["serve"].env, "DAOGOU_PORT": str(port)}
    web = Child("serve-2", [sys.executable, "-m", "app", "serve"], env, house.home / "2.log")
    web.start()
    return web, f"http://127.0.0.1:{port}"


async def _kept_of(sku_id: int) -> tuple[int, list[str]]:
    """Units that open orders hold, and the numbers of those orders."""
    [row] = await sql(
        "SELECT sum(reserved)::int AS units FROM stock_level WHERE sku_id = $1", sku_id
    )
    orders = await sql(
        "SELECT order_no FROM orders_order AS o JOIN orders_line AS line ON line.order_id = o.id"
        " WHERE line.sku_id = $1 AND o.state = 'placed'",
        sku_id,
    )
    return row["units"], [each["order_no"] for each in orders]


def test_a_hot_sku_is_sold_exactly_while_one_web_process_is_killed(house: Household) -> None:
    sku, sku_id, tokens = run(house, lambda: _hot("S001"))
    second, address = _second_web(house)
    crowd = Crowd([house.url, address], sku, "S001")
    try:
        with ThreadPoolExecutor(SHOPPERS_OF_HOT) as pool:
            work = [pool.submit(crowd.buy_all, *each) for each in enumerate(tokens)]
            _kill_web_while(house, work, random.Random(SEED))
            told = [future.result() for future in work]
    finally:
        second.stop()
    units, orders = run(house, lambda: _kept_of(sku_id))
    got = [number for mine, _ in told for number in mine]
    report = run(house, lambda: audit(settings_of(house)), bare=True)

    assert len(got) == len(set(got)) == UNITS, f"seed {SEED}"  # each answered once, none twice
    assert (units, set(orders)) == (UNITS, set(got)), f"seed {SEED}"  # and none held for nobody
    assert sum(lost for _, lost in told) > 0, "no answer was lost: the kills came too late"
    assert report["findings"] == 0, f"seed {SEED}: {report['by_check']}"
