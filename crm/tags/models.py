"""Tables of tags. Private: other rooms come through `service`, `queries` and facts."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from core.columns import key, public_id, ref
from crm.tags.rules import NAME_CHARS, Change, PushState, Source


class TagGroup(Model):
    """Tags that belong together (标签组). `is_single`: a member has at most one of them by hand.

    `wecom_id` is WeCom's name for it, once it is there. An archived group keeps its row.
    """

    id = key()
    public_id = public_id("tgg")
    name = fields.CharField(max_length=NAME_CHARS)
    is_single = fields.BooleanField(default=False)
    position = fields.IntField(default=0)
    wecom_id = fields.CharField(max_length=64, null=True, unique=True)
    archived_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "tags_group"
        constraints = (
            UniqueConstraint(
                fields=("name",), name="tags_group_name", condition="archived_at IS NULL"
            ),
        )


class Tag(Model):
    """One tag (标签). With a `condition` it is a rule tag: who it holds for has it, nobody else.

    `valid_days`: how long a mark lasts, where it is not said. `is_shared`: it is kept in WeCom too;
    `push` and `push_why` say how far that is. `version` grows with each change of name.
    """

    id = key()
    public_id = public_id("tag")
    group: fields.ForeignKeyRelation[TagGroup] = fields.ForeignKeyField(
        "tags.TagGroup", related_name="tags"
    )
    group_id: int
    name = fields.CharField(max_length=NAME_CHARS)
    position = fields.IntField(default=0)
    condition: fields.Field[Any] = fields.JSONField(null=True)
    refreshed_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    valid_days = fields.IntField(null=True)
    is_shared = fields.BooleanField(default=False)
    wecom_id = fields.CharField(max_length=64, null=True, unique=True)
    push = fields.CharEnumField(PushState, max_length=10, default=PushState.SETTLED)
    push_why = fields.CharField(max_length=80, default="")
    made_by = fields.CharField(max_length=40, default="")
    archived_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "tags_tag"
        constraints = (
            UniqueConstraint(
                fields=("group", "name"), name="tags_tag_name", condition="archived_at IS NULL"
            ),
            CheckConstraint("valid_days > 0", name="tags_tag_valid_days_check"),
        )


class Mark(Model):
    """A member has a tag, says `source`; until `until_at`, where there is an end.

    A row is never edited but for its validity and its end: the past of a tag is its rows.
    """

    id = key()
    member_id = ref(is_indexed=False)
    tag: fields.ForeignKeyRelation[Tag] = fields.ForeignKeyField("tags.Tag")
    tag_id: int
    source = fields.CharEnumField(Source, max_length=10)
    by = fields.CharField(max_length=40)
    cause = fields.CharField(max_length=120, default="")
    since_at = fields.DatetimeField(db_default=Now())
    until_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    ended_by = fields.CharField(max_length=40, db_default="")

    class Meta(Model.Meta):
        table = "tags_mark"
        constraints = (
            UniqueConstraint(
                fields=("member_id", "tag", "source"),
                name="tags_mark_open",
                condition="ended_at IS NULL",
            ),
        )


class CorpMark(Model):
    """One tag of one member as WeCom has it, and what we want of WeCom. One row for both."""

    id = key()
    member_id = ref(is_indexed=False)
    tag: fields.ForeignKeyRelation[Tag] = fields.ForeignKeyField("tags.Tag")
    tag_id: int
    is_there = fields.BooleanField()
    wanted = fields.CharEnumField(Change, max_length=10, null=True)
    state = fields.CharEnumField(PushState, max_length=10)
    why = fields.CharField(max_length=80, db_default="")
    changed_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "tags_corp_mark"
        unique_together = (("member_id", "tag"),)
        constraints = (
            CheckConstraint(
                "(wanted IS NULL) = (state = 'settled')", name="tags_corp_mark_wanted_check"
            ),
        )


class SyncRun(Model):
    """One look through all contacts of WeCom: how far it is (`cursor`), what it found, what failed.

    It goes on where it stopped: a first look at a hundred thousand contacts takes its time.
    """

    id = key()
    started_at = fields.DatetimeField(db_default=Now())
    ended_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    followers: fields.Field[Any] = fields.JSONField(default=list)
    place = fields.IntField(db_default=0)
    cursor = fields.CharField(max_length=200, db_default="")
    contacts = fields.IntField(db_default=0)
    strangers = fields.IntField(db_default=0)
    changed = fields.IntField(db_default=0)
    problem = fields.CharField(max_length=200, db_default="")

    class Meta(Model.Meta):
        table = "tags_sync_run"
