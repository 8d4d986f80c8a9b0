"""SMS (短信), through the provider. One number of ours is sent once.

Requests are JSON, signed with HMAC-SHA256 over timestamp, nonce and body.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotConfigured
from core.http import client
from core.partners import NoAnswer, exchange
from core.settings import current
from core.strict_json import NotStrict, read_object

NOT_ID = re.compile(r"[^\w.:-]", re.ASCII)


class SmsFate(StrEnum):
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SmsOutcome:
    fate: SmsFate
    number: str = ""  # the provider's


async def send_sms(*, to: str, text: str, key: str) -> SmsOutcome:
    """Send one SMS. The same key with the same words is sent once, however often it is asked.

    Raises NotConfigured, and NoAnswer when nobody knows.
    """
    sms = current().sms
    if sms is None:
        raise NotConfigured(what="sms")
    body = _body_of(to=to, text=text, number=_number_of(key))
    headers = _headers_of(
        app_key=sms.app_key,
        secret=sms.secret.get_secret_value(),
        timestamp=str(int(time.time())),
        nonce=secrets.token_hex(12),
        body=body,
    )
    async with client("sms", base_url=sms.base_url) as http:
        request = http.build_request("POST", "/sms/send", content=body, headers=headers)
        answer = await exchange(http, request)
    if answer.status == 422:
        return SmsOutcome(SmsFate.REFUSED)
    if answer.status != 200:
        raise NoAnswer(why=f"http {answer.status}")
    try:
        said = read_object(answer.body)
    except NotStrict:
        raise NoAnswer(why="not an object") from None
    return SmsOutcome(SmsFate.SENT, str(said.get("messageNo", ""))[:80])


def _body_of(*, to: str, text: str, number: str) -> bytes:
    """The provider sends one `number` once, whatever is repeated."""
    return json.dumps({"to": to, "text": text, "id": number}, ensure_ascii=False).encode()


def _headers_of(
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


def _number_of(key: str) -> str:
    """Our key as the provider takes it: up to 64 characters, none of them odd.

    >>> _number_of("journey:1:2:3")
    'journey:1:2:3'
    """
    clean = NOT_ID.sub("-", key)
    if len(clean) <= 64:
        return clean
    return f"{clean[:40]}:{hashlib.sha256(key.encode()).hexdigest()[:20]}"
