"""The table of shipping information. Private, as all models are."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key, maybe_ref
from trade.fulfilment.shipping_info.rules import Logistics, UploadState


class Upload(Model):
    """What WeChat has to be told of one payment made in the mini-program, and how far that is.

    `wanted` counts what became known of the goods; `sent` names the parcels that were accepted.
    """

    id = key()
    payment_no = fields.CharField(max_length=32, unique=True)
    order_id = maybe_ref()
    order_no = fields.CharField(max_length=32)
    store_id = maybe_ref()
    mch_id = fields.CharField(max_length=32)
    transaction_id = fields.CharField(max_length=32, unique=True)
    open_id = fields.CharField(max_length=128)
    kind = fields.CharEnumField(Logistics, max_length=10)
    state = fields.CharEnumField(UploadState, max_length=12)
    wanted = fields.IntField(db_default=0)
    sent = fields.JSONField[list[str]](db_default="[]")
    tries = fields.IntField(db_default=0)
    try_at = fields.DatetimeField(null=True)
    errcode = fields.BigIntField(null=True)
    said = fields.CharField(max_length=120, null=True)
    paid_at = fields.DatetimeField()
    limit_at = fields.DatetimeField()
    looked_at = fields.DatetimeField(db_default=Now())
    reminded_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    confirmed_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "shipping_info_upload"


class Managed(Model):
    """Whether WeChat manages the trade of a mini-program (is_trade_managed), as it last said."""

    app_id = fields.CharField(max_length=32, primary_key=True)
    is_managed = fields.BooleanField()
    asked_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "shipping_info_managed"
