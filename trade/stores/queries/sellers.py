"""In whose name a store sells, and with which keys it signs."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from core.security.receipt_code import ReceiptKey
from trade.stores.errors import ReceiptKeyNotFound, SellerNotFound, StoreNotFound
from trade.stores.keys import key_in, opened
from trade.stores.models import Franchisee, StoreKey, TaxEntity


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


@dataclass(frozen=True, slots=True)
class SigningStore:
    """A store, a key that signs its receipts, and in whose name it sells."""

    id: int
    name: str
    key: ReceiptKey
    seller: SellerView


# Hand-written: every scan and every invoice asks them, and the ORM took a millisecond each time.
SELLER = "t.id AS tax_entity_id, t.tax_no, t.name, t.address, t.phone, t.bank_account, t.drawer"
SELLER_OF = f"""
SELECT {SELLER} FROM stores_store AS s JOIN stores_tax_entity AS t ON t.id = s.tax_entity_id
WHERE s.id = $1
"""  # noqa: S608 - our own words
SELLER_NAMED = f"SELECT {SELLER} FROM stores_tax_entity AS t WHERE t.id = $1"  # noqa: S608
SIGNING = f"""
SELECT k.secret, s.id AS store_id, s.name AS store_name, {SELLER}
FROM stores_key AS k JOIN stores_store AS s ON s.id = k.store_id
JOIN stores_tax_entity AS t ON t.id = s.tax_entity_id
WHERE k.id = $1 AND k.refused_at IS NULL
"""  # noqa: S608


async def seller_of(store_id: int) -> SellerView:
    """In whose name this store sells and invoices. Raises StoreNotFound."""
    rows = await sql(SELLER_OF, store_id)
    if not rows:
        raise StoreNotFound(store_id=store_id)
    return SellerView(**rows[0])


async def sellers() -> list[SellerView]:
    """Every tax entity, in the order of their codes."""
    return [_view(row) for row in await TaxEntity.all().order_by("code")]


async def seller_named(tax_entity_id: int) -> SellerView:
    """A tax entity. Raises SellerNotFound."""
    rows = await sql(SELLER_NAMED, tax_entity_id)
    if not rows:
        raise SellerNotFound(tax_entity_id=tax_entity_id)
    return SellerView(**rows[0])


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


async def signing_store(kid: int) -> SigningStore:
    """As `receipt_key`, with what an invoice needs to know of the store. Raises as it does."""
    rows = await sql(SIGNING, kid)
    if not rows:
        raise ReceiptKeyNotFound(kid=kid)
    [row] = rows
    key = key_in(kid, row.pop("secret"))
    return SigningStore(row.pop("store_id"), row.pop("store_name"), key, SellerView(**row))


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


async def company_names() -> dict[int, str]:
    """Id to name of every company that owns stores under our brand (加盟商)."""
    return dict(await Franchisee.all().values_list("id", "name"))
