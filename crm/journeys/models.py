"""Tables of journeys: definitions by version, one run for each member who began, what was done."""

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from crm.journeys.rules import Aim, RunState, State


class Journey(Model):
    """A journey, or a campaign (one that begins once). `salt` draws its hold-out.

    `looked_until`, `looked_on` and `filled_to` are how far its trigger was followed. `company_id`:
    the franchisee who asked for it, for their own stores.
    """

    id = key()
    public_id = public_id("jrn")
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60)
    aim = fields.CharEnumField(Aim, max_length=12)
    state = fields.CharEnumField(State, max_length=12, default=State.DRAFT)
    version = fields.IntField(default=1)
    trigger = fields.CharField(max_length=12)
    trigger_on = fields.CharField(max_length=60, default="")
    tells = fields.BooleanField(default=False)
    salt = fields.CharField(max_length=40)
    company_id = maybe_ref()
    made_by = ref(is_indexed=False)
    made_at = fields.DatetimeField()
    started_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    looked_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    looked_on: fields.Field[date | None] = fields.DateField(null=True)
    filled_to = fields.BigIntField(default=0)
    filled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "journeys_journey"
        indexes = (("state", "trigger"),)


class Version(Model):
    """What a journey said at a time. Never edited: who began with it ends with it."""

    id = key()
    journey: fields.ForeignKeyRelation[Journey] = fields.ForeignKeyField("journeys.Journey")
    journey_id: int
    number = fields.IntField()
    definition = fields.JSONField[dict[str, Any]]()
    made_by = ref(is_indexed=False)
    made_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "journeys_version"
        unique_together = (("journey", "number"),)


class Run(Model):
    """One member's way through a journey. `entry_key` names what began it, once.

    `step` comes next, when `due_at` has come; `step_no` counts what was done. Of a journey a member
    has at most one run that goes.
    """

    id = key()
    journey: fields.ForeignKeyRelation[Journey] = fields.ForeignKeyField("journeys.Journey")
    journey_id: int
    version = fields.IntField()
    member_id = ref()
    entry_key = fields.CharField(max_length=60)
    is_holdout = fields.BooleanField()
    state = fields.CharEnumField(RunState, max_length=12)
    why = fields.CharField(max_length=40, default="")
    step = fields.CharField(max_length=24, default="")
    step_no = fields.IntField(default=0)
    due_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    leased_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    entered_at = fields.DatetimeField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "journeys_run"
        unique_together = (("journey", "member_id", "entry_key"),)


class Done(Model):
    """What one step did to one member, written in the transaction that did it."""

    id = key()
    run: fields.ForeignKeyRelation[Run] = fields.ForeignKeyField("journeys.Run")
    run_id: int
    step_no = fields.IntField()
    step = fields.CharField(max_length=24)
    what = fields.CharField(max_length=40)
    is_refused = fields.BooleanField(default=False)
    detail = fields.CharField(max_length=80, default="")
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "journeys_done"
        unique_together = (("run", "step_no"),)
