"""In whose name a store sells, and with which keys it signs."""

from dataclasses import dataclass
from datetime import datetime

from core.security.receipt_code import ReceiptKey
from trade.stores.errors import ReceiptKeyNotFound, SellerNotFound, StoreNotFound
from trade.stores.keys import opened
from trade.stores.models import Franchisee, Store, StoreKey, TaxEntity


@dataclass(frozen=True, slots=True)
class SellerView:
    """Who an invoice names as the seller."""

    tax_entity_id: int
    tax_no: str
    name: str
    address: str
    phone: str
    bank_account: str
    drawer: str


async def seller_of(store_id: int) -> SellerView:
    """In whose name this store sells and invoices. Raises StoreNotFound."""
    row = await Store.get_or_none(id=store_id).select_related("tax_entity")
    if row is None:
        raise StoreNotFound(store_id=store_id)
    return _view(row.tax_entity)


async def sellers() -> list[SellerView]:
    """Every tax entity, in the order of their codes."""
    return [_view(row) for row in await TaxEntity.all().order_by("code")]


async def seller_named(tax_entity_id: int) -> SellerView:
    """A tax entity. Raises SellerNotFound."""
    row = await TaxEntity.get_or_none(id=tax_entity_id)
    if row is None:
        raise SellerNotFound(tax_entity_id=tax_entity_id)
    return _view(row)


def _view(seller: TaxEntity) -> SellerView:
    return SellerView(
        tax_entity_id=seller.id,
        tax_no=seller.tax_no,
        name=seller.name,
        address=seller.address,
        phone=seller.phone,
        bank_account=seller.bank_account,
        drawer=seller.drawer,
    )


async def receipt_key_of(store_id: int) -> ReceiptKey:
    """The key that signs this store's receipts now. Raises ReceiptKeyNotFound."""
    row = await StoreKey.filter(store_id=store_id, device="").order_by("-id").first()
    if row is None:
        raise ReceiptKeyNotFound(store_id=store_id)
    return opened(row)


async def receipt_key(kid: int) -> tuple[int, ReceiptKey]:
    """The store a key belongs to, and the key, also one that no longer signs.

    Raises ReceiptKeyNotFound, for the key of a stolen device too.
    """
    row = await StoreKey.get_or_none(id=kid)
    if row is None or row.refused_at is not None:
        raise ReceiptKeyNotFound(kid=kid)
    return row.store_id, opened(row)


async def device_key(device: str) -> tuple[datetime, ReceiptKey] | None:
    """The key a device signs with now, and when it was made; None before its first."""
    row = await StoreKey.filter(device=device).order_by("-id").first()
    return (row.created_at, opened(row)) if row else None


async def device_of_key(kid: int) -> str:
    """The device that signs with a key; empty for a store's own key and for none."""
    row = await StoreKey.get_or_none(id=kid)
    return row.device if row else ""


async def tax_entity_ids() -> dict[str, int]:
    """Code to id of every tax entity."""
    return dict(await TaxEntity.all().values_list("code", "id"))


async def franchisee_ids() -> dict[str, int]:
    """Code to id of every franchisee."""
    return dict(await Franchisee.all().values_list("code", "id"))
