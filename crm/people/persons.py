"""Tables of who a member is: the ids of a person, what they agreed to, merges of two into one."""

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from crm.people.rules import STANDARD_TIER, Purpose
from crm.people.rules.identities import Entrance, Gender, IdKind, MatchedBy


class Member(Model):
    """A person the brand knows (会员). Who they are elsewhere stands in their identities.

    `merged_into_id`: they were somebody we knew already. `erased_at`: nobody can tell any more who
    they were. `minor_until`: the day they turn fourteen, as long as it lies ahead.
    """

    id = key()
    public_id = public_id("mem")
    tier = fields.CharField(max_length=20, default=STANDARD_TIER)
    joined_at = fields.DatetimeField()
    entrance: fields.Field[Entrance | None] = fields.CharEnumField(  # type: ignore[assignment]
        Entrance, max_length=20, null=True
    )
    home_store_id = maybe_ref()
    name_cipher: fields.Field[str | None] = fields.CharField(max_length=255, null=True)
    birthday_cipher: fields.Field[str | None] = fields.CharField(max_length=255, null=True)
    birth_month: fields.Field[int | None] = fields.SmallIntField(null=True)
    birth_day: fields.Field[int | None] = fields.SmallIntField(null=True)
    minor_until: fields.Field[date | None] = fields.DateField(null=True)
    gender: fields.Field[Gender | None] = fields.CharEnumField(  # type: ignore[assignment]
        Gender, max_length=10, null=True
    )
    merged_into_id = maybe_ref()
    erased_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_member"
        indexes = (("birth_month", "birth_day"),)


class Identity(Model):
    """What a person is known by somewhere, from when to when, and who said so.

    `known_as` is the id itself, or for a phone and an e-mail its blind index; their text stands in
    `cipher`. At most one open row has an id: one id is one person. `realm` is the app, the corp or
    empty. An id is `verified_at` when its owner, and not only a list, showed that it is theirs.
    """

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "people.Member", related_name="identities"
    )
    member_id: int
    kind = fields.CharEnumField(IdKind, max_length=20)
    realm = fields.CharField(max_length=64, default="", db_default="")
    known_as = fields.CharField(max_length=128)
    tail_index: fields.Field[str | None] = fields.CharField(
        max_length=120, null=True, db_index=True
    )
    cipher: fields.Field[str | None] = fields.CharField(max_length=400, null=True)
    source = fields.CharField(max_length=40)
    since = fields.DatetimeField(db_default=Now())
    verified_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    why_ended = fields.CharField(max_length=40, default="", db_default="")

    class Meta(Model.Meta):
        table = "people_identity"
        indexes = (("member_id", "kind"),)
        constraints = (
            UniqueConstraint(
                fields=("kind", "realm", "known_as"),
                name="people_identity_open",
                condition="until IS NULL",
            ),
        )


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
    text_version = fields.CharField(max_length=40)
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
    """A member came in by an entrance, maybe by a signed source (来源触点); the first counts."""

    id = key()
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField("people.Member")
    member_id: int
    entrance: fields.Field[Entrance | None] = fields.CharEnumField(  # type: ignore[assignment]
        Entrance, max_length=20, null=True
    )
    guide_id = maybe_ref()
    store_id = maybe_ref()
    group_id = maybe_ref()
    product_id = maybe_ref()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "people_touch"
        indexes = (("member_id", "id"),)


class Merge(Model):
    """Two members were one person: `gone_id` went into `kept_id`. It can be undone, once.

    `filled` names what the kept one took over of the other, and what stood there before.
    """

    id = key()
    public_id = public_id("mrg")
    kept_id = ref()
    gone_id = ref()
    matched_by = fields.CharEnumField(MatchedBy, max_length=20)
    reason = fields.CharField(max_length=200)
    actor = fields.CharField(max_length=80)
    filled = fields.JSONField[dict[str, Any]](default=dict)
    moved = fields.JSONField[dict[str, int]](default=dict)
    at = fields.DatetimeField()
    undone_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    undone_by = fields.CharField(max_length=80, default="")
    undone_reason = fields.CharField(max_length=200, default="")

    class Meta(Model.Meta):
        table = "people_merge"
        constraints = (
            UniqueConstraint(
                fields=("gone_id",), name="people_merge_standing", condition="undone_at IS NULL"
            ),
        )


class Match(Model):
    """Two members who may be one person, for somebody to look at (疑似同一人)."""

    id = key()
    public_id = public_id("mat")
    one_id = ref()
    other_id = ref()
    matched_by = fields.CharEnumField(MatchedBy, max_length=20)
    found_at = fields.DatetimeField()
    decided_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=80, default="")
    is_same: fields.Field[bool | None] = fields.BooleanField(null=True)

    class Meta(Model.Meta):
        table = "people_match"
        unique_together = (("one_id", "other_id", "matched_by"),)


class Erasure(Model):
    """Somebody wants to be forgotten (注销); `why_waits` says what has to end first."""

    id = key()
    member_id = fields.BigIntField(unique=True)
    actor = fields.CharField(max_length=80)
    asked_at = fields.DatetimeField()
    why_waits = fields.CharField(max_length=40, default="")
    done_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    counts = fields.JSONField[dict[str, int]](default=dict)

    class Meta(Model.Meta):
        table = "people_erasure"


class OneTimeCode(Model):
    """A code sent to a phone or an e-mail to show whose it is. Only hashes are kept."""

    id = key()
    known_as = fields.CharField(max_length=128, db_index=True)
    code_hash = fields.CharField(max_length=64)
    tries = fields.SmallIntField(default=0)
    expires_at = fields.DatetimeField(db_index=True)
    used_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_one_time_code"


class RetentionRun(Model):
    """What the retention job deleted of one table on one day (P13)."""

    id = key()
    day = fields.DateField()
    table_name = fields.CharField(max_length=63)
    rows = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "people_retention_run"
        unique_together = (("day", "table_name"),)


class OldMembersFile(Model):
    """A file of old members and how far it was taken: a stopped import goes on behind it."""

    id = key()
    fingerprint = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=120)
    lines_done = fields.IntField(default=0)
    new = fields.IntField(default=0)
    changed = fields.IntField(default=0)
    same = fields.IntField(default=0)
    refused = fields.IntField(default=0)
    started_at = fields.DatetimeField()
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "people_old_members_file"
