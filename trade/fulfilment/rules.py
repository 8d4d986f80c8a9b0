"""What a store has to do for an order."""

from enum import StrEnum


class TaskKind(StrEnum):
    PICKUP = "pickup"  # 到店自提: hand over against the pick-up code
    PICK = "pick"  # 拣货发快递


class TaskState(StrEnum):
    OPEN = "open"
    CANCELLED = "cancelled"  # the order was refunded
