"""Values <-> bytes of an alliance partner's JSON over HTTP, without any I/O.

Signed as many loyalty platforms sign: HMAC-SHA256 over method, path, time, nonce and the SHA-256 of
the body. Our exchange number is the partner's idempotency key: one number, one effect.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

TRANSFERS = "/alliance/v1/transfers"
DAYS = "/alliance/v1/days"
SAID = frozenset({"done", "refused", "pending"})


@dataclass(frozen=True, slots=True)
class Transfer:
    """`direction` as we see it: out gives the partner's member `points`, in takes them."""

    no: str
    direction: str
    account: str
    points: int


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a transfer: done, refused (`why`) or pending. `points` are the partner's."""

    status: str
    partner_no: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class NeverHeard:
    """The partner knows no such number."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a partner's list of a day."""

    no: str
    direction: str
    points: int
    status: str


class NotUnderstood(ValueError):
    """An answer in no shape we know: nobody knows what became of the transfer."""


def transfer_body(transfer: Transfer) -> bytes:
    said = {
        "no": transfer.no,
        "direction": transfer.direction,
        "account": transfer.account,
        "points": transfer.points,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def transfer_path(no: str) -> str:
    return f"{TRANSFERS}/{quote(no, safe='')}"


def day_path(day: date) -> str:
    return f"{DAYS}/{day.isoformat()}"


def sign(secret: str, *, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Hex of HMAC-SHA256 over the five parts, a line each."""
    digest = hashlib.sha256(body).hexdigest()
    said = "\n".join((method, path, timestamp, nonce, digest))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def read_transfer(status: int, body: bytes, no: str) -> Said | NeverHeard:
    """Raises NotUnderstood for anything but a clear word about this number."""
    if status == 404 and _object(body).get("code") == "no_such_transfer":
        return NeverHeard()
    if status != 200:
        raise NotUnderstood(f"http {status}")
    said = _object(body)
    if said.get("no") != no or said.get("status") not in SAID:
        raise NotUnderstood("another number or status")
    return Said(
        str(said["status"]),
        str(said.get("partner_no", ""))[:64],
        str(said.get("reason", ""))[:80],
    )


def read_day(status: int, body: bytes) -> list[Listed]:
    """Raises NotUnderstood."""
    rows = _object(body).get("transfers") if status == 200 else None
    if not isinstance(rows, list):
        raise NotUnderstood(f"http {status}")
    return [_listed(row) for row in rows]


def _listed(row: Any) -> Listed:
    try:
        no, direction, points, status = (
            row[name] for name in ("no", "direction", "points", "status")
        )
    except (TypeError, KeyError):
        raise NotUnderstood("a line without its facts") from None
    if type(points) is not int or status not in SAID:
        raise NotUnderstood("a line in no shape we know")
    return Listed(str(no)[:64], str(direction), points, status)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        raise NotUnderstood("no JSON") from None
    if not isinstance(said, dict):
        raise NotUnderstood("no object")
    return said
