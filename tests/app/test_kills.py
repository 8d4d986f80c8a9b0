"""kill -9 of web and worker at random moments of fifty purchases loses and doubles nothing."""

import os
import random
import shutil
import signal
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
from app.household import Household, Opening, open_household
from app.opening import fill, rows_of, settings_of, world_of
from app.ports import free_port
from tests.app.asking import ask_database, run

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
