"""Tables of exports. Private: other rooms come through `service` and `queries`."""

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from core.security.scope import Role
from crm.exports.rules import Format, State, Use


class Export(Model):
    """One list of members that leaves (导出). `watermark` stands in every row of its file.

    `condition` is what the screen asked; `is_whole`: nothing is masked. `members` is how many the
    list holds, `left_out` who was dropped for want of consent, `rows_done` how far the file is.
    `sha256` and `size` are of the finished file.
    """

    id = key()
    public_id = public_id("exp")
    key = fields.CharField(max_length=100, unique=True)  # the same form sent twice is one export
    asked_by = ref()
    role = fields.CharEnumField(Role, max_length=20)
    condition: fields.Field[Any] = fields.JSONField()
    columns: fields.Field[list[str]] = fields.JSONField()
    format = fields.CharEnumField(Format, max_length=10)
    use = fields.CharEnumField(Use, max_length=20)
    reason = fields.CharField(max_length=200)
    receiver = fields.CharField(max_length=100)
    is_whole = fields.BooleanField(default=False)
    tag_id = maybe_ref(is_indexed=False)
    language = fields.CharField(max_length=2, default="zh")
    watermark = fields.CharField(max_length=24, unique=True)
    schedule: "fields.ForeignKeyNullableRelation[Schedule]" = fields.ForeignKeyField(
        "exports.Schedule", null=True, related_name="exports"
    )
    schedule_id: int | None
    state = fields.CharEnumField(State, max_length=10, default=State.WANTED)
    why = fields.CharField(max_length=200, default="")
    members = fields.IntField(default=0)
    left_out = fields.IntField(default=0)
    rows_done = fields.IntField(default=0)
    size = fields.BigIntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    seen_by = maybe_ref(is_indexed=False)  # the second person
    seen_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    wanted_at = fields.DatetimeField(db_default=Now())
    ready_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    taken_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "exports_export"
        indexes = (("state", "expires_at"),)
        constraints = (
            CheckConstraint(
                "rows_done >= 0 AND rows_done <= members", name="exports_export_rows_check"
            ),
            CheckConstraint(
                "seen_by IS DISTINCT FROM asked_by", name="exports_export_second_check"
            ),
        )


class Listed(Model):
    """A member of a list, at their place in its file. It stays when the file is gone."""

    id = key()
    export: fields.ForeignKeyRelation[Export] = fields.ForeignKeyField(
        "exports.Export", related_name="listed"
    )
    export_id: int
    place = fields.IntField()
    member_id = ref()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "exports_listed"
        unique_together = (("export", "place"),)


class Piece(Model):
    """A part of a file, packed and encrypted. Gone when the file is taken or has expired.

    `is_file`: bytes of the finished file; else rows that still have to be bound into one.
    """

    id = key()
    export: fields.ForeignKeyRelation[Export] = fields.ForeignKeyField(
        "exports.Export", related_name="pieces"
    )
    export_id: int
    is_file = fields.BooleanField(default=True)
    no = fields.IntField()
    cipher = fields.TextField()

    class Meta(Model.Meta):
        table = "exports_piece"
        unique_together = (("export", "is_file", "no"),)


class Schedule(Model):
    """An export that is made again and again (定时导出), until `ends_on`."""

    id = key()
    public_id = public_id("exs")
    name = fields.CharField(max_length=60)
    asked_by = ref()
    condition: fields.Field[Any] = fields.JSONField()
    columns: fields.Field[list[str]] = fields.JSONField()
    format = fields.CharEnumField(Format, max_length=10)
    use = fields.CharEnumField(Use, max_length=20)
    reason = fields.CharField(max_length=200)
    receiver = fields.CharField(max_length=100)
    is_whole = fields.BooleanField(default=False)
    tag_id = maybe_ref(is_indexed=False)
    language = fields.CharField(max_length=2, default="zh")
    keep_days = fields.IntField()
    every_days = fields.IntField()
    hour = fields.IntField()
    next_at = fields.DatetimeField(db_index=True)
    ends_on: fields.Field[date] = fields.DateField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    why_ended = fields.CharField(max_length=100, default="")

    class Meta(Model.Meta):
        table = "exports_schedule"
        constraints = (
            CheckConstraint(
                "every_days BETWEEN 1 AND 31 AND hour BETWEEN 0 AND 23",
                name="exports_schedule_rhythm_check",
            ),
        )
