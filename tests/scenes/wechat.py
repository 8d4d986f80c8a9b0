"""The platform's side of the wire, played with wechatpy and cryptography, not with our code."""

import base64
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from wechatpy.crypto import PrpCrypto, _get_signature  # type: ignore[import-untyped]

Json = dict[str, Any]


@dataclass(frozen=True)
class Sender:
    """Whoever seals messages for one callback URL."""

    token: str
    encoding_aes_key: str
    receive_id: str

    def seal(self, plaintext: str, *, as_json: bool = False) -> tuple[str, bytes]:
        """Query and body of one delivery."""
        key = base64.b64decode(self.encoding_aes_key + "=")
        encrypt = PrpCrypto(key).encrypt(plaintext, self.receive_id).decode()
        return self.enclose(encrypt, as_json=as_json)

    def enclose(self, encrypt: str, *, as_json: bool = False) -> tuple[str, bytes]:
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
        signature = _get_signature(self.token, timestamp, nonce, encrypt)
        query = urlencode({"msg_signature": signature, "timestamp": timestamp, "nonce": nonce})
        if as_json:
            return query, json.dumps({"ToUserName": "gh_1", "Encrypt": encrypt}).encode()
        body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        return query, body.encode()


@dataclass(frozen=True)
class PayPlatform:
    """WeChat Pay as it tells one merchant something."""

    private_key_pem: str
    key_id: str
    api_v3_key: str

    @property
    def key(self) -> RSAPrivateKey:
        key = load_pem_private_key(self.private_key_pem.encode(), None)
        assert isinstance(key, RSAPrivateKey)
        return key

    def seal(self, said: Json | str, **changes: Any) -> Json:
        """A resource; `changes` replace its parts."""
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        nonce, about = secrets.token_hex(6), "transaction"
        sealed = AESGCM(self.api_v3_key.encode()).encrypt(
            nonce.encode(), text.encode(), about.encode()
        )
        return {
            "original_type": "transaction",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": about,
            "nonce": nonce,
        } | changes

    def sign(self, body: bytes, **changes: str) -> dict[str, str]:
        """The headers over `body`, fresh; `changes` replace timestamp, nonce, serial, signature."""
        timestamp = changes.get("timestamp", str(int(time.time())))
        nonce = changes.get("nonce", secrets.token_hex(16))
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        signature = self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": changes.get("serial", self.key_id),
            "Wechatpay-Signature": changes.get("signature", base64.b64encode(signature).decode()),
            "Wechatpay-Signature-Type": changes.get("kind", "WECHATPAY2-SHA256-RSA2048"),
        }


def envelope(resource: Json, **changes: Any) -> Json:
    return {
        "id": secrets.token_hex(16),
        "create_time": "2026-11-21T10:00:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS",
        "summary": "支付成功",
        "resource": resource,
    } | changes


def payment(*, mch_id: str, app_id: str, **changes: Any) -> Json:
    """What a payment notice says."""
    return {
        "mchid": mch_id,
        "appid": app_id,
        "out_trade_no": "2611210123456789",
        "transaction_id": "4200001234202611210123456789",
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": "2026-11-21T10:00:00+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {
            "total": 39_900,
            "payer_total": 39_900,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    } | changes


def as_bytes(said: Json) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
