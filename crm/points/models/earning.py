"""Programs, what they gave, and what refunds took of it."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, ref
from crm.points.rules import On, Purse, State


class ProgramRow(Model):
    """One version of a points program (积分规则). Never changed: a new version is added.

    `valid_to` is the last day of the shop that counts; an earning keeps its version.
    """

    id = key()
    code = fields.CharField(max_length=40)
    version = fields.IntField()
    name = fields.CharField(max_length=40)
    purse = fields.CharEnumField(Purse, max_length=20)
    on = fields.CharEnumField(On, max_length=12)
    terms: dict[str, Any] = fields.JSONField()
    is_on = fields.BooleanField(default=True)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    written_by = fields.CharField(max_length=40, default="")
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "points_program"
        unique_together = (("code", "version"),)
        constraints = (CheckConstraint("valid_to >= valid_from", name="points_program_days_check"),)


class Earning(Model):
    """Points that a program gave, or will give when their wait has ended.

    `cause_kind` and `cause_key` are those of the journal, so that told twice is given once.
    `base` is what the program says before its multiples and limits, `points` what counts.
    `coupon` is what it gave beside. `basis_fen` is the money it was earned with, `refunded_fen` how
    much of it went back. `steps` show the arithmetic, `terms` are the program's as they were.
    """

    id = key()
    program = fields.CharField(max_length=40)
    program_id = maybe_ref(is_indexed=False)
    member_id = ref(is_indexed=False)
    purse = fields.CharEnumField(Purse, max_length=20)
    on = fields.CharEnumField(On, max_length=12)
    cause_kind = fields.CharField(max_length=60)
    cause_key = fields.CharField(max_length=120)
    order_id = maybe_ref()
    order_no = fields.CharField(max_length=32, null=True)
    base = fields.BigIntField()
    points = fields.BigIntField()
    coupon = fields.CharField(max_length=40, db_default="")
    basis_fen = fen()
    refunded_fen = fields.BigIntField(db_default=0)
    day = fields.DateField()
    state = fields.CharEnumField(State, max_length=8, default=State.PENDING)
    earned_at = fields.DatetimeField()
    available_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    expires_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    given_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    steps: list[Any] = fields.JSONField()
    terms: dict[str, Any] = fields.JSONField()

    class Meta(Model.Meta):
        table = "points_earning"
        unique_together = (("cause_kind", "cause_key"),)
        indexes = (("member_id", "program", "day"),)
        constraints = (
            CheckConstraint(
                "base >= 0 AND points >= 0 AND basis_fen >= 0"
                " AND refunded_fen BETWEEN 0 AND basis_fen",
                name="points_earning_amounts_check",
            ),
            CheckConstraint(
                "(state = 'given') = (given_at IS NOT NULL)", name="points_earning_given_check"
            ),
        )


class Taking(Model):
    """What one settled refund takes of an earning: `fen` of its `basis_fen`. Never changed."""

    id = key()
    earning: fields.ForeignKeyRelation[Earning] = fields.ForeignKeyField("points.Earning")
    earning_id: int
    refund_no = fields.CharField(max_length=32)
    fen = fen()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "points_taking"
        unique_together = (("earning", "refund_no"),)
        constraints = (CheckConstraint("fen >= 0", name="points_taking_fen_check"),)


class CheckIn(Model):
    """A member signed in on a day (签到); `streak` days in a row by then."""

    id = key()
    member_id = ref(is_indexed=False)
    day = fields.DateField()
    streak = fields.IntField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "points_check_in"
        unique_together = (("member_id", "day"),)
        constraints = (CheckConstraint("streak >= 1", name="points_check_in_streak_check"),)


class Reminder(Model):
    """A member was told that points of one purse end at one moment. Once."""

    id = key()
    member_id = ref(is_indexed=False)
    purse = fields.CharEnumField(Purse, max_length=20)
    expires_at = fields.DatetimeField()
    points = fields.BigIntField()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "points_reminder"
        unique_together = (("member_id", "purse", "expires_at"),)
