from tortoise import fields
from tortoise.models import Model

from core.columns import key, maybe_ref, ref


class Customer(Model):
    id = key()
    open_id = fields.CharField(max_length=64, unique=True)
    guide_id = maybe_ref()

    class Meta(Model.Meta):
        table = "crm_customer"


class Session(Model):
    token_hash = fields.CharField(max_length=64, primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("crm.Customer")
    customer_id: int

    class Meta(Model.Meta):
        table = "crm_session"


class FollowUp(Model):
    """A reason for a shopping guide (导购) to say hello."""

    id = key()
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("crm.Customer")
    product_id = ref()
    guide_id = ref()
    due_on = fields.DateField()

    class Meta(Model.Meta):
        table = "crm_follow_up"
        unique_together = (("customer", "product_id"),)
