"""Tables of tills: what was sold, what stock they say, what an ERP calls our orders."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, ref
from devices.rules import ConflictAnswer, ReceiptKind, ReceiptState


class TillUpload(Model):
    """What a till sent, as it came, sealed: it may hold phones. The same again is the same row."""

    id = key()
    partner_id = ref()
    name = fields.CharField(max_length=80)
    digest = fields.CharField(max_length=64)
    cipher = fields.TextField()
    seen = fields.IntField(default=1)
    received_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "devices_till_upload"
        unique_together = (("partner_id", "digest"),)


class TillReceipt(Model):
    """One receipt of a till under the till's own number; booked once, whatever comes how often.

    `content` is what it says but for the member, whom `member_cipher` holds until it is booked.
    `digest` and `member_index` tell whether the same number comes with other content.
    `sequence` is the till's running number, where it has one: it shows what is missing.
    `origin_*` name the receipt that a return or a void takes back.
    """

    id = key()
    store_id = ref()
    till = fields.CharField(max_length=20)
    receipt_no = fields.CharField(max_length=40)
    sequence: Field[int | None] = fields.BigIntField(null=True)
    kind = fields.CharEnumField(ReceiptKind, max_length=10)
    state = fields.CharEnumField(ReceiptState, max_length=10)
    reason = fields.CharField(max_length=60, default="")
    partner_id = ref()
    upload_id = ref()
    digest = fields.CharField(max_length=64)
    content = fields.JSONField[dict[str, Any]]()
    member_cipher: str | None = fields.TextField(null=True)
    member_index: Field[str | None] = fields.CharField(max_length=120, null=True)
    total_fen = fen()
    origin_store_id: Field[int | None] = fields.BigIntField(null=True)
    origin_till: Field[str | None] = fields.CharField(max_length=20, null=True)
    origin_no: Field[str | None] = fields.CharField(max_length=40, null=True)
    order_id = maybe_ref()
    sold_at = fields.DatetimeField()
    received_at = fields.DatetimeField(db_default=Now())
    booked_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "devices_till_receipt"
        unique_together = (("store_id", "till", "receipt_no"),)
        indexes = (
            ("store_id", "till", "sequence"),
            ("origin_store_id", "origin_till", "origin_no"),
        )
        constraints = (
            CheckConstraint(
                "(state = 'booked') = (booked_at IS NOT NULL)"
                " AND (kind IN ('return', 'void')) = (origin_no IS NOT NULL)",
                name="devices_till_receipt_state_check",
            ),
        )


class TillConflict(Model):
    """Another content under a number that is taken, kept until a person says what it is.

    It is dismissed with a reason, or what it says is booked under a number of its own: that is the
    receipt `became_id`. Books are only added to, so the receipt that came first stays.
    """

    id = key()
    receipt: fields.ForeignKeyRelation[TillReceipt] = fields.ForeignKeyField("devices.TillReceipt")
    receipt_id: int
    digest = fields.CharField(max_length=64)
    upload_id = ref()
    content = fields.JSONField[dict[str, Any]]()
    seen = fields.IntField(default=1)
    first_at = fields.DatetimeField(db_default=Now())
    answer = fields.CharEnumField(ConflictAnswer, max_length=12, null=True)
    answer_reason = fields.CharField(max_length=200, db_default="")
    answered_by = fields.CharField(max_length=40, db_default="")
    answered_at: Field[datetime | None] = fields.DatetimeField(null=True)
    became_id = maybe_ref(is_indexed=False)

    class Meta(Model.Meta):
        table = "devices_till_conflict"
        unique_together = (("receipt", "digest"),)
        constraints = (
            CheckConstraint(
                "num_nulls(answer, answered_at) IN (0, 2)"
                " AND (became_id IS NOT NULL) = (answer IS NOT NULL AND answer <> 'dismissed')",
                name="devices_till_conflict_answer_check",
            ),
        )


class StockMessage(Model):
    """One numbered message of a partner's stock feed, and what it changed when it was taken."""

    id = key()
    partner_id = ref()
    source = fields.CharField(max_length=20)
    sequence = fields.BigIntField()
    is_snapshot = fields.BooleanField()
    digest = fields.CharField(max_length=64)
    counts = fields.JSONField[dict[str, Any]]()
    received_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "devices_stock_message"
        unique_together = (("partner_id", "source", "sequence"),)


class OrderMark(Model):
    """What an ERP calls an order of ours, and how far it is there. Added to, never changed."""

    id = key()
    order_id = ref()
    partner_id = ref()
    document_no = fields.CharField(max_length=64)
    state = fields.CharField(max_length=40)
    exported_at = fields.DatetimeField()
    noted_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "devices_order_mark"
        unique_together = (("order_id", "partner_id", "document_no", "state"),)
