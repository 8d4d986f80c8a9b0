"""What a bill may become, and the eight kinds of difference with what to do about each."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from core.clock import SHOP_ZONE

READY_AT = time(10, 0)  # WeChat Pay: the bill of a day comes about then on the next one
KEPT_DAYS = 90  # and is there for three months
ASK_AGAIN_MIN = (10, 20, 30, 60)  # the last one for ever
QUIET_BY = time(18, 0)  # no bill by then for a day without money of ours: there is none
GIVEN_UP_AFTER = timedelta(
    days=3
)  # no bill by then for a day with money of ours: that is a finding


class BillState(StrEnum):
    WANTED = "wanted"  # 待下载: not there yet, or the last try failed
    LOADED = "loaded"  # 已入库
    EMPTY = "empty"  # 无账单: WeChat Pay has none for this day
    REFUSED = "refused"  # 无法读取: it is not what it must be, a person looks


class Kind(StrEnum):
    """The eight kinds (docs/why/reconciliation.md)."""

    PAYMENT_ONLY_HERE = "payment_only_here"  # 我方多收款
    PAYMENT_ONLY_THERE = "payment_only_there"  # 对方多收款
    PAYMENT_AMOUNT = "payment_amount"  # 收款金额不符
    PAYMENT_STATE = "payment_state"  # 收款状态不符
    REFUND_ONLY_HERE = "refund_only_here"  # 我方多退款
    REFUND_ONLY_THERE = "refund_only_there"  # 对方多退款
    REFUND_DIFFERS = "refund_differs"  # 退款不符
    ODD_ENTRY = "odd_entry"  # 跨日、重复或手续费不符


class Aspect(StrEnum):
    """In what exactly; `whole` where the kind says all of it."""

    WHOLE = "whole"
    AMOUNT = "amount"
    STATE = "state"
    DAY = "day"
    TWICE = "twice"
    FEE = "fee"


class DifferenceState(StrEnum):
    OPEN = "open"
    GONE = "gone"  # a later run no longer finds it
    RESOLVED = "resolved"  # a person said why it may stand


@dataclass(frozen=True, slots=True)
class Advice:
    """What it means and what to do next, for people."""

    zh: str
    en: str


ADVICE: dict[tuple[Kind, Aspect], Advice] = {
    (Kind.PAYMENT_ONLY_HERE, Aspect.WHOLE): Advice(
        "我方记为已收款，微信账单没有：请在商户平台按微信订单号查询，查无此单时联系微信支付并暂停发货",
        "Our books have this payment, the bill does not: look it up in the merchant platform by its"
        " transaction id; if it is not there, ask WeChat Pay and hold the goods.",
    ),
    (Kind.PAYMENT_ONLY_THERE, Aspect.WHOLE): Advice(
        "微信已收款，我方没有这笔支付：系统会自动查询并入账；商户单号不属于本系统时，请查明由谁发起后填写原因",
        "WeChat Pay took this money and our books do not know it: it is asked for by itself; if its"
        " number is not one of ours, find out who started it and write down the reason.",
    ),
    (Kind.PAYMENT_AMOUNT, Aspect.WHOLE): Advice(
        "两边金额不同：请以商户平台为准核对订单，差额须退款或补记后填写原因",
        "The two amounts differ: compare the order with the merchant platform, refund or book the"
        " difference, then write down the reason.",
    ),
    (Kind.PAYMENT_STATE, Aspect.STATE): Advice(
        "微信显示已收款（或已撤销），我方状态不同：系统会自动查询并入账；一小时后仍在时请人工核对",
        "WeChat Pay says paid (or revoked), our books say otherwise: it is asked for by itself;"
        " look at it when it is still here after an hour.",
    ),
    (Kind.REFUND_ONLY_HERE, Aspect.WHOLE): Advice(
        "我方记为已退款，微信账单没有：请按退款单号在商户平台查询，确认顾客是否收到退款",
        "Our books have this refund, the bill does not: look it up in the merchant platform by its"
        " refund number and see whether the customer has the money.",
    ),
    (Kind.REFUND_ONLY_THERE, Aspect.WHOLE): Advice(
        "微信已退款，我方没有这笔退款：多为在商户平台手工退款，请补记退款后填写原因",
        "WeChat Pay gave money back that our books do not know, mostly by hand in the merchant"
        " platform: book the refund, then write down the reason.",
    ),
    (Kind.REFUND_DIFFERS, Aspect.AMOUNT): Advice(
        "两边退款金额不同：请按退款单号核对，多退或少退的部分须处理后填写原因",
        "The two amounts of the refund differ: compare by its number, settle the rest, then write"
        " down the reason.",
    ),
    (Kind.REFUND_DIFFERS, Aspect.STATE): Advice(
        "两边退款状态不同：系统会自动查询；一小时后仍在时请在商户平台核对",
        "The two states of the refund differ: it is asked for by itself; look it up in the merchant"
        " platform when it is still here after an hour.",
    ),
    (Kind.ODD_ENTRY, Aspect.DAY): Advice(
        "两边记账日期不同（多为零点前后）：金额一致时填写原因即可，不影响货款",
        "Booked on different days, mostly around midnight: no money is missing; write down the"
        " reason.",
    ),
    (Kind.ODD_ENTRY, Aspect.TWICE): Advice(
        "账单中同一单号出现多次：请在商户平台确认是否重复扣款，是则退款",
        "The bill lists the same number more than once: see in the merchant platform whether the"
        " customer was charged twice, and refund if so.",
    ),
    (Kind.ODD_ENTRY, Aspect.FEE): Advice(
        "手续费与账单所列费率不符：请联系微信支付核对费率",
        "The fee is not what the bill's own rate gives: ask WeChat Pay about the rate.",
    ),
}

ASKED = {  # differences that a question to WeChat Pay may end, without a person
    (Kind.PAYMENT_ONLY_THERE, Aspect.WHOLE),
    (Kind.PAYMENT_STATE, Aspect.STATE),
    (Kind.REFUND_DIFFERS, Aspect.STATE),
}
MOST_ASKS = 5


def ready_at(day: date) -> datetime:
    """The moment the bill of a China day can be asked for."""
    return datetime.combine(day + timedelta(days=1), READY_AT, SHOP_ZONE)


def is_over(day: date, at: datetime, *, has_money: bool) -> bool:
    """Whether a bill that is still not there will not come any more."""
    if has_money:
        return at >= ready_at(day) + GIVEN_UP_AFTER
    return at >= datetime.combine(day + timedelta(days=1), QUIET_BY, SHOP_ZONE)
