"""What we ask of WeChat Pay v3, and the JSON of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class PrepayOrder:
    """What is to be paid, under our `payment_no` (6 to 32 of `0-9A-Za-z_-|*`).

    `notify_url` has no query. `shares_profit` cannot be added later. `open_id` is empty for whoever
    scans a code.
    """

    payment_no: str
    description: str
    total_fen: int
    open_id: str
    expires_at: datetime
    notify_url: str
    shares_profit: bool = False
    attach: str = ""


@dataclass(frozen=True, slots=True)
class CodeOrder:
    """Money to be taken by the pay code of a customer's phone. The code is as good as money."""

    payment_no: str
    description: str
    total_fen: int
    auth_code: str = field(repr=False)
    store_code: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund (退款) of a payment of `total_fen` or of a part of it, under our `refund_no`.

    `transaction_id` says which payment is meant when two came under one number.
    """

    refund_no: str
    payment_no: str
    refund_fen: int
    total_fen: int
    reason: str
    notify_url: str
    transaction_id: str = ""


def prepay_body(order: PrepayOrder, *, mch_id: str, app_id: str) -> bytes:
    return as_json(
        {
            "appid": app_id,
            "mchid": mch_id,
            "description": order.description[:127],
            "out_trade_no": order.payment_no,
            "time_expire": order.expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
            "notify_url": order.notify_url,
            "amount": {"total": order.total_fen, "currency": "CNY"},
            **({"payer": {"openid": order.open_id}} if order.open_id else {}),
            **({"attach": order.attach} if order.attach else {}),
            **({"settle_info": {"profit_sharing": True}} if order.shares_profit else {}),
        }
    )


def code_body(order: CodeOrder, *, mch_id: str, app_id: str) -> bytes:
    return as_json(
        {
            "appid": app_id,
            "mchid": mch_id,
            "description": order.description[:127],
            "out_trade_no": order.payment_no,
            "payer": {"auth_code": order.auth_code},
            "amount": {"total": order.total_fen, "currency": "CNY"},
            "scene_info": {"store_info": {"id": order.store_code[:32]}},
        }
    )


def refund_body(order: RefundOrder) -> bytes:
    of_payment = (
        {"transaction_id": order.transaction_id}
        if order.transaction_id
        else {"out_trade_no": order.payment_no}
    )
    return as_json(
        {
            **of_payment,
            "out_refund_no": order.refund_no,
            "reason": order.reason[:80],
            "notify_url": order.notify_url,
            "amount": {
                "refund": order.refund_fen,
                "total": order.total_fen,
                "currency": "CNY",
            },
        }
    )


def as_json(fields: dict[str, Any]) -> bytes:
    """UTF-8 without escapes; these bytes are signed and sent as they are."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
