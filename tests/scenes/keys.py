"""Settings with keys of one test, said to every room."""

import base64
import secrets

from core.settings import Settings, configure


def a_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def with_keys(
    field_keys: dict[str, str] | None = None,
    index_keys: dict[str, str] | None = None,
    signing_key: str | None = None,
) -> Settings:
    """Settings under these keys, fresh ones where none are given."""
    made = Settings.model_validate(
        {
            "mode": "test",
            "signing_key": signing_key or a_key(),
            "field_keys": field_keys or {"f1": a_key()},
            "index_keys": index_keys or {"i1": a_key()},
        }
    )
    configure(made)
    return made
