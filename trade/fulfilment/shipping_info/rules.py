"""What is to be told of an order, in which pieces, and what to do about a refusal."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_PARCELS, MOST_DESC = 10, 120
LIMIT = timedelta(hours=48)  # then WeChat reminds, and may keep the money longer
ALARM_BEFORE = timedelta(hours=12)
BACKOFF_MIN = (1, 2, 5, 10, 30, 60)  # the last one for ever


class UploadState(StrEnum):
    WAITING = "waiting"  # 待发货: nothing has left yet
    OWED = "owed"  # 待上传
    PARTIAL = "partial"  # 部分已上传: more parcels will follow
    DONE = "done"  # 已上传
    PARKED = "parked"  # 需人工: WeChat refuses it
    NOT_NEEDED = "not_needed"  # 无需上传: the money went back, or the app is not managed


class Logistics(StrEnum):
    """How goods reach the buyer, in WeChat's four kinds (物流模式)."""

    EXPRESS = "express"  # 快递
    CITY = "city"  # 同城
    VIRTUAL = "virtual"  # 虚拟: stored value, services
    PICKUP = "pickup"  # 自提, also what was taken along at once


NUMBERS = {
    Logistics.EXPRESS: 1,
    Logistics.CITY: 2,
    Logistics.VIRTUAL: 3,
    Logistics.PICKUP: 4,
}
UNIFIED, SPLIT = 1, 2
OPEN = (UploadState.WAITING, UploadState.OWED, UploadState.PARTIAL, UploadState.PARKED)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One label of a carrier; `name` says which one in our row."""

    company: str
    tracking_no: str

    @property
    def name(self) -> str:
        return f"{self.company}:{self.tracking_no}"


@dataclass(frozen=True, slots=True)
class Goods:
    """What has left: the parcels of an express order so far, and whether that is all."""

    kind: Logistics
    is_all: bool
    desc: str
    parcels: tuple[Parcel, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One upload. `parcels` is empty for everything but express."""

    mode: int
    is_all: bool
    parcels: tuple[Parcel, ...] = ()

    @property
    def is_last(self) -> bool:
        return self.mode == UNIFIED or self.is_all


def next_sheet(goods: Goods, sent: Collection[str]) -> Sheet | None:
    """What to upload next when `sent` parcels were accepted; None: nothing now.

    Only express may be split, ten parcels at a time; the last sheet says that it is all.
    """
    if goods.kind is not Logistics.EXPRESS:
        return Sheet(UNIFIED, is_all=True) if goods.is_all else None
    new = [parcel for parcel in goods.parcels if parcel.name not in sent]
    if goods.is_all and not sent and len(new) == 1:
        return Sheet(UNIFIED, is_all=True, parcels=tuple(new))
    if new:
        is_all = goods.is_all and len(new) <= MOST_PARCELS
        return Sheet(SPLIT, is_all, tuple(new[:MOST_PARCELS]))
    if goods.is_all and goods.parcels:
        return Sheet(SPLIT, is_all=True, parcels=goods.parcels[-1:])
    return None


def describe(titles: Sequence[tuple[str, int]]) -> str:
    """`羊毛大衣*1、围巾*2`, at most 120 characters; never empty."""
    whole = "、".join(f"{title.strip()}*{quantity}" for title, quantity in titles) or "商品"
    return whole if len(whole) <= MOST_DESC else f"{whole[: MOST_DESC - 1]}…"


def mask_phone(phone: str) -> str:
    """As WeChat wants a contact: 138****8000; of other numbers only the last four digits."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) == 11 else f"****{digits[-4:]}"


def again_at(at: datetime, tries: int) -> datetime:
    return at + timedelta(minutes=BACKOFF_MIN[min(tries, len(BACKOFF_MIN) - 1)])


NOT_THERE_YET = 10060001  # WeChat knows a payment of its own only some minutes later
TOLD_BEFORE = {10060002, 10060003, 10060023}
PASSING = {10060012, NOT_THERE_YET}


@dataclass(frozen=True, slots=True)
class Advice:
    zh: str
    en: str


REFUSED = {
    10060001: Advice(
        "微信查不到这笔支付：请核对商户号与小程序是否关联",
        "WeChat does not know this payment: see whether merchant and mini-program are linked.",
    ),
    10060002: Advice(
        "微信已记为全部发货，不能再补包裹：请在小程序后台核对",
        "WeChat has all of it as shipped and takes no more parcels: compare in its console.",
    ),
    10060003: Advice(
        "发货信息只能修改一次，次数已用完：请在小程序后台核对",
        "Shipping information can be corrected once, and was: compare in WeChat's console.",
    ),
    10060004: Advice(
        "订单当前状态不能发货（可能已退款）：请核对退款情况",
        "The order cannot be shipped in its state, maybe refunded: look at its refunds.",
    ),
    10060019: Advice(
        "微信不认识快递公司编码：请更正快递公司后重试",
        "WeChat does not know the carrier's code: correct it and try again.",
    ),
    10060031: Advice(
        "付款人与小程序不符：请核对付款所用的小程序",
        "The payer is not of this mini-program: see with which one it was paid.",
    ),
}
ELSE = Advice(
    "微信拒绝了发货信息：请把错误码交给管理员，更正后重试",
    "WeChat refused the shipping information: give the errcode to an operator, then try again.",
)


def advice_for(errcode: int | None) -> Advice:
    return REFUSED.get(errcode or 0, ELSE)
