"""The rows of the table, each measured beside what it is compared with, in turns."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from app.bench.orders.floor import floor, order_script
from app.bench.orders.shop import Shop, lists, orders, pages
from app.bench.orders.stage import HOT, STORES, end_open_orders, open_stores, store_orders

Measure = Callable[[], Awaitable[float]]
PLENTY = 3_000  # requests made ready for each second of a run


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is ours / other, or milliseconds where `is_ms`; `at_least` and `aim` as agreed."""

    figure: str
    ours: float
    other: float
    ratio: float
    at_least: float
    aim: float
    is_ms: bool = False

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.at_least if self.is_ms else self.ratio >= self.at_least

    def facts(self) -> dict[str, Any]:
        return asdict(self) | {"is_reached": self.is_reached}


@dataclass(slots=True)
class Bench:
    """`seconds` for each run, `rounds` of each pair in turns: the median of the ratios counts."""

    shop: Shop
    seconds: float
    rounds: int

    async def compare(
        self, figure: str, ours: Measure, other: Measure, at_least: float, aim: float
    ) -> Row:
        pairs = [(await other(), await ours()) for _ in range(self.rounds)]
        by_ratio = sorted(pairs, key=lambda pair: pair[1] / max(pair[0], 0.001))
        base, mine = by_ratio[len(pairs) // 2]
        return Row(figure, mine, base, round(mine / max(base, 0.001), 2), at_least, aim)

    async def rate(self, *, shoppers: int = 32, hot: bool = False) -> float:
        """Orders placed per second."""
        await end_open_orders(self.shop.url)
        asks = orders(round(PLENTY * self.seconds), hot=hot)
        return await self._rate(asks, shoppers)

    async def _rate(self, asks: list[Any], shoppers: int) -> float:
        answer = await self.shop.crowd(asks, shoppers=shoppers, seconds=self.seconds)
        if answer["ok"] < answer["count"]:
            raise RuntimeError(f"not all was answered well: {answer}")
        return float(answer["rate"])

    async def full(self) -> Row:
        script = order_script(hot=False)
        return await self.compare(
            "full orders, 32 shoppers / floor",
            self.rate,
            lambda: floor(self.shop.url, script, clients=32, seconds=self.seconds),
            0.3,
            0.7,
        )

    async def hot(self) -> Row:
        script = order_script(hot=True)
        return await self.compare(
            "one hot SKU, 32 shoppers / naive floor",
            lambda: self.rate(hot=True),
            lambda: floor(self.shop.url, script, clients=32, seconds=self.seconds, hot=True),
            4,
            10,
        )

    async def crowded(self) -> Row:
        return await self.compare(
            "one hot SKU, 256 shoppers / 32",
            lambda: self.rate(shoppers=256, hot=True),
            lambda: self.rate(hot=True),
            0.8,
            1.0,
        )

    async def page(self) -> Row:
        count = round(2 * PLENTY * self.seconds)
        return await self.compare(
            "product page / raw asyncpg in the same server",
            lambda: self._rate(pages(count), 32),
            lambda: self._rate(pages(count, "/bench/products/"), 32),
            0.6,
            0.9,
        )

    async def two(self) -> Row:
        async def both() -> float:
            port = self.shop.open_web()
            try:
                return await self.rate()
            finally:
                self.shop.close_web(port)

        return await self.compare("two web processes / one", both, self.rate, 1.5, 1.8)

    async def calm(self, top: float) -> Row:
        """p99 when half of the top rate arrives, counted from when each request was due."""
        asks = orders(round(PLENTY * self.seconds))
        answers = [
            await self.shop.crowd(asks, shoppers=64, seconds=self.seconds, rate=top / 2)
            for _ in range(self.rounds)
        ]
        p99 = statistics.median(answer["p99_ms"] for answer in answers)
        return Row(
            "p99 at half of the top rate, ms", p99, round(top / 2, 1), p99, 50, 20, is_ms=True
        )

    async def beside(self, top: float) -> list[Row]:
        """Page and list while orders run at half of the top rate."""
        rows: list[Row] = []
        for name, asks in (("product page", pages), ("list of 20", lists)):
            busy = self.shop.crowd(
                orders(round(PLENTY * self.seconds)),
                shoppers=32,
                seconds=self.seconds,
                rate=top / 2,
            )
            seen = self.shop.crowd(
                asks(round(20 * self.seconds)), shoppers=4, seconds=self.seconds, rate=20
            )
            p95 = (await asyncio.gather(busy, seen))[1]["p95_ms"]
            figure = f"{name}, p95 while orders run, ms"
            rows.append(Row(figure, p95, round(top / 2, 1), p95, 100, 50, is_ms=True))
        return rows

    async def grown(self, small: int, large: int) -> Row:
        """Small first, then large: there is no way back, so they cannot take turns."""
        await store_orders(self.shop.url, small)
        few = statistics.median([await self.rate() for _ in range(self.rounds)])
        await store_orders(self.shop.url, large)
        many = statistics.median([await self.rate() for _ in range(self.rounds)])
        figure = f"orders at {large:,} stored orders / at {small:,}"
        return Row(figure, many, few, round(many / few, 2), 0.9, 1.0)

    async def chain(self, large: int = 5_000) -> Row:
        async def in_a_chain(stores: int) -> float:
            await open_stores(self.shop.url, stores)
            return await self.rate()

        return await self.compare(
            f"orders with {large:,} stores / with {STORES}",
            lambda: in_a_chain(large),
            lambda: in_a_chain(STORES),
            0.9,
            1.0,
        )

    async def sold_exactly(self, units: int, shoppers: int) -> bool:
        """Everybody wants the last `units`: so many orders, not one more, and nothing unsold."""
        await self.shop.sql(
            "UPDATE stock_level SET safety = on_hand - reserved - $2 WHERE sku_id = $1 RETURNING 1",
            HOT,
            units,
        )
        asks = orders(units * 3 + shoppers, hot=True)
        answer = await self.shop.crowd(asks, shoppers=shoppers, seconds=60)
        left = await self.shop.sql(
            "SELECT on_hand - reserved - safety FROM stock_level WHERE sku_id = $1", HOT
        )
        await self.shop.sql("UPDATE stock_level SET safety = 0 WHERE sku_id = $1 RETURNING 1", HOT)
        return bool(answer["ok"] == units and left == 0)
