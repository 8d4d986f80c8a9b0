"""Fulfilment tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key, ref
from trade.fulfilment.rules import TaskKind, TaskState


class StoreTask(Model):
    """What one store has to do for one order. `code` is the guest's pick-up code (提货码)."""

    id = key()
    order_id = fields.BigIntField(unique=True)
    order_no = fields.CharField(max_length=32)
    store_id = ref()
    kind = fields.CharEnumField(TaskKind, max_length=10)
    state = fields.CharEnumField(TaskState, max_length=10)
    code = fields.CharField(max_length=8, null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "fulfilment_store_task"
        unique_together = (("store_id", "code"),)
