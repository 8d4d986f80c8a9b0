"""A mail that came back (RFC 3464): which of ours it was, and why. Bytes in, values out."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy

OURS = re.compile(r"<(dlv_[a-z2-7]{26})@")
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """`message_key` is the delivery's public id, `reason` the other server's status."""

    message_key: str
    reason: str


def read_bounce(data: bytes) -> Bounce | None:
    """None for what is no final failure of a mail of ours: a delay, an answer, anything else."""
    if len(data) > MOST_BYTES:
        return None
    message = message_from_bytes(data, policy=policy.default)
    status, key = "", ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = status or _failure(part.as_bytes().decode("utf-8", "replace"))
        elif kind in {"message/rfc822", "text/rfc822-headers"} and part is not message:
            found = OURS.search(part.as_bytes().decode("utf-8", "replace"))
            key = key or (found[1] if found else "")
    return Bounce(key, status) if status and key else None


def _failure(text: str) -> str:
    if not re.search(r"^Action:\s*failed\s*$", text, re.IGNORECASE | re.MULTILINE):
        return ""
    status = re.search(r"^Status:\s*([245](?:\.\d{1,3}){2})", text, re.IGNORECASE | re.MULTILINE)
    return status[1] if status else "failed"
