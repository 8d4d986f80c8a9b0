"""Credentials of accounts in and out of their encrypted column."""

import json
from collections.abc import Mapping

from core.security.rotation import encrypted_column
from core.security.vault import decrypt, encrypt


@encrypted_column("backends_account", "credentials", bound_to="backend_account:{id}")
def _no_index(_: str) -> Mapping[str, str]:
    return {}


def seal(secrets: Mapping[str, str], *, account_id: int) -> str:
    """Ciphertext that opens only in the row it belongs to."""
    return encrypt(json.dumps(dict(secrets)), bound_to=f"backend_account:{account_id}")


def opened(sealed: str, *, account_id: int) -> dict[str, str]:
    """Raises VaultError."""
    text = decrypt(sealed, bound_to=f"backend_account:{account_id}")
    return {name: str(value) for name, value in json.loads(text).items()}
