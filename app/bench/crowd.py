"""A crowd of shoppers, each with a phone of their own, who buy as fast as they are served."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from app.household import Household

PAUSE_S = 0.03


@dataclass(slots=True)
class Times:
    """Seconds of each part of a purchase: place, prepay, and from the tap on pay until paid."""

    place: list[float] = field(default_factory=list)
    prepay: list[float] = field(default_factory=list)
    paid: list[float] = field(default_factory=list)


class Shopper:
    """One person: a phone at the shop, and the same phone at the platform."""

    def __init__(self, house: Household, number: int) -> None:
        self.name = f"bench{number}"
        self.shop = httpx2.AsyncClient(base_url=house.url, timeout=30, trust_env=False)
        self.world = httpx2.AsyncClient(base_url=house.world["http"], timeout=30, trust_env=False)

    async def come_in(self) -> None:
        await self._sim("/users", {"id": self.name, "name": "顾客"})
        code = (await self._sim(f"/users/{self.name}/login", {}))["js_code"]
        entered = await self.shop.post("/api/v1/login", json={"code": code})
        entered.raise_for_status()
        self.shop.headers["authorization"] = f"Bearer {entered.json()['token']}"

    async def leave(self) -> None:
        await self.shop.aclose()
        await self.world.aclose()

    async def buy(self, sku: str, store: str, times: Times) -> None:
        """One purchase until the shop says paid; its times are noted when it is complete."""
        marks = [time.perf_counter()]
        lines = [{"skuCode": sku, "quantity": 1}]
        wanted = {"storeCode": store, "lines": lines, "delivery": "pickup"}
        order = await self._change("/api/v1/orders", wanted)
        marks.append(time.perf_counter())
        sheet = await self._change(f"/api/v1/orders/{order['orderId']}/payments", {})
        marks.append(time.perf_counter())
        await self._sim(f"/users/{self.name}/pay", sheet)
        while await self._is_unpaid(order["orderId"]):  # noqa: ASYNC110  as a phone asks
            await asyncio.sleep(PAUSE_S)
        marks.append(time.perf_counter())
        for spent, after, before in zip(
            (times.place, times.prepay, times.paid), marks[1:], marks, strict=False
        ):
            spent.append(after - before)

    async def _is_unpaid(self, order_id: str) -> bool:
        answer = await self.shop.get(f"/api/v1/orders/{order_id}")
        answer.raise_for_status()
        return bool(answer.json()["state"] == "placed")

    async def _change(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"idempotency-key": uuid4().hex}
        answer = await self.shop.post(path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def _sim(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.world.post(f"/_sim{path}", json=body)
        answer.raise_for_status()
        return answer.json()


async def let_buy(
    shoppers: list[Shopper], skus: list[str], store: str, seconds: float
) -> tuple[float, Times]:
    """Purchases completed per second by this crowd, and their times."""
    times, end, began = Times(), time.monotonic() + seconds, time.monotonic()

    async def go_on(number: int, shopper: Shopper) -> None:
        turn = number
        while time.monotonic() < end:
            await shopper.buy(skus[turn % len(skus)], store, times)
            turn += len(shoppers)

    await asyncio.gather(*[go_on(number, one) for number, one in enumerate(shoppers)])
    return len(times.paid) / (time.monotonic() - began), times
