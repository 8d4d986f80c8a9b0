"""The SMS provider's requests: JSON, signed with HMAC-SHA256 over timestamp, nonce and body."""

import hashlib
import hmac
import json
import re

NOT_ID = re.compile(r"[^\w.:-]", re.ASCII)


def body_of(*, to: str, text: str, number: str) -> bytes:
    """The provider sends one `number` once, whatever is repeated."""
    return json.dumps({"to": to, "text": text, "id": number}, ensure_ascii=False).encode()


def headers_of(
    *, app_key: str, secret: str, timestamp: str, nonce: str, body: bytes
) -> dict[str, str]:
    """What proves that we ask."""
    signed = hmac.new(secret.encode(), f"{timestamp}{nonce}".encode() + body, hashlib.sha256)
    return {
        "content-type": "application/json",
        "x-sms-app": app_key,
        "x-sms-timestamp": timestamp,
        "x-sms-nonce": nonce,
        "x-sms-sign": signed.hexdigest(),
    }


def number_of(key: str) -> str:
    """Our key as the provider takes it: up to 64 characters, none of them odd.

    >>> number_of("journey:1:2:3")
    'journey:1:2:3'
    """
    clean = NOT_ID.sub("-", key)
    if len(clean) <= 64:
        return clean
    return f"{clean[:40]}:{hashlib.sha256(key.encode()).hexdigest()[:20]}"
