"""Tables of segments. Private: other rooms come through `service` and `queries`."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, ref
from crm.segments.bits import Bits


class Segment(Model):
    """Whom a condition is true of (人群包). `condition` is what `rules.write` makes.

    `members` is how many its bits hold. `round` counts refreshes, `version` changes of the words.
    `is_filled` is false until it was worked out once; nobody enters or leaves before.
    """

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60)
    note = fields.CharField(max_length=300, db_default="")
    condition = fields.JSONField[dict[str, Any]]()
    version = fields.IntField(db_default=1)
    round = fields.IntField(db_default=0)
    members = fields.BigIntField(db_default=0)
    is_filled = fields.BooleanField(db_default=False)
    made_by = fields.CharField(max_length=40)
    made_at = fields.DatetimeField(db_default=Now())
    changed_at = fields.DatetimeField(db_default=Now())
    refreshed_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "segments_segment"
        constraints = (
            CheckConstraint(
                "least(members, round) >= 0 AND version > 0", name="segments_segment_counts_check"
            ),
        )


class MemberBits(Model):
    """Who is in a segment: the members of one chunk of ids, as bits."""

    id = key()
    segment: fields.ForeignKeyRelation[Segment] = fields.ForeignKeyField("segments.Segment")
    segment_id: int
    chunk = fields.IntField()
    bits = Bits()

    class Meta(Model.Meta):
        table = "segments_bits"
        unique_together = (("chunk", "segment"),)


class Passage(Model):
    """Somebody entered a segment or left it (进出记录). Never changed."""

    id = key()
    segment: fields.ForeignKeyRelation[Segment] = fields.ForeignKeyField("segments.Segment")
    segment_id: int
    member_id = ref(is_indexed=False)
    has_entered = fields.BooleanField()
    round = fields.IntField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "segments_passage"
        indexes = (("member_id", "id"), ("segment_id", "id"))


class Size(Model):
    """How many were in a segment at the end of a shop day, and how many came and went in it."""

    id = key()
    segment: fields.ForeignKeyRelation[Segment] = fields.ForeignKeyField("segments.Segment")
    segment_id: int
    day = fields.DateField()
    members = fields.BigIntField()
    entered = fields.BigIntField()
    left = fields.BigIntField()

    class Meta(Model.Meta):
        table = "segments_size"
        unique_together = (("segment", "day"),)


class Snapshot(Model):
    """Who was in a segment at one moment, kept as it was (快照): what a campaign went to."""

    id = key()
    segment: fields.ForeignKeyRelation[Segment] = fields.ForeignKeyField("segments.Segment")
    segment_id: int
    name = fields.CharField(max_length=60)
    members = fields.BigIntField()
    made_by = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "segments_snapshot"
        indexes = (("segment_id",),)


class SnapshotBits(Model):
    id = key()
    snapshot: fields.ForeignKeyRelation[Snapshot] = fields.ForeignKeyField("segments.Snapshot")
    snapshot_id: int
    chunk = fields.IntField()
    bits = Bits()

    class Meta(Model.Meta):
        table = "segments_snapshot_bits"
        unique_together = (("snapshot", "chunk"),)


class Changed(Model):
    """A member of whom something became different: asked again in the next round (`id`: theirs)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "segments_changed"
