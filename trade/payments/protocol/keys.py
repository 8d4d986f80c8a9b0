"""Keys of WeChat Pay v3: ours as a merchant (商户), the platform's, and the shared APIv3 key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who signs our requests; `serial` is that of our certificate."""

    mch_id: str
    serial: str
    key: RSAPrivateKey = field(repr=False)


class PlatformKeys:
    """The platform's public keys: certificates by their hex serial, keys by their PUB_KEY_ID."""

    def __init__(self, pems: Mapping[str, str]) -> None:
        """PEM of a public key or of a certificate. Raises ValueError for anything but RSA."""
        self._keys = {_spelled(serial): public_key(pem) for serial, pem in pems.items()}

    def find(self, serial: str) -> RSAPublicKey | None:
        return self._keys.get(_spelled(serial))


def _spelled(serial: str) -> str:
    """Hex serials are one number: neither case nor leading zeros tell two of them apart."""
    return serial.upper().lstrip("0") if HEX.fullmatch(serial) else serial


@lru_cache(maxsize=32)
def public_key(pem: str) -> RSAPublicKey:
    """The RSA key of a PEM public key or certificate. Raises ValueError for anything else."""
    raw = pem.encode()
    is_certificate = b"BEGIN CERTIFICATE" in raw
    key: object = (
        x509.load_pem_x509_certificate(raw).public_key()
        if is_certificate
        else load_pem_public_key(raw)
    )
    if not isinstance(key, RSAPublicKey):
        raise ValueError("WeChat Pay uses RSA keys")
    return key


@lru_cache(maxsize=8)
def private_key(pem: str) -> RSAPrivateKey:
    """Our RSA key out of PKCS#8 or PKCS#1 PEM. Raises ValueError for anything else."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("WeChat Pay uses RSA keys")
    return key
