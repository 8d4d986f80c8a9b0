"""Tables of the counter. Private: other rooms come through `service` and `queries`."""

from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, public_id, ref
from devices.counter.rules import ScaleValue


class Department(Model):
    """What typed goods are (类目): a tax class and rate under a name on a key of the page.

    `store_id` null: of every store. `position` is the order of the keys; the first is chosen.
    """

    id = key()
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=40)
    store_id: Field[int | None] = fields.BigIntField(null=True)
    tax_code = fields.CharField(max_length=19)
    tax_bp = fields.IntField()
    unit = fields.CharField(max_length=10)
    position = fields.IntField(db_default=0)
    is_active = fields.BooleanField(db_default=True)

    class Meta(Model.Meta):
        table = "counter_department"
        constraints = (
            CheckConstraint("tax_code ~ '^[0-9]{19}$'", name="counter_department_tax_code_check"),
            CheckConstraint("tax_bp BETWEEN 0 AND 10000", name="counter_department_tax_bp_check"),
            CheckConstraint("code ~ '^[a-z0-9-]{1,20}$'", name="counter_department_code_check"),
        )


class Scale(Model):
    """How the labels of a store's scale (秤签) are read: what follows the item, by their flag."""

    id = key()
    store_id = ref()
    flag = fields.CharField(max_length=2)
    says = fields.CharEnumField(ScaleValue, max_length=8)

    class Meta(Model.Meta):
        table = "counter_scale"
        unique_together = (("store_id", "flag"),)
        constraints = (CheckConstraint("flag ~ '^2[0-9]$'", name="counter_scale_flag_check"),)


class Sale(Model):
    """One sale of a counter: what a browser sent under a key of its own, and the order it became.

    `sold_at` is when the clerk sold it; an offline one (断网) came later. `differs_fen` is what an
    offline sale took above (below 0: under) what the prices of its arrival ask. `content` is what
    was sent, without members, codes and cards.
    """

    id = key()
    public_id = public_id("sal")
    store_id = ref()
    request_key = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)
    order_id = fields.BigIntField(unique=True)
    sold_by = fields.CharField(max_length=40)
    is_offline = fields.BooleanField(db_default=False)
    differs_fen = fen()
    content = fields.JSONField[dict[str, Any]]()
    sold_at = fields.DatetimeField()
    kept_at = fields.DatetimeField(db_default=Now())
    invoiced_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "counter_sale"
        unique_together = (("store_id", "request_key"),)
        indexes = (("store_id", "sold_at"),)


class Undone(Model):
    """A sale that was taken back as a whole (作废) or a refund of a part, by whom and why."""

    id = key()
    sale: fields.ForeignKeyRelation[Sale] = fields.ForeignKeyField("counter.Sale")
    sale_id: int
    request_key = fields.CharField(max_length=64)
    is_void = fields.BooleanField()
    amount_fen = fen()
    reason = fields.CharField(max_length=80)
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "counter_undone"
        unique_together = (("sale", "request_key"),)
        constraints = (CheckConstraint("amount_fen >= 0", name="counter_undone_amount_fen_check"),)
