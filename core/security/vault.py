"""Personal fields (P4, P5): encrypted at rest, found again by a blind index, moved to new keys.

The keys come from settings and never stand in the database. A cipher is `v1.<key id>.<base64url>`
of AES-256-GCM with a fresh nonce; the key id and the row it is bound to are its extra data, so it
cannot be carried to another row. An index is `<key id>.<base64url>` of HMAC-SHA-256 under a key of
its own: a plain hash of a phone number is guessed in two hours.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from core import settings

VERSION, NONCE_BYTES, KEY_BYTES = "v1", 12, 32


class VaultError(Exception):
    """A cipher that is not ours, was altered, belongs to another row, or whose key is gone.

    A bug or an attack, never an answer for people; the message holds no secret.
    """


def encrypt(text: str, *, bound_to: str) -> str:
    """The cipher of `text` for the row `bound_to`, as `member:12`. Each time it looks different."""
    kid, key = _current(settings.current().field_keys)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _extra(kid, bound_to))
    return f"{VERSION}.{kid}.{_text(nonce + sealed)}"


def decrypt(cipher: str, *, bound_to: str) -> str:
    """The text of a cipher, under whichever key it was written.

    Raises VaultError when it was altered, is bound to another row, or its key is not ours.
    """
    version, _, rest = cipher.partition(".")
    kid, _, sealed_text = rest.partition(".")
    key = settings.current().field_keys.get(kid)
    if version != VERSION or key is None:
        raise VaultError(f"no key for {version[:8]!r}.{kid[:20]!r}")
    sealed = _bytes(sealed_text)
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(_key(key)).decrypt(nonce, body, _extra(kid, bound_to)).decode()
    except (InvalidTag, ValueError):
        raise VaultError(f"not the cipher of {bound_to!r}") from None


def blind_index(text: str, purpose: str) -> str:
    """What stands in the index column: the same text and purpose give the same, under one key.

    `text` is normalised by the caller. Two purposes give values that cannot be compared.
    """
    kid, key = _current(settings.current().index_keys)
    return _index(kid, key, text, purpose)


def blind_indexes(text: str, purpose: str) -> list[str]:
    """What to search for: `blind_index` under every key, so search works while keys are changed."""
    keys = settings.current().index_keys
    return [_index(kid, _key(key), text, purpose) for kid, key in keys.items()]


def is_current(cipher: str) -> bool:
    """Whether a cipher is under the current key."""
    return cipher.startswith(cipher_prefix())


def cipher_prefix() -> str:
    """How every cipher under the current key begins."""
    return f"{VERSION}.{_current(settings.current().field_keys)[0]}."


def index_prefix() -> str:
    """How every index under the current key begins."""
    return f"{_current(settings.current().index_keys)[0]}."


def _index(kid: str, key: bytes, text: str, purpose: str) -> str:
    said = f"{purpose}\0{text}".encode()
    return f"{kid}.{_text(hmac.digest(key, said, hashlib.sha256))}"


def _current(keys: dict[str, SecretStr]) -> tuple[str, bytes]:
    kid = next(reversed(keys))
    return kid, _key(keys[kid])


def _key(secret: SecretStr) -> bytes:
    key = base64.b64decode(secret.get_secret_value(), validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key of the vault has 32 bytes")
    return key


def _extra(kid: str, bound_to: str) -> bytes:
    return f"{VERSION}.{kid}.{bound_to}".encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Strict base64url: one text for one value."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise VaultError("not a cipher") from None
    if _text(raw) != text or len(raw) <= NONCE_BYTES:
        raise VaultError("not a cipher")
    return raw
