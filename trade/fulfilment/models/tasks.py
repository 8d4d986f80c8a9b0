"""Tables of what stores have to do, and of parcels."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from trade.fulfilment.rules import (
    RefuseReason,
    ShipmentKind,
    ShipmentState,
    TaskKind,
    TaskState,
    TrackStep,
)


class WorkPolicyRow(Model):
    """How long stores and guests may take (履约时限). The newest version counts."""

    id = key()
    data = fields.JSONField[dict[str, Any]]()
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_work_policy"


class StoreTask(Model):
    """What one store has to do for one order. `code` is the guest's pick-up code (提货码).

    `round` counts the places that were asked for the order; `hold_place` is where picked goods wait
    (待取货位). `due_at` is when the store should have taken the next step.
    """

    id = key()
    public_id = public_id("tsk")
    order_id = ref()
    order_no = fields.CharField(max_length=32)
    store_id = ref()
    round = fields.IntField(db_default=1)
    kind = fields.CharEnumField(TaskKind, max_length=10)
    state = fields.CharEnumField(TaskState, max_length=10)
    code = fields.CharField(max_length=8, null=True)
    hold_place = fields.CharField(max_length=20, db_default="")
    due_at = fields.DatetimeField(db_default=Now())
    late_at = fields.DatetimeField(null=True)
    ready_at = fields.DatetimeField(null=True)
    notices = fields.IntField(db_default=0)
    reminded_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_store_task"
        unique_together = (("store_id", "code"), ("order_id", "round"))


class TaskLine(Model):
    """Pieces of one order line that a store was asked for. What left and what was refused adds up

    to no more than that.
    """

    id = key()
    task: fields.ForeignKeyRelation[StoreTask] = fields.ForeignKeyField(
        "fulfilment.StoreTask", related_name="lines"
    )
    task_id: int
    line_id = ref()
    sku_id = ref()
    quantity = fields.BigIntField()
    gone = fields.BigIntField(db_default=0)
    refused = fields.BigIntField(db_default=0)

    class Meta(Model.Meta):
        table = "fulfilment_task_line"
        unique_together = (("task", "line_id"),)
        constraints = (
            CheckConstraint(
                "quantity > 0 AND least(gone, refused) >= 0 AND gone + refused <= quantity",
                name="fulfilment_task_line_quantity_check",
            ),
        )


class TaskStep(Model):
    """One thing done for a task, or told about it: who, when. Never changed."""

    id = key()
    task: fields.ForeignKeyRelation[StoreTask] = fields.ForeignKeyField("fulfilment.StoreTask")
    task_id: int
    action = fields.CharField(max_length=20)
    note = fields.CharField(max_length=200, db_default="")
    actor = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_task_step"


class Refusal(Model):
    """A store could not give pieces of a line. That place is not asked for the line again.

    `next_task_id` is the place asked instead; without one the money goes back under `refund_no`.
    """

    id = key()
    task: fields.ForeignKeyRelation[StoreTask] = fields.ForeignKeyField("fulfilment.StoreTask")
    task_id: int
    order_id = ref()
    line_id = ref()
    store_id = ref()
    quantity = fields.BigIntField()
    reason = fields.CharEnumField(RefuseReason, max_length=10)
    note = fields.CharField(max_length=200, db_default="")
    next_task_id = maybe_ref()
    refund_fen = fields.BigIntField(db_default=0)
    refund_no = fields.CharField(max_length=32, null=True)
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_refusal"
        constraints = (CheckConstraint("quantity > 0", name="fulfilment_refusal_quantity_check"),)


class Shipment(Model):
    """Goods of an order that left together (包裹组): by carrier, by rider, or with the guest.

    `confirmed_at`: the buyer said, or time said, that they arrived.
    """

    id = key()
    public_id = public_id("shp")
    shipment_no = fields.CharField(max_length=32, unique=True)
    request_key = fields.CharField(max_length=120, unique=True)
    order_id = ref()
    order_no = fields.CharField(max_length=32)
    task: fields.ForeignKeyRelation[StoreTask] = fields.ForeignKeyField("fulfilment.StoreTask")
    task_id: int
    store_id = ref()
    kind = fields.CharEnumField(ShipmentKind, max_length=10)
    state = fields.CharEnumField(ShipmentState, max_length=10)
    rider = fields.CharField(max_length=40, db_default="")
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())
    left_at = fields.DatetimeField(null=True)
    arrived_at = fields.DatetimeField(null=True)
    confirmed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "fulfilment_shipment"


class ShipmentLine(Model):
    """How many pieces of an order line are in a shipment."""

    id = key()
    shipment: fields.ForeignKeyRelation[Shipment] = fields.ForeignKeyField(
        "fulfilment.Shipment", related_name="lines"
    )
    shipment_id: int
    line_id = ref()
    sku_id = ref()
    quantity = fields.BigIntField()

    class Meta(Model.Meta):
        table = "fulfilment_shipment_line"
        unique_together = (("shipment", "line_id"),)
        constraints = (
            CheckConstraint("quantity > 0", name="fulfilment_shipment_line_quantity_check"),
        )


class Parcel(Model):
    """One label of a carrier (运单). A large piece travels as several."""

    id = key()
    shipment: fields.ForeignKeyRelation[Shipment] = fields.ForeignKeyField(
        "fulfilment.Shipment", related_name="parcels"
    )
    shipment_id: int
    carrier = fields.CharField(max_length=16)
    tracking_no = fields.CharField(max_length=32)
    arrived_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "fulfilment_parcel"
        unique_together = (("carrier", "tracking_no"),)


class TrackRow(Model):
    """What a carrier told about a shipment (物流轨迹). The same telling again is the same row."""

    id = key()
    shipment: fields.ForeignKeyRelation[Shipment] = fields.ForeignKeyField("fulfilment.Shipment")
    shipment_id: int
    tracking_no = fields.CharField(max_length=32, db_default="")
    step = fields.CharEnumField(TrackStep, max_length=10)
    text = fields.CharField(max_length=200)
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "fulfilment_track"
        unique_together = (("shipment", "tracking_no", "at", "text"),)
