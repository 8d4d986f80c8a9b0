"""Passwords of the console: scrypt (RFC 7914), parameters and salt kept beside the hash."""

import base64
import hashlib
import hmac
import secrets

COST, BLOCK, LANES, SALT_BYTES = 2**14, 8, 1, 16  # 16 MB and some 50 ms a try
MEMORY = 64 * 1024 * 1024
NOBODY = f"scrypt${COST}$AAAAAAAAAAAAAAAAAAAAAA==$AAAA"


def _derive(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=cost, r=BLOCK, p=LANES, maxmem=MEMORY, dklen=32
    )


def hash_password(password: str) -> str:
    """`scrypt$cost$salt$hash`, with a new salt each time. Takes a moment: call it in a thread."""
    salt = secrets.token_bytes(SALT_BYTES)
    parts = (salt, _derive(password, salt, COST))
    return "$".join(["scrypt", str(COST), *(base64.b64encode(part).decode() for part in parts)])


def is_password(password: str, stored: str | None) -> bool:
    """None, for an unknown login, takes the same time. Takes a moment: call it in a thread."""
    _, cost, salt, wanted = (stored or NOBODY).split("$")
    got = _derive(password, base64.b64decode(salt), int(cost))
    return hmac.compare_digest(got, base64.b64decode(wanted)) and stored is not None
