"""What a scan at the counter means in this store: goods, a weighed piece, or a customer's code."""

from dataclasses import dataclass

from core.security.scope import Scope
from devices.counter.errors import GoodsUnknown
from devices.counter.queries import scales_of
from devices.counter.rules import ScaleValue, Scan, ScanKind, read_scan, weighed_fen
from devices.counter.service.selling import check_may_sell
from trade.catalog.queries import SkuView, find_sku, skus_by_barcode
from trade.promotions.queries import prices_of


@dataclass(frozen=True, slots=True)
class Scanned:
    """Goods ready to be added. `price_fen` is of one piece here; of a weighed one what its label
    says, with `weight_g`. `is_pay_code`: the customer's code, nothing to add."""

    sku_code: str = ""
    title: str = ""
    spec_text: str = ""
    picture: str = ""
    price_fen: int = 0
    quantity: int = 1
    weight_g: int | None = None
    is_pay_code: bool = False


async def look_up(scope: Scope, *, store_id: int, text: str) -> Scanned:
    """Raises GoodsUnknown, NotHere. A pay code is not looked up and not repeated."""
    check_may_sell(scope, store_id)
    scan = read_scan(text)
    if scan.kind is ScanKind.PAY:
        return Scanned(is_pay_code=True)
    if scan.kind is ScanKind.SCALE:
        return await _weighed(store_id, scan, text.strip()[:2])
    by_label = await skus_by_barcode([scan.text]) if scan.kind is ScanKind.GOODS else {}
    sku = by_label.get(scan.text) or await find_sku(scan.text)
    if sku is None:
        raise GoodsUnknown(code=scan.text[:40])
    found = (await prices_of(store_id, [sku.id]))[sku.id]
    if scan.weight_g:
        return _shown(sku, weighed_fen(found.price_fen, scan.weight_g), weight_g=scan.weight_g)
    return _shown(sku, found.price_fen, quantity=scan.pieces)


async def _weighed(store_id: int, scan: Scan, flag: str) -> Scanned:
    """The item of the label is the code of a SKU, whose price is that of a kilogram."""
    sku = await find_sku(scan.text) or await find_sku(scan.text.lstrip("0"))
    if sku is None:
        raise GoodsUnknown(code=scan.text)
    per_kg = (await prices_of(store_id, [sku.id]))[sku.id].price_fen
    if scan.amount_fen is not None:
        return _shown(sku, scan.amount_fen, weight_g=scan.weight_g)
    says = (await scales_of(store_id)).get(flag, ScaleValue.WEIGHT)
    if says is ScaleValue.AMOUNT:
        return _shown(sku, scan.value, weight_g=_grams_for(scan.value, per_kg))
    return _shown(sku, weighed_fen(per_kg, scan.value), weight_g=scan.value)


def _grams_for(amount_fen: int, per_kg_fen: int) -> int:
    """What the scale must have weighed, for the paper; 0 where the price is not known."""
    return round(amount_fen * 1_000 / per_kg_fen) if per_kg_fen else 0


def _shown(
    sku: SkuView, price_fen: int, *, weight_g: int | None = None, quantity: int = 1
) -> Scanned:
    return Scanned(
        sku_code=sku.code,
        title=sku.title,
        spec_text=" / ".join(sku.spec.values()),
        picture=sku.picture,
        price_fen=price_fen,
        quantity=quantity,
        weight_g=weight_g,
    )
