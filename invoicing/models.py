"""Tables of invoice requests, invoices, their files and deliveries. Private to this room.

Who the buyer is stands encrypted, in one column: title, tax number and mail are personal.
"""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from core.columns import fen, key, public_id, ref
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.states import RequestState


class InvoiceableOrder(Model):
    """A paid order that a receipt code may name, whichever way it reached us.

    `order_key` is the code's short name of it, in hex; it is not unique, amount and minute decide.
    """

    id = key()
    store_id = ref()
    order_key = fields.CharField(max_length=12, db_index=True)
    order_id = fields.BigIntField(unique=True)
    paid_fen = fen()
    paid_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "invoicing_order"


class InvoiceRequest(Model):
    """One wish for an invoice of an order (`part` 1 unless it had to be split).

    An order has one live request; a new one, under a new `request_no`, only after a final refusal.
    `buyer` is encrypted JSON bound to the row; `seller` and `lines` are frozen copies.
    """

    id = key()
    request_no = fields.CharField(max_length=16, unique=True)
    callback_token = public_id("cb")
    order_id = ref()
    order_no = fields.CharField(max_length=32)
    store_id = ref()
    tax_entity_id = ref()
    part = fields.IntField(default=1)
    receipt_code = fields.CharField(max_length=64)
    buyer = fields.TextField()
    seller = fields.JSONField[dict[str, Any]]()
    lines = fields.JSONField[list[dict[str, Any]]]()
    remark = fields.CharField(max_length=200, default="")
    ex_fen = fen()
    tax_fen = fen()
    incl_fen = fen()
    state = fields.CharEnumField(RequestState, max_length=12, default=RequestState.QUEUED)
    serial = fields.CharField(max_length=64, default="")
    reason = fields.CharField(max_length=40, default="")
    said = fields.CharField(max_length=500, default="")
    alarm = fields.CharField(max_length=500, default="")
    asked = fields.IntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)
    sent_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_request"


class Invoice(Model):
    """What the tax office numbered. `code` is empty for 数电票, whose number has 20 digits."""

    id = key()
    public_id = public_id("inv")
    request: fields.OneToOneRelation[InvoiceRequest] = fields.OneToOneField(
        "invoicing.InvoiceRequest"
    )
    request_id: int
    order_id = ref()
    store_id = ref()
    code = fields.CharField(max_length=12, default="")
    number = fields.CharField(max_length=20)
    issued_at = fields.DatetimeField()
    ex_fen = fen()
    tax_fen = fen()
    incl_fen = fen()

    class Meta(Model.Meta):
        table = "invoicing_invoice"
        unique_together = (("code", "number"),)


class Document(Model):
    """A file of an invoice. Bytes lie under `var_dir`, named by their sha256."""

    id = key()
    invoice: fields.ForeignKeyRelation[Invoice] = fields.ForeignKeyField("invoicing.Invoice")
    invoice_id: int
    format = fields.CharField(max_length=8)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "invoicing_document"
        unique_together = (("invoice", "format"),)


class Delivery(Model):
    """One sending of an invoice to one address: each channel and target once.

    `target` is encrypted and bound to the row; `target_index` finds the same one again.
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
    created_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_delivery"
        unique_together = (("invoice", "channel", "target_index"),)
