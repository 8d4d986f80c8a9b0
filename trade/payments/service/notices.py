"""Notices of WeChat Pay: from raw bytes to facts. Acting on a fact is `settle` and its like."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Invalid
from trade.payments import gateway
from trade.payments.protocol.notices import (
    Fact,
    PaidFact,
    RefundFact,
    TransferFact,
    fact_of,
    key_of,
)
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.protocol.verifying import Headers

__all__ = ["Fact", "NoticeRefused", "OpenedNotice", "PaidFact", "RefundFact", "TransferFact"]


class NoticeRefused(Invalid):
    """`reason` among the facts is for our log: whoever sent the notice is told nothing of it."""

    code = "payments.notice_refused"
    zh = "支付通知未通过验证，请检查商户密钥与平台公钥配置"
    en = "The payment notice did not verify: check the merchant and platform keys."


@dataclass(frozen=True, slots=True)
class OpenedNotice:
    """A notice that WeChat Pay signed for our merchant number.

    `kind` is its original_type, `key` the same for every telling of one fact, `body` the JSON text
    of what it says.
    """

    kind: str
    key: str
    body: str
    event_type: str
    notice_id: str


def open_notice(headers: Headers, body: bytes, *, at: datetime) -> OpenedNotice:
    """Verify, decrypt, and see that it is for us and readable; unknown kinds pass unread.

    Raises NoticeRefused; NotConfigured where the shop has no merchant number.
    """
    try:
        notice = gateway.read_notice(headers, body, at=at)
        return OpenedNotice(
            kind=notice.original_type,
            key=key_of(notice),
            body=notice.plaintext,
            event_type=notice.event_type,
            notice_id=notice.notice_id,
        )
    except Untrusted as odd:
        raise NoticeRefused(reason=odd.reason) from None


def read_fact(kind: str, body: str) -> Fact | None:
    """What a kept notice says; None for a kind that is not acted upon. Raises NoticeRefused."""
    try:
        return fact_of(kind, body)
    except Untrusted as odd:
        raise NoticeRefused(reason=odd.reason) from None
