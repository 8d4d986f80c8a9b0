"""What must always be true of stores."""

from core.audit import Finding, check
from core.security.vault import VaultError
from trade.stores.keys import opened
from trade.stores.models import Store, StoreKey


@check("stores.receipt_keys")
async def every_store_can_sign_its_receipts() -> list[Finding]:
    """Each store has a key, and each key, old ones too, can still be read."""
    keys = await StoreKey.all()
    keyed = {key.store_id for key in keys if not key.device}
    broken = [key for key in keys if not _opens(key)]
    return [
        *(
            Finding("stores.receipt_keys", store.code, "has no key")
            for store in await Store.all()
            if store.id not in keyed
        ),
        *(Finding("stores.receipt_keys", f"kid {key.id}", "cannot be read") for key in broken),
    ]


def _opens(key: StoreKey) -> bool:
    try:
        return bool(opened(key).kid)
    except VaultError:
        return False
