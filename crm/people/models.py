"""Tables of people. Private: other rooms come through `service` and `queries`.

Which columns are personal, why they are kept and for how long, stands in `crm.people.privacy`.
"""

from datetime import datetime

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from crm.people.rules import STANDARD_TIER, MessageState, Purpose, Why


class Member(Model):
    """A person the brand knows (会员). The phone is a cipher bound to this row.

    The two indexes find it again: by the whole number, and by its last four digits.
    """

    id = key()
    public_id = public_id("mem")
    union_id = fields.CharField(max_length=64, null=True, unique=True)
    phone_cipher = fields.CharField(max_length=255, null=True)
    phone_index = fields.CharField(max_length=120, null=True, unique=True)
    phone_last4_index = fields.CharField(max_length=120, null=True, db_index=True)
    tier = fields.CharField(max_length=20, default=STANDARD_TIER)
    joined_at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "people_member"


class MemberId(Model):
    """What one app calls a member: an OpenID is worth nothing in another app."""

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("people.Member")
    member_id: int
    app_id = fields.CharField(max_length=64)
    open_id = fields.CharField(max_length=64)

    class Meta(Model.Meta):
        table = "people_member_id"
        indexes = (("member_id",),)
        unique_together = (("app_id", "open_id"),)


class Consent(Model):
    """Somebody agreed to one purpose, having read one version of its text.

    A row is never edited but for its end; of one purpose at most one row is open.
    """

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "people.Member", related_name="consents"
    )
    member_id: int
    purpose = fields.CharEnumField(Purpose, max_length=20)
    text_version = fields.CharField(max_length=20)
    how = fields.CharField(max_length=40)
    given_at = fields.DatetimeField()
    withdrawn_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_consent"
        constraints = (
            UniqueConstraint(
                fields=("member", "purpose"),
                name="people_consent_open",
                condition="withdrawn_at IS NULL",
            ),
        )


class Touch(Model):
    """A member came by a signed source (来源触点): the first row is where the knowing began."""

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("people.Member")
    member_id: int
    guide_id = maybe_ref()
    store_id = maybe_ref()
    group_id = maybe_ref()
    product_id = maybe_ref()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "people_touch"
        indexes = (("member_id", "id"),)


class Binding(Model):
    """Which guide of which store looks after a member (导购绑定); at most one row is open."""

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "people.Member", related_name="bindings"
    )
    member_id: int
    guide_id = ref()
    store_id = ref()
    bound_at = fields.DatetimeField()
    unbound_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_binding"
        indexes = (("member_id", "id"),)
        constraints = (
            UniqueConstraint(
                fields=("member",), name="people_binding_open", condition="unbound_at IS NULL"
            ),
        )


class CustomerGroup(Model):
    """A WeCom customer group (客户群), as far as sharing needs it: whose it is, of which store.

    A dismissed group keeps its row, because sales began there.
    """

    id = key()
    public_id = public_id("grp")
    chat_id = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=120, default="")
    owner_guide_id = ref()
    store_id = maybe_ref()
    seen_at = fields.DatetimeField()
    gone_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_group"


class Attribution(Model):
    """Who gets the credit of a paid order (业绩归属), why, and by which version of the rule."""

    id = key()
    order_no = fields.CharField(max_length=32, unique=True)
    member_id = maybe_ref()
    store_id = ref()
    guide_id = maybe_ref()
    group_id = maybe_ref()
    why = fields.CharEnumField(Why, max_length=20)
    rule = fields.CharField(max_length=10)
    paid_fen = fen()
    points = fields.BigIntField()
    at = fields.DatetimeField(db_index=True)

    class Meta(Model.Meta):
        table = "people_attribution"
        indexes = (("store_id", "at"),)
        constraints = (
            CheckConstraint(
                "least(paid_fen, points) >= 0", name="people_attribution_amounts_check"
            ),
        )


class MessageIntent(Model):
    """Something we want a member of staff to read, and how it ended. `key` is said once, ever."""

    id = key()
    key = fields.CharField(max_length=120, unique=True)
    staff_id = ref()
    text = fields.CharField(max_length=600)
    state = fields.CharEnumField(MessageState, max_length=20, default=MessageState.WANTED)
    wanted_at = fields.DatetimeField()
    first_tried_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    settled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_message_intent"


class MemberMessage(Model):
    """Something a member should read on the phone, and how it ended. `key` is said once, ever.

    What it says is put together when it is sent: no code and no name is kept here. `why` tells
    what stood in the way.
    """

    id = key()
    key = fields.CharField(max_length=120, unique=True)
    member_id = ref()
    order_id = ref()
    state = fields.CharEnumField(MessageState, max_length=20, default=MessageState.WANTED)
    why = fields.CharField(max_length=40, default="")
    wanted_at = fields.DatetimeField()
    settled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_member_message"


class FollowUp(Model):
    """A reason for a shopping guide (导购) to say hello."""

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("people.Member")
    member_id: int
    product_id = ref()
    guide_id = ref()
    due_on = fields.DateField()

    class Meta(Model.Meta):
        table = "people_follow_up"
        unique_together = (("member", "product_id"),)
