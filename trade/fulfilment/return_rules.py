"""What may come back, until when, and what it is worth: the policy of returns, as data.

The most specific rule that fits a line decides (the highest `priority`); rules are rows, this file
only reads them. Nothing here knows a clock or a table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class ReturnKind(StrEnum):
    RETURN = "return"  # 退货退款
    EXCHANGE = "exchange"  # 换货


class ReturnState(StrEnum):
    """Of the case as a whole; goods and money have their own states."""

    OPEN = "open"  # 处理中
    CLOSED = "closed"  # 已完结
    WITHDRAWN = "withdrawn"  # 已撤销


class ReceiptState(StrEnum):
    AWAITED = "awaited"  # 待收货
    ON_WAY = "on_way"  # 退回途中
    PARTLY = "partly"  # 部分收货
    RECEIVED = "received"  # 已收货


class MoneyState(StrEnum):
    NONE = "none"  # 未退款
    ASKED = "asked"  # 退款中
    SETTLED = "settled"  # 已退款
    WAITING = "waiting"  # 待店长确认


class Condition(StrEnum):
    INTACT = "intact"  # 完好
    OPENED = "opened"  # 已拆封
    WORN = "worn"  # 已穿着/使用
    DAMAGED = "damaged"  # 残损
    WRONG = "wrong"  # 不是所售商品


class Disposition(StrEnum):
    """What becomes of a piece that came back (退货处置)."""

    RESTOCK = "restock"  # 上架
    TRANSFER = "transfer"  # 调拨到其他门店
    VENDOR = "vendor"  # 退供应商
    LIQUIDATE = "liquidate"  # 折价处理
    SCRAP = "scrap"  # 报损


RESELLABLE = {Condition.INTACT, Condition.OPENED}  # what may lie on a shelf again, anywhere
SELLS_AGAIN = {Disposition.RESTOCK, Disposition.TRANSFER}


class RefundTo(StrEnum):
    ORIGIN = "origin"  # 原路退回
    CREDIT = "credit"  # 退为储值/购物金
    NONE = "none"  # 不退款: goods only


class Proof(StrEnum):
    """By what a purchase was found (购买凭证)."""

    ORDER = "order"
    RECEIPT = "receipt"  # the code on the receipt
    MEMBER = "member"
    PAYMENT = "payment"  # number of the payment or the bank's slip


class MoneyWhen(StrEnum):
    ON_RECEIPT = "on_receipt"  # 收货后退款
    BEFORE = "before"  # 先退款后收货
    NO_GOODS = "no_goods"  # 仅退款


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """One row of the policy. Empty sets fit everything; days are counted from receipt.

    `to_by_day`: within so many days the money goes back as it came, later as store credit.
    `manager_over_fen`: above it a store manager has to say yes.
    """

    code: str
    priority: int = 0
    entrances: frozenset[str] = frozenset()
    deliveries: frozenset[str] = frozenset()
    category_ids: frozenset[int] = frozenset()
    brand_ids: frozenset[int] = frozenset()
    sku_ids: frozenset[int] = frozenset()
    is_presale: bool | None = None
    is_allowed: bool = True
    days: int = 7
    origin_days: int | None = None
    takes: frozenset[str] = frozenset({Condition.INTACT, Condition.OPENED})
    money: MoneyWhen = MoneyWhen.ON_RECEIPT
    manager_over_fen: int = 200_000
    waits_days: int = 14
    zh: str = ""
    en: str = ""


SETS = {"entrances", "deliveries", "category_ids", "brand_ids", "sku_ids", "takes"}

HOUSE_RULE = ReturnRule(
    "house.7days", zh="签收后 7 天内可退换", en="within 7 days of receipt, unworn"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule looks at: one line of an order, as it was sold."""

    sku_id: int
    category_ids: tuple[int, ...] = ()
    brand_id: int | None = None
    entrance: str = "mini_program"
    delivery: str = "pickup"
    is_presale: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why` is empty when the line may come back; `until` is the last moment for it."""

    rule: ReturnRule
    why: str
    until: datetime | None
    refund_to: RefundTo


def rule_for(asked: Asked, rules: Iterable[ReturnRule]) -> ReturnRule:
    """The highest rule that fits; the house's own when none does."""
    fitting = [rule for rule in rules if _fits(asked, rule)]
    return max(fitting, key=lambda rule: rule.priority, default=HOUSE_RULE)


def _fits(asked: Asked, rule: ReturnRule) -> bool:
    wanted = (
        (rule.entrances, asked.entrance),
        (rule.deliveries, asked.delivery),
    )
    if any(names and name not in names for names, name in wanted):
        return False
    goods = (
        (rule.sku_ids, {asked.sku_id}),
        (rule.brand_ids, {asked.brand_id}),
        (rule.category_ids, set(asked.category_ids)),
    )
    if any(ids and not ids & own for ids, own in goods):
        return False
    return rule.is_presale is None or rule.is_presale is asked.is_presale


def judge(
    asked: Asked, rules: Iterable[ReturnRule], *, since: datetime | None, at: datetime
) -> Verdict:
    """May this line come back? `since` is when the buyer got it; None: it is still on its way."""
    rule = rule_for(asked, rules)
    until = since + timedelta(days=rule.days) if since else None
    why = ""
    if not rule.is_allowed:
        why = "excluded"
    elif until is not None and at > until:
        why = "too_late"
    return Verdict(rule, why, until, _to(rule, since, at))


def _to(rule: ReturnRule, since: datetime | None, at: datetime) -> RefundTo:
    if rule.origin_days is None or since is None:
        return RefundTo.ORIGIN
    is_early = at <= since + timedelta(days=rule.origin_days)
    return RefundTo.ORIGIN if is_early else RefundTo.CREDIT


def may_become(condition: Condition, what: Disposition) -> bool:
    """Whether pieces in this condition may be sold again, where that is meant."""
    return what not in SELLS_AGAIN or condition in RESELLABLE


def rule_of(row: Mapping[str, Any]) -> ReturnRule:
    """A rule out of a row of the policy. Raises TypeError for a word it does not know."""
    data = dict(row["data"])
    for name in SETS & data.keys():
        data[name] = frozenset(data[name])
    if "money" in data:
        data["money"] = MoneyWhen(data["money"])
    return ReturnRule(code=row["code"], priority=row["priority"], **data)
