"""Tables of reach: what members should be told, what was, and what may still be."""

from datetime import datetime

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from core.privacy import Purpose
from crm.reach.rules import Channel, State, Window


class Template(Model):
    """What a message says. Changing it changes what is sent from then on.

    `data`: the fields of a subscription message (`thing1`: text). Texts have places, as {store}.
    """

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=60)
    channel = fields.CharEnumField(Channel, max_length=12)
    purpose = fields.CharEnumField(Purpose, max_length=20)
    subject = fields.CharField(max_length=120, default="")
    text = fields.TextField(default="")
    platform_id = fields.CharField(max_length=64, default="")
    page = fields.CharField(max_length=120, default="")
    data = fields.JSONField[dict[str, str]](default=dict)
    is_on = fields.BooleanField(default=True)
    changed_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "reach_template"


class Message(Model):
    """One message to one member, and how it ended. `key` is said once, ever.

    `words` fill the places of the template and name nobody; what was said is put together when it
    leaves and kept as `said`, so that a repetition says the same. `spent` lists the windows that
    counted it. `is_held`: what it is for is paused. `partner_no` is the outside's number of it.
    """

    id = key()
    public_id = public_id("msg")
    key = fields.CharField(max_length=120, unique=True)
    member_id = ref()
    channel = fields.CharEnumField(Channel, max_length=12)
    purpose = fields.CharEnumField(Purpose, max_length=20)
    template: fields.ForeignKeyRelation[Template] = fields.ForeignKeyField("reach.Template")
    template_id: int
    words = fields.JSONField[dict[str, str]](default=dict)
    said = fields.TextField(default="")
    cause = fields.CharField(max_length=60, db_index=True)
    batch = fields.CharField(max_length=120, db_index=True)
    state = fields.CharEnumField(State, max_length=12, default=State.WANTED)
    why = fields.CharField(max_length=20, default="")
    spent = fields.JSONField[list[list[str]]](default=list)
    partner_no = fields.CharField(max_length=80, default="")
    guide_id = maybe_ref(is_indexed=False)
    wanted_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    is_held = fields.BooleanField(default=False)
    not_after: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    tried_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    settled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    asked_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "reach_message"
        indexes = (("state", "channel"),)


class Limit(Model):
    """At most so many marketing messages to one member in a calendar window."""

    id = key()
    channel = fields.CharField(max_length=12, default="")
    span = fields.CharEnumField(Window, max_length=8)
    most = fields.IntField()

    class Meta(Model.Meta):
        table = "reach_limit"
        unique_together = (("channel", "span"),)


class QuietHours(Model):
    """The one row that says when members are left alone."""

    id = key()
    starts = fields.CharField(max_length=5)  # 21:00, of the shop's clock
    ends = fields.CharField(max_length=5)

    class Meta(Model.Meta):
        table = "reach_quiet_hours"


class Spent(Model):
    """How much of one member's budget one window has used.

    Counted up with its ceiling in the same statement: two senders at once cannot pass it.
    """

    id = key()
    member_id = ref(is_indexed=False)
    channel = fields.CharField(max_length=12, default="")
    span = fields.CharEnumField(Window, max_length=8)
    starts_on = fields.DateField()
    used = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "reach_spent"
        unique_together = (("member_id", "channel", "span", "starts_on"),)
        constraints = (CheckConstraint("used >= 0", name="reach_spent_used_check"),)


class Permit(Model):
    """A member allowed one subscription message of one template (一次性订阅). `key` names the tap.

    `message_id` used it; `ended_at`: the member turned the template off.
    """

    id = key()
    key = fields.CharField(max_length=120, unique=True)
    member_id = ref()
    platform_id = fields.CharField(max_length=64)
    given_at = fields.DatetimeField()
    message_id = maybe_ref()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "reach_permit"


class GuideTask(Model):
    """Something a guide should do for a member of theirs (跟进任务). `key` is asked once, ever."""

    id = key()
    public_id = public_id("gtk")
    key = fields.CharField(max_length=120, unique=True)
    member_id = ref()
    guide_id = ref()
    store_id = ref()
    text = fields.CharField(max_length=200)
    due_on = fields.DateField()
    asked_at = fields.DatetimeField()
    done_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    note = fields.CharField(max_length=200, default="")

    class Meta(Model.Meta):
        table = "reach_guide_task"
