"""Files of invoices and how they went out."""

from tortoise import fields
from tortoise.models import Model

from core.columns import key, public_id
from invoicing.backends.port import Format
from invoicing.models.wishes import Invoice
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.files import Origin


class Document(Model):
    """A file of an invoice: the backend's, byte for byte, or one we painted (`origin`).

    Bytes lie under `var_dir`, named by their sha256.
    """

    id = key()
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField("invoicing.Invoice")
    invoice_id: int
    format = fields.CharEnumField(Format, max_length=8)
    origin = fields.CharEnumField(Origin, max_length=8)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "invoicing_document"
        unique_together = (("invoice", "format", "origin"),)


class Delivery(Model):
    """One sending of an invoice to one address: each channel and target once.

    `target` is encrypted and bound to the row; `target_index` finds the same one again. Sent again
    on request it is another row with the next `copy_no`; `is_asked` are those that somebody asked
    for. `public_id` is also the link in the message, good until `expires_at`.
    """

    id = key()
    public_id = public_id("dlv")
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField("invoicing.Invoice")
    invoice_id: int
    channel = fields.CharEnumField(Channel, max_length=8)
    target = fields.CharField(max_length=800)
    target_index = fields.CharField(max_length=120)
    state = fields.CharEnumField(DeliveryState, max_length=12, default=DeliveryState.QUEUED)
    reason = fields.CharField(max_length=40, default="")
    attempts = fields.IntField(default=0)
    copy_no = fields.IntField(default=0)
    is_asked = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_delivery"
        unique_together = (("invoice", "channel", "target_index", "copy_no"),)
