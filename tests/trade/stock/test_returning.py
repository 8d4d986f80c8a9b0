"""What comes back: received, then put where somebody says; only restocked goods are sold again."""

import pytest

from tests.trade.stock.room import HERE, SKU, THERE, findings, level, movements, on_shelf
from trade.stock.errors import NotThere, QuantityNotPositive, SameStore, StoreNeeded
from trade.stock.queries import Disposition
from trade.stock.service import Arrived, put_back, receive_inbound, receive_return

pytestmark = pytest.mark.usefixtures("db")


async def came_back(units: int, *, cause: str = "RT1", store_id: int = HERE) -> None:
    await receive_return(cause=cause, sku_id=SKU, store_id=store_id, quantity=units)


async def put(units: int, disposition: Disposition, to_store_id: int | None = None) -> None:
    await put_back(
        cause=f"PB-{disposition}",
        sku_id=SKU,
        store_id=HERE,
        quantity=units,
        disposition=disposition,
        to_store_id=to_store_id,
    )


async def test_returned_goods_count_only_when_they_are_put_away() -> None:
    # HotWax april-may22: the register added returns to stock while they lay aside.
    # odoo#61513: returned goods and their stock place do not agree.
    await on_shelf(3)
    for _ in range(2):
        await came_back(2)
    waiting, clean = await level(), await findings()
    for _ in range(2):
        await put(2, Disposition.RESTOCK)
    seen = await level()

    assert (waiting.on_hand, waiting.in_returns, waiting.available, clean) == (3, 2, 3, set())
    assert (seen.on_hand, seen.in_returns, seen.available) == (5, 0, 5)
    assert await findings() == set()


@pytest.mark.parametrize(
    ("disposition", "kind"),
    [
        (Disposition.VENDOR, "to_vendor"),
        (Disposition.LIQUIDATE, "liquidated"),
        (Disposition.SCRAP, "scrapped"),
    ],
)
async def test_what_is_not_restocked_never_reaches_the_shelf(
    disposition: Disposition, kind: str
) -> None:
    # spree#5928: not everything is resellable; magento/inventory#2851: one tick restocks all.
    await on_shelf(3)
    await came_back(2)
    await put(2, disposition)

    assert ((await level()).on_hand, (await level()).in_returns) == (3, 0)
    assert (await movements())[-1] == (kind, "returns", HERE, -2)
    assert await findings() == set()


async def test_goods_brought_back_elsewhere_can_go_home() -> None:
    # saleor#16667, spree#4324, magento/inventory#377: back to stock, and to the right place.
    await came_back(2)
    for _ in range(2):
        await put(2, Disposition.TRANSFER, THERE)
    travelling = await level(store_id=THERE)
    clean = await findings()
    number = f"PB-{Disposition.TRANSFER}"
    await receive_inbound(number=number, key="box", pieces=[Arrived(SKU, 2)], actor="x")

    assert (travelling.in_transit, travelling.on_hand, clean) == (2, 0, set())
    assert (await level(store_id=THERE)).on_hand == 2
    assert await findings() == set()


async def test_more_than_came_back_cannot_be_put_away() -> None:
    await came_back(1)
    with pytest.raises(NotThere) as refusal:
        await put(2, Disposition.RESTOCK)
    with pytest.raises(QuantityNotPositive):
        await came_back(0)
    with pytest.raises(QuantityNotPositive):
        await put(0, Disposition.RESTOCK)
    with pytest.raises(StoreNeeded):
        await put(1, Disposition.TRANSFER)
    with pytest.raises(SameStore):
        await put(1, Disposition.TRANSFER, HERE)

    assert refusal.value.facts == {"sku_code": "7", "place": "returns", "left": 1}
