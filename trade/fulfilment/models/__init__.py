"""Fulfilment tables. Private: other rooms come through `service` and `queries`."""

from trade.fulfilment.models.returns import (
    DispositionRow,
    LineBack,
    Return,
    ReturnedPieces,
    ReturnLine,
    ReturnMoney,
    ReturnRuleRow,
    ReturnStep,
)
from trade.fulfilment.models.tasks import (
    Parcel,
    Refusal,
    Shipment,
    ShipmentLine,
    StoreTask,
    TaskLine,
    TaskStep,
    TrackRow,
    WorkPolicyRow,
)
from trade.fulfilment.models.visits import Visit

__all__ = [
    "DispositionRow",
    "LineBack",
    "Parcel",
    "Refusal",
    "Return",
    "ReturnLine",
    "ReturnMoney",
    "ReturnRuleRow",
    "ReturnStep",
    "ReturnedPieces",
    "Shipment",
    "ShipmentLine",
    "StoreTask",
    "TaskLine",
    "TaskStep",
    "TrackRow",
    "Visit",
    "WorkPolicyRow",
]
