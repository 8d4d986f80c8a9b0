"""Tables of points programs. Private: other rooms come through `service` and `queries`.

What a member has is the ledger's; these rows say why it was given, and what is still to come.
"""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from crm.points.rules import (
    Direction,
    ExchangeState,
    On,
    Purse,
    RedemptionState,
    RewardKind,
    State,
)


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


class Reward(Model):
    """What points can be redeemed for (积分商城). `stock` is what is left, None: no limit.

    Purchases keep the price they were made at; `keep_days` is how long a gift lies ready.
    """

    id = key()
    public_id = public_id("rwd")
    kind = fields.CharEnumField(RewardKind, max_length=8)
    name = fields.CharField(max_length=40)
    purse = fields.CharEnumField(Purse, max_length=20)
    points = fields.BigIntField()
    coupon = fields.CharField(max_length=40, default="")
    stock = fields.BigIntField(null=True)
    each_most = fields.IntField(null=True)
    keep_days = fields.IntField(default=30)
    is_on = fields.BooleanField(default=True)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    redeemed = fields.BigIntField(db_default=0)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "points_reward"
        constraints = (
            CheckConstraint(
                "points > 0 AND stock >= 0 AND each_most >= 1 AND keep_days >= 1 AND redeemed >= 0",
                name="points_reward_amounts_check",
            ),
            CheckConstraint("(kind = 'gift') = (coupon = '')", name="points_reward_coupon_check"),
        )


class Redemption(Model):
    """Points a member gave for a reward (积分兑换), and what became of it."""

    id = key()
    redemption_no = fields.CharField(max_length=32, unique=True)
    reward: fields.ForeignKeyRelation[Reward] = fields.ForeignKeyField("points.Reward")
    reward_id: int
    member_id = ref(is_indexed=False)
    request_key = fields.CharField(max_length=80)
    pieces = fields.IntField()
    points = fields.BigIntField()
    purse = fields.CharEnumField(Purse, max_length=20)
    state = fields.CharEnumField(RedemptionState, max_length=12)
    store_id = maybe_ref()
    coupons: list[str] = fields.JSONField()
    ready_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    by = fields.CharField(max_length=40, default="")
    at = fields.DatetimeField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "points_redemption"
        unique_together = (("member_id", "request_key"),)
        indexes = (("reward_id", "member_id"),)
        constraints = (
            CheckConstraint("pieces > 0 AND points > 0", name="points_redemption_amounts_check"),
            CheckConstraint(
                "(state = 'ready') = (ended_at IS NULL)", name="points_redemption_ended_check"
            ),
        )


class Alliance(Model):
    """What points of one outside partner are worth (积分联盟); `code` names it in the settings.

    `out_ours` of our points become `out_theirs` of theirs, `in_theirs` of theirs `in_ours` of ours,
    always in whole lots of that size; 0: not in this direction. `most_a_day` is ours, of a member.
    """

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    purse = fields.CharEnumField(Purse, max_length=20, default=Purse.POINTS)
    out_ours = fields.BigIntField(default=0)
    out_theirs = fields.BigIntField(default=0)
    in_theirs = fields.BigIntField(default=0)
    in_ours = fields.BigIntField(default=0)
    most_a_day = fields.BigIntField()
    in_days: fields.Field[int | None] = fields.IntField(null=True)
    is_on = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "points_alliance"
        constraints = (
            CheckConstraint(
                "least(out_ours, out_theirs, in_theirs, in_ours, most_a_day) >= 0"
                " AND (out_ours > 0) = (out_theirs > 0) AND (in_ours > 0) = (in_theirs > 0)"
                " AND in_days >= 1",
                name="points_alliance_rates_check",
            ),
        )


class AllianceAccount(Model):
    """A member's account at a partner, encrypted; one at a time."""

    id = key()
    alliance: fields.ForeignKeyRelation[Alliance] = fields.ForeignKeyField("points.Alliance")
    alliance_id: int
    member_id = ref(is_indexed=False)
    account_cipher = fields.CharField(max_length=400)
    linked_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "points_alliance_account"
        unique_together = (("member_id", "alliance"),)


class Exchange(Model):
    """Points that cross to a partner or come from one (积分互换), under our number.

    Ours go out when it is wanted and come back if the partner refuses; theirs come in when it has
    said yes. `account_cipher` is the account it was asked with.
    """

    id = key()
    exchange_no = fields.CharField(max_length=32, unique=True)
    alliance: fields.ForeignKeyRelation[Alliance] = fields.ForeignKeyField("points.Alliance")
    alliance_id: int
    member_id = ref(is_indexed=False)
    request_key = fields.CharField(max_length=80)
    direction = fields.CharEnumField(Direction, max_length=4)
    purse = fields.CharEnumField(Purse, max_length=20)
    ours = fields.BigIntField()
    theirs = fields.BigIntField()
    account_cipher = fields.CharField(max_length=400)
    state = fields.CharEnumField(ExchangeState, max_length=8, default=ExchangeState.WANTED)
    why = fields.CharField(max_length=80, default="")
    partner_no = fields.CharField(max_length=64, default="")
    day = fields.DateField(db_index=True)
    at = fields.DatetimeField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "points_exchange"
        unique_together = (("member_id", "request_key"),)
        constraints = (
            CheckConstraint("ours > 0 AND theirs > 0", name="points_exchange_amounts_check"),
            CheckConstraint(
                "(state IN ('done', 'refused')) = (ended_at IS NOT NULL)",
                name="points_exchange_ended_check",
            ),
        )


class Difference(Model):
    """Where a partner's list of a day and ours disagree (对账差异); a person says what was done."""

    id = key()
    alliance: fields.ForeignKeyRelation[Alliance] = fields.ForeignKeyField("points.Alliance")
    alliance_id: int
    day = fields.DateField()
    exchange_no = fields.CharField(max_length=64)
    what = fields.CharField(max_length=20)
    ours = fields.BigIntField(null=True)
    theirs = fields.BigIntField(null=True)
    found_at = fields.DatetimeField(db_default=Now())
    settled_by = fields.CharField(max_length=40, default="")
    note = fields.CharField(max_length=200, default="")

    class Meta(Model.Meta):
        table = "points_difference"
        unique_together = (("alliance", "day", "exchange_no", "what"),)
