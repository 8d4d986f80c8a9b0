"""What a store has to do for an order, and how goods travel. Returns have their own rules."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from trade.fulfilment.errors import TaskCannotMove


class TaskKind(StrEnum):
    PICKUP = "pickup"  # 到店自提: hand over against the pick-up code
    PICK = "pick"  # 拣货发快递
    CITY = "city"  # 同城配送


class TaskState(StrEnum):
    OPEN = "open"  # 待接单
    ACCEPTED = "accepted"  # 已接单
    PICKED = "picked"  # 已拣货
    READY = "ready"  # 待取货/已打包
    DONE = "done"  # 已完成
    REFUSED = "refused"  # 无法履约
    CANCELLED = "cancelled"  # the order was refunded


TASK_MOVES = {
    (TaskState.OPEN, "accept"): TaskState.ACCEPTED,
    (TaskState.ACCEPTED, "pick"): TaskState.PICKED,
    (TaskState.PICKED, "ready"): TaskState.READY,
}
LIVE = (TaskState.OPEN, TaskState.ACCEPTED, TaskState.PICKED, TaskState.READY)


class RefuseReason(StrEnum):
    """Why a store cannot give what it was asked for (无法履约原因)."""

    SOLD = "sold"  # 已被到店顾客买走: the till's own sale takes the piece
    DAMAGED = "damaged"  # 残损: it is there and cannot be sold
    NOT_FOUND = "not_found"  # 找不到: it is not there
    NO_STAFF = "no_staff"  # 人手不足: it is there
    UNCLAIMED = "unclaimed"  # 逾期未提: it is there, the guest never came


# Reasons after which the pieces leave the shelf for another cause than the sale.
GONE = {RefuseReason.DAMAGED, RefuseReason.NOT_FOUND}

REFUSE_TEXTS = {
    RefuseReason.SOLD: ("已被到店顾客买走", "sold to a guest in the store"),
    RefuseReason.DAMAGED: ("商品残损", "damaged"),
    RefuseReason.NOT_FOUND: ("门店找不到货", "not found"),
    RefuseReason.NO_STAFF: ("门店人手不足", "no staff at hand"),
    RefuseReason.UNCLAIMED: ("逾期未提货", "not collected in time"),
}


class ShipmentKind(StrEnum):
    EXPRESS = "express"  # 快递
    CITY = "city"  # 同城配送
    PICKUP = "pickup"  # 到店自提


class ShipmentState(StrEnum):
    CALLED = "called"  # 已呼叫骑手
    ON_WAY = "on_way"  # 运输中/配送中
    ARRIVED = "arrived"  # 已送达
    TROUBLE = "trouble"  # 异常: the carrier says so, a person looks
    CALLED_OFF = "called_off"  # 已取消呼叫: the goods stayed


class TrackStep(StrEnum):
    """What carriers tell, in our words."""

    COLLECTED = "collected"  # 已揽收
    MOVING = "moving"  # 运输中
    OUT = "out"  # 派送中
    ARRIVED = "arrived"  # 已签收
    TROUBLE = "trouble"  # 异常


@dataclass(frozen=True, slots=True)
class Carrier:
    """A parcel service by the code WeChat's delivery list uses; `digits` bounds its numbers."""

    code: str
    zh: str
    en: str
    digits: tuple[int, int] = (8, 20)


CARRIERS = {
    carrier.code: carrier
    for carrier in (
        Carrier("SF", "顺丰速运", "SF Express", (12, 15)),
        Carrier("ZTO", "中通快递", "ZTO Express", (10, 16)),
        Carrier("YTO", "圆通速递", "YTO Express", (10, 18)),
        Carrier("STO", "申通快递", "STO Express", (10, 15)),
        Carrier("YD", "韵达速递", "Yunda Express", (10, 15)),
        Carrier("JTSD", "极兔速递", "J&T Express", (12, 15)),
        Carrier("JD", "京东快递", "JD Logistics", (10, 16)),
        Carrier("EMS", "邮政 EMS", "China Post EMS", (10, 13)),
        Carrier("DBL", "德邦快递", "Deppon Express", (8, 14)),
        Carrier("CITY_SF", "顺丰同城", "SF Intra-city"),
        Carrier("CITY_DADA", "达达", "Dada"),
        Carrier("OTHER", "其他", "Another carrier", (4, 32)),
    )
}
OWN_RIDER = ""  # the store's own people carry it: no carrier, no number


def is_tracking_no(carrier: str, number: str) -> bool:
    """Whether a number can be one of this carrier: letters and digits of its usual length."""
    known = CARRIERS.get(carrier)
    if known is None or not number.isascii() or not number.isalnum():
        return False
    low, high = known.digits
    return low <= len(number) <= high


@dataclass(frozen=True, slots=True)
class WorkPolicy:
    """How long people may take. Kept as data; these are the values while nobody chose others.

    `pickup_refund`: what is not collected after `pickup_days` goes back on the shelf and the money
    to the guest; otherwise a person decides.
    """

    accept_minutes: int = 15
    ready_minutes: int = 120
    remind_days: int = 3
    pickup_days: int = 7
    pickup_refund: bool = False
    confirm_days: int = 10
    resource_again: bool = True

    @classmethod
    def of(cls, data: dict[str, Any]) -> "WorkPolicy":
        """Raises TypeError for a word it does not know."""
        return cls(**data)

    def due_at(self, at: datetime) -> datetime:
        return at + timedelta(minutes=self.accept_minutes)

    def ready_by(self, at: datetime) -> datetime:
        return at + timedelta(minutes=self.ready_minutes)


POLICY_WORDS = frozenset(field.name for field in fields(WorkPolicy))


def move_task(state: TaskState, action: str) -> TaskState:
    """Raises TaskCannotMove when the table has no such road."""
    if (state, action) not in TASK_MOVES:
        raise TaskCannotMove(state=state, action=action)
    return TASK_MOVES[state, action]
