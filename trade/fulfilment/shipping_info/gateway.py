"""The mini-program's order management: telling what was shipped, and asking what WeChat knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import SHOP_ZONE
from core.partners import NoAnswer
from core.wechat.api import Fields, PlatformRefused, call
from core.wechat.mini_program import account_of, ours
from trade.fulfilment.shipping_info.rules import NUMBERS, SPLIT, Logistics, Parcel, Sheet

BASE = "/wxa/sec/order"
PARTNER = "wechat_orders"  # rests by itself: messages go on when this service is away
OWN_CODES = 10_000_000  # errcodes of this service are above; below are those of every call
HIDDEN_FOR = {"SF"}  # carriers that want a contact with the middle of its number hidden


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no of this service, with its errcode."""

    errcode: int


@dataclass(frozen=True, slots=True)
class Known:
    """What WeChat knows of an order: `state` 1 to ship … 5 refunded."""

    state: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Whom and what an upload is about. `contact` is masked."""

    transaction_id: str
    open_id: str
    kind: Logistics
    desc: str
    contact: str
    at: datetime


async def upload(told: Told, sheet: Sheet) -> Refusal | None:
    """Tell one sheet; None: it was taken. Raises NoAnswer, PlatformRefused, TokenMissing."""
    body = {
        "order_key": {"order_number_type": 2, "transaction_id": told.transaction_id},
        "logistics_type": NUMBERS[told.kind],
        "delivery_mode": sheet.mode,
        "shipping_list": _listed(told, sheet.parcels),
        "upload_time": told.at.astimezone(SHOP_ZONE).isoformat(timespec="milliseconds"),
        "payer": {"openid": told.open_id},
        **({"is_all_delivered": sheet.is_all} if sheet.mode == SPLIT else {}),
    }
    said = await _ask("upload_shipping_info", body)
    return said if isinstance(said, Refusal) else None


def _listed(told: Told, parcels: Sequence[Parcel]) -> list[Fields]:
    if not parcels:
        return [{"item_desc": told.desc}]
    return [
        {
            "tracking_no": parcel.tracking_no,
            "express_company": parcel.company,
            "item_desc": told.desc,
            **(
                {"contact": {"receiver_contact": told.contact}}
                if parcel.company in HIDDEN_FOR
                else {}
            ),
        }
        for parcel in parcels
    ]


async def known(transaction_id: str) -> Known | Refusal:
    """What WeChat knows. Raises as `upload` does."""
    said = await _ask("get_order", {"transaction_id": transaction_id})
    if isinstance(said, Refusal):
        return said
    order = said.get("order")
    shipping = order.get("shipping") if isinstance(order, dict) else None
    if not isinstance(order, dict) or type(order.get("order_state")) is not int:
        raise NoAnswer(why="no order_state")
    is_finished = isinstance(shipping, dict) and shipping.get("finish_shipping") is True
    return Known(order["order_state"], is_finished)


async def is_managed() -> bool:
    """Whether WeChat keeps the money of our mini-program until it knows of the shipping."""
    said = await _ask("is_trade_managed", {"appid": ours().app_id})
    if isinstance(said, Refusal) or type(said.get("is_trade_managed")) is not bool:
        raise NoAnswer(why="is_trade_managed")
    return bool(said["is_trade_managed"])


async def set_jump_path(path: str) -> None:
    """Which page a buyer sees who taps WeChat's message about the shipping."""
    await _ask("set_msg_jump_path", {"path": path})


async def _ask(name: str, body: dict[str, Any]) -> Fields | Refusal:
    try:
        return await call(account_of(ours(), partner=PARTNER), "POST", f"{BASE}/{name}", body=body)
    except PlatformRefused as refused:
        if refused.errcode > OWN_CODES:
            return Refusal(refused.errcode)
        raise
