"""How the agent of a tax disc signs what it says: Ed25519 over path, account, time and body."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def words(path: str, account: str, stamp: int, body: bytes) -> bytes:
    """What is signed. `stamp` is the time in ms; an agent never uses one twice."""
    return f"{path}\n{account}\n{stamp}\n{hashlib.sha256(body).hexdigest()}".encode()


def sign(key: Ed25519PrivateKey, said: bytes) -> str:
    return b64encode(key.sign(said)).decode()


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key as 44 letters."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def public_key_of(text: str) -> Ed25519PublicKey:
    """Raises ValueError for what `public_text` does not write."""
    return Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))


def is_signed(public_key: str, signature: str, said: bytes) -> bool:
    """Whether the holder of the key said these words."""
    try:
        public_key_of(public_key).verify(b64decode(signature, validate=True), said)
    except (ValueError, NotBase64, InvalidSignature):
        return False
    return True
