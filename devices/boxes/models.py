"""Tables of the boxes: who may speak for which store, and every paper they told. Private."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_fen, maybe_ref, public_id, ref
from devices.boxes.rules import BoxState, PaperKind, PaperState


class Authority(Model):
    """Our small certificate authority: it vouches for boxes and for nobody else. One row."""

    id = key()
    certificate = fields.TextField()
    cipher = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "boxes_authority"
        constraints = (CheckConstraint("id = 1", name="boxes_authority_one_check"),)


class Box(Model):
    """One code box at one till of one store. `invite_index` finds it by its one-time code,
    which `invite_key_digest` used up.

    `waiting`, `clock_skew_s`, `has_printer` and `version` are what it said last. `layout` holds
    the till's own words, taught from a marked paper; `layout_no` counts its changes.
    """

    id = key()
    public_id = public_id("box")
    store_id = ref()
    name = fields.CharField(max_length=40)
    state = fields.CharEnumField(BoxState, max_length=10)
    invite_index: Field[str | None] = fields.CharField(max_length=120, null=True, unique=True)
    invite_key_digest = fields.CharField(max_length=64, db_default="")
    invite_ends_at: Field[datetime | None] = fields.DatetimeField(null=True)
    enrolled_at: Field[datetime | None] = fields.DatetimeField(null=True)
    last_seen_at: Field[datetime | None] = fields.DatetimeField(null=True)
    version = fields.CharField(max_length=20, db_default="")
    waiting = fields.IntField(db_default=0)
    clock_skew_s = fields.IntField(db_default=0)
    has_printer: Field[bool | None] = fields.BooleanField(null=True)
    wants_key = fields.BooleanField(db_default=False)
    layout = fields.JSONField[dict[str, str]](db_default="{}")
    layout_no = fields.IntField(db_default=0)
    made_by = fields.CharField(max_length=80)
    made_at = fields.DatetimeField(db_default=Now())
    ended_by = fields.CharField(max_length=80, db_default="")
    ended_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "boxes_box"
        constraints = (
            CheckConstraint(
                "(state IN ('retired', 'revoked')) = (ended_at IS NOT NULL)",
                name="boxes_box_ended_check",
            ),
        )


class Certificate(Model):
    """A client certificate of a box. Two may be good at a time, while the box changes over.

    `key_digest` names the key in it: whoever asks again with the same key gets the same answer.
    """

    id = key()
    box: fields.ForeignKeyRelation[Box] = fields.ForeignKeyField("boxes.Box")
    box_id: int
    serial = fields.CharField(max_length=40, unique=True)
    key_digest = fields.CharField(max_length=64, unique=True)
    pem = fields.TextField()
    made_at = fields.DatetimeField(db_default=Now())
    ends_at = fields.DatetimeField()
    first_used_at: Field[datetime | None] = fields.DatetimeField(null=True)
    ended_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "boxes_certificate"


class Paper(Model):
    """One paper a box told. `key` is of its content: told again it is the same row.

    `name` is day and number, as in the receipt code; `rival_id` is the paper that has the same
    name and another amount. `origin_id` is the sale that a refund takes back.
    """

    id = key()
    box: fields.ForeignKeyRelation[Box] = fields.ForeignKeyField("boxes.Box")
    box_id: int
    store_id = ref()
    key = fields.CharField(max_length=32)
    kind = fields.CharEnumField(PaperKind, max_length=10)
    state = fields.CharEnumField(PaperState, max_length=10)
    order_no = fields.CharField(max_length=40, db_default="")
    name = fields.CharField(max_length=60, db_default="")
    order_key = fields.CharField(max_length=12, db_default="", db_index=True)
    code = fields.CharField(max_length=64, db_default="")
    due_fen = maybe_fen()
    sold_at: Field[datetime | None] = fields.DatetimeField(null=True)
    lines = fields.JSONField[list[list[Any]]](db_default="[]")
    doubts = fields.JSONField[list[str]](db_default="[]")
    origin_no = fields.CharField(max_length=40, db_default="")
    origin_id = maybe_ref()
    rival_id = maybe_ref(is_indexed=False)
    seen = fields.IntField(db_default=1)
    received_at = fields.DatetimeField(db_default=Now())
    decided_by = fields.CharField(max_length=80, db_default="")
    decided_at: Field[datetime | None] = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=200, db_default="")

    class Meta(Model.Meta):
        table = "boxes_paper"
        unique_together = (("box", "key"),)
        indexes = (("store_id", "state"),)
        constraints = (
            CheckConstraint(
                "state NOT IN ('read', 'typed', 'conflict') OR (name <> '' AND due_fen IS NOT NULL"
                " AND sold_at IS NOT NULL AND order_key <> '' AND kind <> 'doubtful')",
                name="boxes_paper_whole_check",
            ),
        )


class Copy(Model):
    """What stood on a paper, for thirty days: its bytes, sealed, and its lines, masked."""

    id = key()
    paper: fields.OneToOneRelation[Paper] = fields.OneToOneField("boxes.Paper")
    paper_id: int
    cipher: str | None = fields.TextField(null=True)
    text = fields.JSONField[list[str]](db_default="[]")
    kept_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "boxes_copy"
