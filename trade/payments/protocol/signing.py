"""What we sign for WeChat Pay v3: our requests and the sheet a phone pays with."""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from trade.payments.protocol.keys import Merchant

SCHEMA = "WECHATPAY2-SHA256-RSA2048"


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """The arguments of wx.requestPayment, under our names, and the app they are good for."""

    app_id: str
    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


def request_message(method: str, target: str, *, timestamp: str, nonce: str, body: bytes) -> bytes:
    """The text under a request's signature. `target` is path and query, exactly as sent."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sheet_message(*, app_id: str, timestamp: str, nonce: str, package: str) -> bytes:
    return f"{app_id}\n{timestamp}\n{nonce}\n{package}\n".encode()


def sign(message: bytes, key: RSAPrivateKey) -> str:
    """RSA PKCS#1 v1.5 with SHA-256, base64."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def authorization(
    merchant: Merchant, *, method: str, target: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """The Authorization header of a request."""
    message = request_message(method, target, timestamp=timestamp, nonce=nonce, body=body)
    return (
        f'{SCHEMA} mchid="{merchant.mch_id}",serial_no="{merchant.serial}",'
        f'timestamp="{timestamp}",nonce_str="{nonce}",signature="{sign(message, merchant.key)}"'
    )


def sign_sheet(
    key: RSAPrivateKey, *, app_id: str, prepay_id: str, timestamp: str, nonce: str
) -> SignedSheet:
    """What the phone hands to wx.requestPayment; `app_id` must be that of the prepay order."""
    package = f"prepay_id={prepay_id}"
    message = sheet_message(app_id=app_id, timestamp=timestamp, nonce=nonce, package=package)
    return SignedSheet(app_id, timestamp, nonce, package, "RSA", sign(message, key))
