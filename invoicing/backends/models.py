"""Tables of the accounts at tax backends. Private to this room."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.models import Model

from core.columns import key, public_id, ref
from invoicing.backends.rules import AccountState, Adapter, TaskState


class Account(Model):
    """One way for a tax entity to issue: an application, a disc, an invoicing point (开票点).

    `credentials` is encrypted JSON bound to the row; null: those of the settings. `weight` says
    how much of the entity's load it takes; `most_fen` limits one invoice, with tax.
    """

    id = key()
    callback_token = public_id("tcb")
    public_id = public_id("tba")
    tax_entity_id = ref()
    adapter = fields.CharEnumField(Adapter, max_length=10)
    name = fields.CharField(max_length=40)
    point = fields.CharField(max_length=40, db_default="")
    base_url = fields.CharField(max_length=200, db_default="")
    credentials: str | None = fields.TextField(null=True)
    is_active = fields.BooleanField(db_default=True)
    state = fields.CharEnumField(AccountState, max_length=12, db_default=AccountState.READY)
    said = fields.CharField(max_length=200, db_default="")
    login_url = fields.CharField(max_length=300, db_default="")
    failures = fields.IntField(db_default=0)
    weight = fields.IntField(db_default=1)
    most_fen: Field[int | None] = fields.BigIntField(null=True)
    most_lines: Field[int | None] = fields.IntField(null=True)
    quota_fen: Field[int | None] = fields.BigIntField(null=True)
    numbers_left: Field[int | None] = fields.BigIntField(null=True)
    checked_at: Field[datetime | None] = fields.DatetimeField(null=True)
    quota_checked_at: Field[datetime | None] = fields.DatetimeField(null=True)
    down_since: Field[datetime | None] = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "backends_account"
        unique_together = (("tax_entity_id", "adapter", "point"),)


class Number(Model):
    """An invoice number drawn before its use (预赋码); `request_no` is what it was given to."""

    id = key()
    account_id = ref(is_indexed=False)
    tax_no = fields.CharField(max_length=20)
    number = fields.CharField(max_length=20, unique=True)
    request_no = fields.CharField(max_length=20, null=True)
    drawn_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "backends_number"
        unique_together = (("account_id", "tax_no", "request_no"),)


class Device(Model):
    """The tax disc or server behind a bridge account, as its agent last described it.

    `public_key` is the agent's; `last_stamp` guards against words said again.
    """

    id = key()
    account_id = fields.BigIntField(unique=True)
    disc_no = fields.CharField(max_length=40, db_default="")
    version = fields.CharField(max_length=40, db_default="")
    last_stamp = fields.BigIntField(db_default=0)
    is_ready = fields.BooleanField(db_default=False)
    hold = fields.CharField(max_length=12, db_default="")
    said = fields.CharField(max_length=200, db_default="")
    numbers_left: Field[int | None] = fields.BigIntField(null=True)
    seen_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "backends_device"


class Task(Model):
    """A request that waits for its device. Its number is used once; `payload` is encrypted.

    It is emptied when the task has ended: what was issued stands in `answer`, without the buyer.
    """

    id = key()
    account_id = ref(is_indexed=False)
    request_no = fields.CharField(max_length=20)
    payload = fields.TextField()
    state = fields.CharEnumField(TaskState, max_length=8, db_default=TaskState.WAITING)
    lease_no = fields.IntField(db_default=0)
    leased_until: Field[datetime | None] = fields.DatetimeField(null=True)
    code = fields.CharField(max_length=40, db_default="")
    said = fields.CharField(max_length=200, db_default="")
    answer: dict[str, Any] | None = fields.JSONField(null=True)
    created_at = fields.DatetimeField(db_default=Now())
    ended_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "backends_task"
        unique_together = (("account_id", "request_no"),)
        indexes = (("account_id", "state", "id"),)
