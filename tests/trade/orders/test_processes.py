"""Many buyers, few units, several processes on one PostgreSQL; one of them is killed meanwhile."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from core.settings import Settings
from tests.scenes.orders import a_shelf
from tests.scenes.stores import a_store
from trade.orders.audit import an_order_holds_and_moves_what_it_sold
from trade.orders.models import Order
from trade.stock.audit import reserved_is_the_sum_of_live_reservations
from trade.stock.queries import availability

ROOT = Path(__file__).resolve().parents[3]

# Each buyer asks until sold out; every order placed is said at once, as a web process answers.
BUY = """
import asyncio, json, sys
from pathlib import Path
from tortoise import Tortoise
from app.wiring import orm_config, wire
from core.settings import Settings
from trade.orders.service import OrderedLine, PlaceOrder, place_order
from trade.stock.errors import OutOfStock

async def main():
    asked = json.loads(sys.argv[1])
    settings = Settings.model_validate_json(Path(asked["settings"]).read_text())
    wire(settings)
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    async def buyer(number):
        turn = 0
        while True:
            key, turn = f"{asked['name']}-{number:03}-{turn:05}", turn + 1
            try:
                order = await place_order(PlaceOrder(store_id=asked["store"], member_id=number,
                    placed_by=f"{asked['name']}:{number}", idempotency_key=key,
                    lines=(OrderedLine(asked["sku"], 1),)))
            except OutOfStock:
                return
            print(order.order_no, flush=True)
    await asyncio.gather(*[buyer(number) for number in range(1, 33)])
asyncio.run(main())
"""


def buyers(name: str, told: Path, store: int, sku: int) -> subprocess.Popen[str]:
    asked = {"settings": str(told), "name": name, "store": store, "sku": sku}
    return subprocess.Popen(
        [sys.executable, "-c", BUY, json.dumps(asked)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


async def test_two_processes_sell_exactly_what_there_is_although_one_is_killed(
    db: None, settings: Settings, secrets: dict[str, object], tmp_path: Path
) -> None:
    units = 150
    shelf = await a_shelf(units=units, store_id=(await a_store()).id)
    told = tmp_path / "settings.json"
    told.write_text(_revealed(settings))
    first, second = (buyers(name, told, shelf.store_id, shelf.sku_id) for name in ("a", "b"))
    assert first.stdout is not None
    heard = [await asyncio.to_thread(first.stdout.readline) for _ in range(5)]
    first.send_signal(signal.SIGKILL)
    rest, _ = await asyncio.to_thread(first.communicate)
    others, _ = await asyncio.to_thread(second.communicate)
    lines = [*heard, *rest.splitlines(keepends=True), *others.splitlines(keepends=True)]
    promised = {line.strip() for line in lines if line.endswith("\n")}  # a killed one stops amid
    view = (await availability([shelf.sku_id], [shelf.store_id]))[shelf.sku_id, shelf.store_id]
    stands = set(await Order.all().values_list("order_no", flat=True))

    assert second.returncode == 0
    assert (view.reserved, view.available, len(stands)) == (units, 0, units)
    assert promised <= stands
    assert await an_order_holds_and_moves_what_it_sold() == []
    assert await reserved_is_the_sum_of_live_reservations() == []


def _revealed(settings: Settings) -> str:
    """As JSON with the secrets in it: they are this test's own."""

    def plain(value: object) -> object:
        reveal = getattr(value, "get_secret_value", None)
        return reveal() if reveal else str(value)

    facts = settings.model_dump(mode="python", exclude_none=True)
    facts |= {"max_open_orders": 10_000, "max_held_units": 10_000}
    return json.dumps(
        facts, default=lambda value: list(value) if isinstance(value, frozenset) else plain(value)
    )
