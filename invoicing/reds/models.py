"""Tables of red letters. Private to this room."""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, public_id, ref
from invoicing.backends.port import Kind, RedReason
from invoicing.reds.rules.states import RedState
from invoicing.rules.delivery import DeliveryState


class RedBlue(Model):
    """What of a blue invoice is claimed by red letters. `id` is the invoice's; the row is a lock.

    `red_fen` counts red letters from the moment they are wanted, and gives back what was withdrawn.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    incl_fen = fen()
    red_fen = fields.BigIntField(db_default=0)

    class Meta(Model.Meta):
        table = "reds_blue"
        constraints = (
            CheckConstraint("red_fen BETWEEN 0 AND incl_fen", name="reds_blue_red_fen_check"),
        )


class RedBlueLine(Model):
    """What one sale has in a line of a blue invoice, discounts folded in, and what is claimed."""

    id = key()
    blue: fields.ForeignKeyRelation[RedBlue] = fields.ForeignKeyField("reds.RedBlue")
    blue_id: int
    line_no = fields.IntField()
    sale_id = ref(is_indexed=False)
    quantity = fields.DecimalField(max_digits=20, decimal_places=8)
    incl_fen = fen()
    tax_fen = fen()
    red_quantity = fields.DecimalField(max_digits=20, decimal_places=8, db_default=0)
    red_incl_fen = fields.BigIntField(db_default=0)
    red_tax_fen = fields.BigIntField(db_default=0)

    class Meta(Model.Meta):
        table = "reds_blue_line"
        unique_together = (("blue", "line_no", "sale_id"),)
        constraints = (
            CheckConstraint(
                "red_incl_fen BETWEEN 0 AND incl_fen AND red_tax_fen BETWEEN 0 AND tax_fen"
                " AND red_quantity BETWEEN 0 AND quantity",
                name="reds_blue_line_claimed_check",
            ),
        )


class RedLetter(Model):
    """One red letter of one invoice. `cause` is what wants it: that refund, that wrong title.

    `lines` are frozen; amounts are positive. `red_no` is ours and is renewed only when the old one
    came to an end without an invoice (`forms` counts). `is_reissued`: once it is issued the sale is
    invoiced anew, to `next_buyer` (encrypted) where the title was wrong.
    """

    id = key()
    callback_token = public_id("cb")
    public_id = public_id("red")
    invoice_id = ref()
    sale_id = ref()
    store_id = ref()
    tax_entity_id = ref()
    account_id = fields.BigIntField(db_default=0)
    cause = fields.CharField(max_length=140)
    reason = fields.CharEnumField(RedReason, max_length=10)
    kind = fields.CharEnumField(Kind, max_length=10)
    is_full = fields.BooleanField()
    lines = fields.JSONField[list[dict[str, Any]]]()
    ex_fen = fen()
    tax_fen = fen()
    incl_fen = fen()
    state = fields.CharEnumField(RedState, max_length=12)
    red_no = fields.CharField(max_length=16, unique=True)
    serial = fields.CharField(max_length=64, db_default="")
    forms = fields.IntField(db_default=1)
    form_no = fields.CharField(max_length=64, db_default="")
    form_state = fields.CharField(max_length=2, db_default="")
    form_at = fields.DatetimeField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    number = fields.CharField(max_length=20, db_default="")
    code = fields.CharField(max_length=12, db_default="")
    issued_at = fields.DatetimeField(null=True)
    why = fields.CharField(max_length=40, db_default="")
    said = fields.CharField(max_length=500, db_default="")
    alarm = fields.CharField(max_length=500, db_default="")
    asked = fields.IntField(db_default=0)
    by = fields.CharField(max_length=40)
    note = fields.CharField(max_length=200, db_default="")
    is_reissued = fields.BooleanField(db_default=False)
    next_buyer = fields.TextField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    sent_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "reds_letter"
        unique_together = (("invoice_id", "cause"),)
        constraints = (
            CheckConstraint(
                "incl_fen > 0 AND tax_fen >= 0 AND ex_fen >= 0 AND ex_fen + tax_fen = incl_fen",
                name="reds_letter_amounts_check",
            ),
            CheckConstraint("(state = 'issued') = (number <> '')", name="reds_letter_number_check"),
        )


class RedStep(Model):
    """One step of a red letter, for people: what happened and, of its form, in which state."""

    id = key()
    letter: fields.ForeignKeyRelation[RedLetter] = fields.ForeignKeyField("reds.RedLetter")
    letter_id: int
    action = fields.CharField(max_length=20)
    form_no = fields.CharField(max_length=64, db_default="")
    form_state = fields.CharField(max_length=2, db_default="")
    note = fields.CharField(max_length=200, db_default="")
    by = fields.CharField(max_length=40, db_default="")
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "reds_step"


class RedDocument(Model):
    """A file of a red letter. Bytes lie with those of invoices, named by their sha256."""

    id = key()
    letter: fields.ForeignKeyRelation[RedLetter] = fields.ForeignKeyField("reds.RedLetter")
    letter_id: int
    format = fields.CharField(max_length=8)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "reds_document"
        unique_together = (("letter", "format"),)


class RedDelivery(Model):
    """One mail with a red letter to where its blue invoice had been mailed: each address once.

    `target` is encrypted and bound to the row; `target_index` finds the same one again.
    """

    id = key()
    public_id = public_id("rdl")
    letter: fields.ForeignKeyRelation[RedLetter] = fields.ForeignKeyField("reds.RedLetter")
    letter_id: int
    target = fields.CharField(max_length=800, null=True)
    target_index = fields.CharField(max_length=120)
    state = fields.CharEnumField(DeliveryState, max_length=12)
    reason = fields.CharField(max_length=40, db_default="")
    attempts = fields.IntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "reds_delivery"
        unique_together = (("letter", "target_index"),)
