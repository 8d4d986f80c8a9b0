"""Pure decisions of the feed: signatures, waits, and when somebody is given up."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

REFUSALS = 5  # of one message, then it is set aside and the next ones go on
FAILURES = 20  # in a row, about ten hours, then the subscription is parked and somebody looks
LONGEST_WAIT_S = 3600.0
TRY_AGAIN = frozenset({408, 425, 429})  # of the 4xx: later, not never


class SubscriptionState(StrEnum):
    ACTIVE = "active"  # 推送中
    PARKED = "parked"  # 已停推: too many failures in a row
    ENDED = "ended"  # 已取消


class Verdict(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"  # the receiver heard us and does not want this message
    LOST = "lost"  # nobody knows; nothing may overtake it


def verdict_of(status: int) -> Verdict:
    """What an HTTP status means; 0 is no answer."""
    if 200 <= status < 300:
        return Verdict.TAKEN
    is_refusal = 400 <= status < 500 and status not in TRY_AGAIN
    return Verdict.REFUSED if is_refusal else Verdict.LOST


def wait_s(tries: int) -> float:
    """2 s, 4 s, 8 s … up to an hour."""
    return float(min(LONGEST_WAIT_S, 2.0 ** min(tries, 12)))


def body_of(
    *, subscription: str, sequence: int, kind: str, subject: str, at: datetime, data: str
) -> bytes:
    """The bytes that are sent and signed: the same message gives the same bytes each time."""
    said = {
        "subscription": subscription,
        "sequence": sequence,
        "kind": kind,
        "subject": subject,
        "at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "data": json.loads(data),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, *, timestamp: int, sequence: int, body: bytes) -> str:
    """Hex HMAC-SHA256 over `timestamp.sequence.body`."""
    said = f"{timestamp}.{sequence}.".encode() + body
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def signatures(
    secrets: Iterable[tuple[str, str]], *, timestamp: int, sequence: int, body: bytes
) -> str:
    """`key=hex,key=hex`: one for each secret that holds now, so that a receiver may change over."""
    return ",".join(
        f"{key_id}={signature(secret, timestamp=timestamp, sequence=sequence, body=body)}"
        for key_id, secret in secrets
    )


def data_text(data: Mapping[str, Any]) -> str:
    """Canonical JSON; moments as ISO 8601."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=_moment)


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"
    return str(value)
