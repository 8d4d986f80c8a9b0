"""The keys that sign receipts: made here, kept encrypted, each bound to its row."""

import base64
import secrets
from collections.abc import Mapping

from core.database import sql
from core.security.receipt_code import ReceiptKey
from core.security.rotation import encrypted_column
from core.security.vault import decrypt, encrypt
from trade.stores.models import StoreKey

SECRET_BYTES = 32


@encrypted_column("stores_key", "secret", bound_to="stores.key:{id}")
def _no_index(_: str) -> Mapping[str, str]:
    return {}


def opened(row: StoreKey) -> ReceiptKey:
    """Raises VaultError when the row was altered or its field key is gone."""
    return key_in(row.id, row.secret)


def key_in(kid: int, sealed: str) -> ReceiptKey:
    """As `opened`, of the two columns that matter."""
    text = decrypt(sealed, bound_to=f"stores.key:{kid}")
    return ReceiptKey(kid, base64.b64decode(text))


async def make(store_id: int, *, device: str = "") -> int:
    """A new key for a store, or for a device in it; answers its `kid`, to which it is bound."""
    [row] = await sql("SELECT nextval(pg_get_serial_sequence('stores_key', 'id')) AS kid")
    kid = int(row["kid"])
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    sealed = encrypt(secret, bound_to=f"stores.key:{kid}")
    await StoreKey.bulk_create([StoreKey(id=kid, store_id=store_id, device=device, secret=sealed)])
    return kid
