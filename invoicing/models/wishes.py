"""Sales that may be invoiced, wishes for an invoice, and the invoices that came of them."""

from typing import Any

from tortoise import fields
from tortoise.fields import Field
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from invoicing.backends.port import Kind
from invoicing.rules.sales import HoldReason, SaleSource
from invoicing.rules.states import RequestState


class InvoiceableOrder(Model):
    """A paid sale that a receipt code may name, whichever way it reached us.

    `order_key` is the code's short name of it, in hex; it is not unique, amount and minute decide.
    A sale that a box read has no order: its `lines` are kept here, with the `code` on the paper;
    `paper_id` is that paper, void when a person said that it was no sale.
    `short_code` is what may be typed instead of scanned, where the seller allows it.
    """

    id = key()
    source = fields.CharEnumField(SaleSource, max_length=8, default=SaleSource.ORDER)
    store_id = ref()
    order_key = fields.CharField(max_length=12, db_index=True)
    order_id: Field[int | None] = fields.BigIntField(unique=True, null=True)
    box_id = maybe_ref(is_indexed=False)
    paper_id: Field[int | None] = fields.BigIntField(unique=True, null=True)
    order_no = fields.CharField(max_length=64)
    code = fields.CharField(max_length=64, default="")
    short_code = fields.CharField(max_length=12, default="", db_index=True)
    lines = fields.JSONField[list[dict[str, Any]]]()
    paid_fen = fen()
    paid_at = fields.DatetimeField()
    is_void = fields.BooleanField(default=False)
    alarm = fields.CharField(max_length=500, default="")

    class Meta(Model.Meta):
        table = "invoicing_order"


class SaleReturn(Model):
    """A refund that a box read of a sale that is here."""

    id = key()
    paper_id = fields.BigIntField(unique=True)
    sale: fields.ForeignKeyRelation[InvoiceableOrder] = fields.ForeignKeyField(
        "invoicing.InvoiceableOrder"
    )
    sale_id: int
    order_no = fields.CharField(max_length=64)
    fen = fen()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "invoicing_return"
        indexes = (("sale_id",),)


class InvoiceRequest(Model):
    """One wish for an invoice, or one part of a wish that had to be split.

    Parts of a wish share `group_no`, the number of the first. A part has one live request; a new
    one, under a new `request_no`, only after a final refusal. `buyer` is encrypted JSON bound to
    the row; `seller` and `lines` are frozen copies. `account_id` is fixed by the first send.
    A draft waits for a sale that has not come: it has no lines yet. `title_index` finds a
    buyer's title by its exact words.
    """

    id = key()
    request_no = fields.CharField(max_length=16, unique=True)
    group_no = fields.CharField(max_length=16, db_index=True)
    callback_token = public_id("cb")
    sale_id = maybe_ref()
    order_no = fields.CharField(max_length=64)
    store_id = ref()
    tax_entity_id = ref()
    account_id = maybe_ref()
    part = fields.IntField(default=1)
    parts = fields.IntField(default=1)
    kind = fields.CharEnumField(Kind, max_length=8, default=Kind.GENERAL)
    receipt_code = fields.CharField(max_length=64, db_index=True)
    buyer = fields.TextField()
    title_index = fields.CharField(max_length=120, default="", db_index=True)
    seller = fields.JSONField[dict[str, Any]]()
    lines = fields.JSONField[list[dict[str, Any]]]()
    remark = fields.CharField(max_length=200, default="")
    ex_fen = fen()
    tax_fen = fen()
    incl_fen = fen()
    state = fields.CharEnumField(RequestState, max_length=12, default=RequestState.QUEUED)
    hold = fields.CharEnumField(HoldReason, max_length=12, default=HoldReason.NONE)
    serial = fields.CharField(max_length=64, default="")
    reason = fields.CharField(max_length=40, default="")
    said = fields.CharField(max_length=500, default="")
    alarm = fields.CharField(max_length=500, default="")
    asked = fields.IntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)
    held_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_request"
        indexes = (("tax_entity_id", "state"),)


class Covered(Model):
    """How much of which sale a request invoices; a merged one covers several.

    `is_live` ends with the request's death: the last judge of "one live request per part".
    """

    id = key()
    request: fields.ForeignKeyRelation[InvoiceRequest] = fields.ForeignKeyField(
        "invoicing.InvoiceRequest"
    )
    request_id: int
    sale: fields.ForeignKeyRelation[InvoiceableOrder] = fields.ForeignKeyField(
        "invoicing.InvoiceableOrder"
    )
    sale_id: int
    part = fields.IntField()
    fen = fen()
    red_fen: Field[int] = fields.BigIntField(default=0)
    is_live = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "invoicing_covered"
        indexes = (("sale_id",),)
        unique_together = (("request", "sale"),)


class Invoice(Model):
    """What the tax office numbered. `code` is empty for 数电票, whose number has 20 digits.

    `red_incl_fen` is how much of it red letters have taken back. `paper` is what else the backend
    said of it: where its files are, and what only tax discs print. `file_tries` counts how often
    its files were asked for.
    """

    id = key()
    public_id = public_id("inv")
    request: fields.OneToOneRelation[InvoiceRequest] = fields.OneToOneField(
        "invoicing.InvoiceRequest"
    )
    request_id: int
    sale_id = ref()
    store_id = ref()
    tax_entity_id = ref()
    kind = fields.CharEnumField(Kind, max_length=8, default=Kind.GENERAL)
    code = fields.CharField(max_length=12, default="")
    number = fields.CharField(max_length=20)
    issued_at = fields.DatetimeField(db_index=True)
    ex_fen = fen()
    tax_fen = fen()
    incl_fen = fen()
    red_incl_fen: Field[int] = fields.BigIntField(default=0)
    paper = fields.JSONField[dict[str, Any]]()
    file_tries = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "invoicing_invoice"
        unique_together = (("code", "number"),)
        constraints = (
            CheckConstraint(
                "red_incl_fen >= 0 AND red_incl_fen <= incl_fen", name="invoicing_invoice_red_check"
            ),
        )


class Stray(Model):
    """What a nightly comparison with a backend's list found: an invoice that is only there.

    It is named until somebody says what it is.
    """

    id = key()
    tax_entity_id = ref()
    account_id = ref(is_indexed=False)
    code = fields.CharField(max_length=12, default="")
    number = fields.CharField(max_length=20)
    request_no = fields.CharField(max_length=20, default="")
    issued_at = fields.DatetimeField()
    incl_fen = fen()
    is_red = fields.BooleanField(default=False)
    settled_by = fields.CharField(max_length=64, default="")
    settled_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "invoicing_stray"
        unique_together = (("code", "number"),)
