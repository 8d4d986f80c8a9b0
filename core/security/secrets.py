"""Secrets of the shop: made at the first start, kept for us only, known when they are weak."""

import base64
import binascii
import hashlib
import json
import math
import os
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, SecretStr

from core.settings import Settings

KEY_BYTES, KEY_BITS = 32, 100  # of our own keys: length, and least entropy by their own bytes
PARTNER_CHARS, PARTNER_BITS = 16, 32  # of tokens and secrets agreed with others
RSA_BITS = 2048

# SHA-256 of values printed in manuals and in our own test vectors: known to everybody.
KNOWN = frozenset(
    {
        "d52528fb750c0e2bde701592e6f3cd18285602e7c630acd2e13e1f1626953962",
        "09a8e0fe098a621e54e4ebba827026f972cf2dc37d805b6cb172d01d525fd1eb",
        "4ad1bc7cf3cf09f9293fc2d83eb1b5bf6bd2b4c56191ad89b336a0b2d772fbf7",
        "61840927c84a7f71bd11dbd03ed3d5a409ff8a5089202f32dd8b73f83fab89af",
        "5b878413521ce3d5e8074e2bcc52c9ea48a4ad7753a7c454ffe7ff0e44cc31ed",
        "e2504b970e84a998a3cf5d377d5d7c0ddb72f701a040cb54e312eb3717b504f3",
        "aa0d38efa9da3403a0f85863cc986a14a75cdda22d9f391e37172cd8b96e4766",
        "b672897af5b2cb028b9a30ac8fe500161b389e82dc5c3d481722ed979ffe5e73",
        "adfcfac2525f29ac83cf3b6391519ed690dc47c82dbc29a47db31d38cbb3a465",
        "e6c645dee6ce6f4f2d9ba8b4eb9dbc4df778d31d3277d6bba03d0407d84bc78a",
        "5ac2a651d6e0f7bbd1081427ff3635c39e46c6daba00114080d775374eeeb996",
        "edcc24339e59f945e5fa9fb0c5a29d5c25463430bea9a7cfc9fc7af083711163",
        "8f8c2f8e02c74ccdaee9f7dae8082d4cd7a554ec9cd8f29d0c611e772d20ff6c",
        "5960d4d48d74f4e4d8c825ba5eb2a314372efd9f01a002bbb5754c2ecd4e88c8",
        "df05c8996ce40617918a2980091d9191e92fe2ad80653ab87d5aacbfab9fc97f",
    }
)
PLACEHOLDER = re.compile(
    r"(change|example|secret|password|sample|default|your|test|todo|xxx)", re.IGNORECASE
)
OURS = ("signing_key", "field_keys", "index_keys")


@dataclass(frozen=True, slots=True)
class Weakness:
    """`name` is the setting, as `wecom.token`; `why` never repeats the value."""

    name: str
    why: str


def own_secrets() -> dict[str, Any]:
    """Fresh keys of our own, as Settings names them."""
    return {
        "signing_key": _fresh(),
        "field_keys": {"f1": _fresh()},
        "index_keys": {"i1": _fresh()},
    }


def load_or_make(path: Path, make: Callable[[], dict[str, Any]] = own_secrets) -> dict[str, Any]:
    """The secrets kept in `path`; at the first start they are made, and only we may read them.

    Two first starts at once keep one set. Raises PermissionError when others can read the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _keep(path, json.dumps(make(), indent=1))
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"others can read {path}: chmod 600 it")
    kept: dict[str, Any] = json.loads(path.read_text())
    return kept


def _keep(path: Path, text: str) -> None:
    """Whole or not at all: written beside, then linked unless somebody was faster."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return
    finally:
        beside.unlink()


def weaknesses(settings: Settings) -> list[Weakness]:
    """Every secret that is short, known, guessable, or used twice, in any mode."""
    found = list[Weakness]()
    seen: dict[str, str] = {}
    for name, value in _secrets_of(settings, ""):
        if not value and name == "mail.password":
            continue  # a relay that asks for none
        why = _why_weak(name, value)
        if why is None and value in seen:
            why = f"the same as {seen[value]}"
        if why:
            found.append(Weakness(name, why))
        seen.setdefault(value, name)
    return found


def _secrets_of(node: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, SecretStr):
        yield name, node.get_secret_value()
    elif isinstance(node, BaseModel | dict):
        for part, value in node.items() if isinstance(node, dict) else node:
            yield from _secrets_of(value, f"{name}.{part}" if name else part)


def _why_weak(name: str, value: str) -> str | None:
    if hashlib.sha256(value.strip().encode()).hexdigest() in KNOWN:
        return "printed in a manual, known to everybody"
    if PLACEHOLDER.match(value):
        return "a placeholder"
    if name.split(".", maxsplit=1)[0] in OURS:
        return _why_weak_key(value)
    if name.endswith("_pem"):
        return _why_weak_pem(value)
    if len(value) < PARTNER_CHARS or _bits(value) < PARTNER_BITS:
        return f"too easy to guess: {PARTNER_CHARS} random characters or more"
    return None


def _why_weak_key(value: str) -> str | None:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return "not base64"
    if len(key) != KEY_BYTES or _bits(key) < KEY_BITS:
        return f"not the base64 of {KEY_BYTES} random bytes"
    return None


def _why_weak_pem(value: str) -> str | None:
    try:
        key = load_pem_private_key(value.encode(), password=None)
    except (ValueError, TypeError):
        return "not a private key"
    is_long = isinstance(key, RSAPrivateKey) and key.key_size >= RSA_BITS
    return None if is_long else f"not an RSA key of {RSA_BITS} bits"


def _bits(value: str | bytes) -> float:
    """Shannon's entropy by the value's own frequencies: 32 random bytes have about 157 bits."""
    counts = Counter(value).values()
    return -sum(count * math.log2(count / len(value)) for count in counts)


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
