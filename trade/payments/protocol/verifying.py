"""Is it WeChat Pay who says this? Signatures of answers and of notices, over the raw bytes."""

import base64
import re
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from trade.payments.protocol.keys import PlatformKeys
from trade.payments.protocol.signing import SCHEMA
from trade.payments.protocol.untrusted import Untrusted

FRESH_S = 300
PROBE = "WECHATPAY/SIGNTEST/"  # sent on purpose, to see whether we look at signatures
SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

Headers = Iterable[tuple[str, str]]


def check_signature(headers: Headers, body: bytes, *, keys: PlatformKeys, now: int) -> None:
    """Passes when the platform signed exactly `body` within 300 s of `now`, a Unix second.

    Raises Untrusted, and nothing else.
    """
    said = _wechatpay(headers)
    timestamp, signature = said.get("timestamp", ""), said.get("signature", "")
    if said.get("signature-type", SCHEMA) != SCHEMA:
        raise Untrusted("algorithm")
    if not SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > FRESH_S:
        raise Untrusted("stale")
    key = keys.find(said.get("serial", ""))
    if key is None:
        raise Untrusted("serial")
    if signature.startswith(PROBE):
        raise Untrusted("probe")
    message = f"{timestamp}\n{said.get('nonce', '')}\n".encode() + body + b"\n"
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature):
        raise Untrusted("signature") from None


def _wechatpay(headers: Headers) -> dict[str, str]:
    """The Wechatpay-… headers without that prefix; one that comes twice is a trick."""
    said: dict[str, str] = {}
    for name, value in headers:
        prefix, _, rest = name.lower().partition("-")
        if prefix == "wechatpay":
            if rest in said:
                raise Untrusted("malformed")
            said[rest] = value
    return said
