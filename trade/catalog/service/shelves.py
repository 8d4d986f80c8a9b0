"""Which store sells what. Head office limits a product to stores; a store minds its own shelf."""

from collections.abc import Iterable

from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from trade.catalog.errors import ProductNotFound, ShelfNotYours
from trade.catalog.models import LimitedStore, OffShelf, Product
from trade.catalog.service.telling import tell_changed

ADD_OFF = """
INSERT INTO catalog_off_shelf (product_id, store_id, by) VALUES ($1, $2, $3)
ON CONFLICT (product_id, store_id) DO NOTHING RETURNING id
"""


@use_case
async def take_off_shelf(*, scope: Scope, store_id: int, product_id: int) -> bool:
    """Stop selling a product in one store. Doing it again changes nothing.

    Answers whether it was sold there so far. Raises ShelfNotYours and ProductNotFound.
    """
    await _check(scope, store_id, product_id)
    is_new = bool(await sql(ADD_OFF, product_id, store_id, scope.actor))
    if is_new:
        await _note(scope, "catalog.take_off_shelf", store_id, product_id)
    return is_new


@use_case
async def put_on_shelf(*, scope: Scope, store_id: int, product_id: int) -> bool:
    """Sell a product in one store again. Doing it again changes nothing.

    What head office does not sell, or sells elsewhere only, this does not bring back. Answers
    whether it was off. Raises ShelfNotYours and ProductNotFound.
    """
    await _check(scope, store_id, product_id)
    was_off = bool(await OffShelf.filter(product_id=product_id, store_id=store_id).delete())
    if was_off:
        await _note(scope, "catalog.put_on_shelf", store_id, product_id)
    return was_off


async def _check(scope: Scope, store_id: int, product_id: int) -> None:
    if not scope.sees_store(store_id):
        raise ShelfNotYours
    if not await Product.filter(id=product_id).exists():
        raise ProductNotFound(product_id=product_id)


async def _note(scope: Scope, action: str, store_id: int, product_id: int) -> None:
    await record(scope, action, f"product:{product_id}", store_id=store_id)
    await tell_changed([product_id], "shelf")


@use_case
async def limit_product(*, product_id: int, store_ids: Iterable[int] | None) -> bool:
    """Sell a product in these stores only; None: everywhere. Doing it again changes nothing.

    Answers whether that is new. Raises ProductNotFound.
    """
    wanted, is_limited = set(store_ids or ()), store_ids is not None
    product = await Product.select_for_update().get_or_none(id=product_id)
    if product is None:
        raise ProductNotFound(product_id=product_id)
    rows = LimitedStore.filter(product_id=product_id)
    known = {row.store_id for row in await rows}
    if known == wanted and product.is_limited == is_limited:
        return False
    await rows.filter(store_id__in=known - wanted).delete()
    await LimitedStore.bulk_create(
        [LimitedStore(product_id=product_id, store_id=store) for store in sorted(wanted - known)]
    )
    await Product.filter(id=product_id).update(is_limited=is_limited)
    await tell_changed([product_id], "shelf")
    return True
