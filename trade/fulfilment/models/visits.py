"""The table of visits to stores."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from trade.fulfilment.visit_rules import VisitState


class Visit(Model):
    """Somebody comes to a store to be shown something (到店预约).

    `seat` is one of those the store has at that hour; who cancels leaves it to others.
    """

    id = key()
    public_id = public_id("vis")
    request_key = fields.CharField(max_length=120, unique=True)
    store_id = ref()
    member_id = ref()
    product_id = maybe_ref(is_indexed=False)
    starts_at = fields.DatetimeField()
    seat = fields.IntField(null=True)
    state = fields.CharEnumField(VisitState, max_length=10)
    note = fields.CharField(max_length=200, db_default="")
    ended_by = fields.CharField(max_length=40, null=True)
    reminded_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "fulfilment_visit"
        unique_together = (("store_id", "starts_at", "seat"),)
