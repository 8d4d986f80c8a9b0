"""WXBizMsgCrypt: the sealed messages of WeCom, official accounts and mini-programs.

wechatpy does the AES; what it would take on trust or fail over in ways of its own is checked here.
"""

import base64
import secrets
from dataclasses import dataclass

from wechatpy.crypto import WeChatCipher  # type: ignore[import-untyped]

from bot.protocol.signatures import same, sorted_sha1
from bot.protocol.untrusted import Untrusted

BLOCK = 32  # PKCS#7 to 32 bytes, not to the 16 of AES
PREFIX = 16


@dataclass(frozen=True, slots=True)
class Sealed:
    """A passive reply (被动回复): its ciphertext and its msg_signature."""

    encrypt: str
    signature: str


class MsgCrypt:
    """The keys of one callback URL. `receive_id` is the corp id or the app id.

    Raises ValueError when `encoding_aes_key` is not the 43 characters of 32 bytes.
    """

    def __init__(self, *, token: str, encoding_aes_key: str, receive_id: str) -> None:
        self._token = token
        self._receive_id = receive_id.encode()
        self._key = base64.b64decode(encoding_aes_key + "=", validate=True)
        if len(encoding_aes_key) != 43 or len(self._key) != 32:
            raise ValueError("an EncodingAESKey has 43 characters")

    def open(self, encrypt: str, *, signature: str, timestamp: str, nonce: str) -> str:
        """The message in `encrypt`. Nothing is decrypted before the signature holds.

        Raises Untrusted, and nothing else.
        """
        if not same(sorted_sha1(self._token, timestamp, nonce, encrypt), signature):
            raise Untrusted("signature")
        try:
            ciphertext = base64.b64decode(encrypt, validate=True)
        except ValueError:
            raise Untrusted("decrypt") from None
        if len(ciphertext) < BLOCK or len(ciphertext) % 16:
            raise Untrusted("decrypt")
        return self._unframe(WeChatCipher(self._key).decrypt(ciphertext))

    def seal(
        self, plaintext: str, *, timestamp: str, nonce: str, prefix: bytes | None = None
    ) -> Sealed:
        """A sealed answer. `prefix`, 16 bytes, is random unless a test fixes it."""
        text = plaintext.encode()
        frame = (prefix or secrets.token_bytes(PREFIX)) + len(text).to_bytes(4, "big") + text
        frame += self._receive_id
        pad = BLOCK - len(frame) % BLOCK
        sealed = WeChatCipher(self._key).encrypt(frame + bytes([pad]) * pad)
        encrypt = base64.b64encode(sealed).decode()
        return Sealed(encrypt, sorted_sha1(self._token, timestamp, nonce, encrypt))

    def _unframe(self, frame: bytes) -> str:
        pad = frame[-1]
        if not 1 <= pad <= BLOCK or frame[-pad:] != bytes([pad]) * pad:
            raise Untrusted("padding")
        content = frame[PREFIX:-pad]
        end = 4 + int.from_bytes(content[:4], "big")
        if len(content) < 4 or end > len(content):
            raise Untrusted("length")
        if content[end:] != self._receive_id:
            raise Untrusted("receive_id")
        try:
            return content[4:end].decode()
        except UnicodeDecodeError:
            raise Untrusted("text") from None
