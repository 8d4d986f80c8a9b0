"""Set the scene of the stock room: shelves, and what the auditor says about them."""

from datetime import datetime, timedelta

from core import clock
from core.audit import Finding, checks
from trade.stock.models import StockMovement
from trade.stock.queries import StockView, availability
from trade.stock.service import receive_stock

HERE, THERE = 1, 2
SKU = 7


async def on_shelf(units: int, *, sku_id: int = SKU, store_id: int = HERE) -> None:
    cause = f"first:{sku_id}:{store_id}"
    await receive_stock(cause=cause, sku_id=sku_id, store_id=store_id, quantity=units)


async def level(sku_id: int = SKU, store_id: int = HERE) -> StockView:
    return (await availability([sku_id], [store_id]))[sku_id, store_id]


async def findings() -> set[str]:
    found: list[Finding] = []
    for name, work in checks.items():
        if name.startswith("stock."):
            found += await work()
    return {f"{finding.check} {finding.key}" for finding in found}


async def movements(sku_id: int = SKU) -> list[tuple[str, str, int, int]]:
    """(kind, place, store, quantity) of a SKU, in the order they were booked."""
    rows = await StockMovement.filter(sku_id=sku_id).order_by("id")
    return [(row.kind.value, row.place.value, row.store_id, row.quantity) for row in rows]


def ago(minutes: float) -> datetime:
    return clock.now() - timedelta(minutes=minutes)
