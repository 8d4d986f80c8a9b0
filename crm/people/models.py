"""Tables of people. Private: other rooms come through `service` and `queries`.

Which columns are personal, why they are kept and for how long, stands in `crm.people.privacy`.
"""

from datetime import datetime

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from crm.people.handling import Parting, StoreContract
from crm.people.persons import (
    Consent,
    Erasure,
    Identity,
    Match,
    Member,
    Merge,
    OldMembersFile,
    OneTimeCode,
    RetentionRun,
    Touch,
)
from crm.people.rules import MessageState, Why

__all__ = [
    "Attribution",
    "Binding",
    "Consent",
    "CustomerGroup",
    "Erasure",
    "FollowUp",
    "Identity",
    "Match",
    "Member",
    "MemberMessage",
    "Merge",
    "MessageIntent",
    "OldMembersFile",
    "OneTimeCode",
    "Parting",
    "RetentionRun",
    "StoreContract",
    "Touch",
]


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
