"""What WeChat Pay v3 seals: resources of notices, sensitive fields, its own certificates."""

import base64
from collections.abc import Mapping

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.strict_json import NotStrict, read_object
from trade.payments.protocol.untrusted import Untrusted

ALGORITHM = "AEAD_AES_256_GCM"
NONCE_BYTES = 12
OAEP = padding.OAEP(
    mgf=padding.MGF1(hashes.SHA1()),  # noqa: S303
    algorithm=hashes.SHA1(),  # noqa: S303
    label=None,
)


def open_resource(resource: Mapping[str, object], *, api_v3_key: str) -> str:
    """The text of a sealed `resource`. `associated_data` may be missing: that is the empty text.

    Raises Untrusted, and nothing else.
    """
    if resource.get("algorithm") != ALGORITHM:
        raise Untrusted("algorithm")
    return open_aead(
        _text(resource.get("ciphertext")),
        nonce=_text(resource.get("nonce")),
        associated_data=_text(resource.get("associated_data") or ""),
        api_v3_key=api_v3_key,
    )


def open_aead(ciphertext: str, *, nonce: str, associated_data: str, api_v3_key: str) -> str:
    """AES-256-GCM; key, nonce and associated data are texts, the tag is the last 16 bytes.

    Raises Untrusted, and nothing else.
    """
    if len(nonce.encode()) != NONCE_BYTES:
        raise Untrusted("decrypt")
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        key = AESGCM(api_v3_key.encode())
        return key.decrypt(nonce.encode(), sealed, associated_data.encode()).decode()
    except (ValueError, InvalidTag):
        raise Untrusted("decrypt") from None


def seal_field(text: str, key: RSAPublicKey) -> str:
    """A name for a request: RSA-OAEP with SHA-1 under the platform key named in the header."""
    return base64.b64encode(key.encrypt(text.encode(), OAEP)).decode()


def open_field(ciphertext: str, key: RSAPrivateKey) -> str:
    """A sensitive field of an answer, sealed for us. Raises Untrusted, and nothing else."""
    try:
        return key.decrypt(base64.b64decode(ciphertext, validate=True), OAEP).decode()
    except ValueError:
        raise Untrusted("decrypt") from None


def open_certificates(body: bytes, *, api_v3_key: str) -> dict[str, str]:
    """PEM by serial of a GET /v3/certificates answer; its signature is checked with one of them.

    Raises Untrusted, and nothing else: also when a certificate is not the one it is named as.
    """
    try:
        listed = read_object(body).get("data")
    except NotStrict:
        raise Untrusted("malformed") from None
    if not isinstance(listed, list):
        raise Untrusted("malformed")
    return dict(_open_certificate(item, api_v3_key) for item in listed)


def _open_certificate(item: object, api_v3_key: str) -> tuple[str, str]:
    sealed = item.get("encrypt_certificate") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(sealed, dict):
        raise Untrusted("malformed")
    pem = open_resource(sealed, api_v3_key=api_v3_key)
    try:
        serial = x509.load_pem_x509_certificate(pem.encode()).serial_number
        named = int(_text(item.get("serial_no")), 16)
    except ValueError:
        raise Untrusted("malformed") from None
    if serial != named:
        raise Untrusted("serial")
    return _text(item["serial_no"]), pem


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Untrusted("malformed")
    return value
