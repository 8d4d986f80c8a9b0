"""Tables of the feed. Private to it."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id, ref
from core.feed.rules import SubscriptionState


class Change(Model):
    """An event that partners may hear of, noted in its own transaction; gone once it is told."""

    id = key()
    kind = fields.CharField(max_length=40)
    event = fields.CharField(max_length=80)
    facts = fields.JSONField[dict[str, Any]]()
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "feed_change"


class Document(Model):
    """What partners are told of one change, or of its part in one store. Never changed."""

    id = key()
    kind = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=80)
    store_id = maybe_ref()
    data = fields.TextField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "feed_document"


class Subscription(Model):
    """What one partner wants to hear and how far it has heard.

    `last_sequence` was given out, `delivered` was confirmed; without a `url` it is only asked for.
    """

    id = key()
    public_id = public_id("sub")
    partner_id = ref()
    kinds = fields.JSONField[list[str]]()
    url = fields.CharField(max_length=300, default="")
    state = fields.CharEnumField(SubscriptionState, max_length=10)
    last_sequence = fields.BigIntField(default=0)
    delivered = fields.BigIntField(default=0)
    tries = fields.IntField(default=0)
    due_at = fields.DatetimeField(db_default=Now())
    error = fields.CharField(max_length=120, default="")
    created_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "feed_subscription"
        constraints = (
            CheckConstraint(
                "delivered BETWEEN 0 AND last_sequence", name="feed_subscription_delivered_check"
            ),
        )


class Message(Model):
    """A document in one subscription under its number. `set_aside_at`: refused too often."""

    id = key()
    subscription_id = ref()
    sequence = fields.BigIntField()
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField("feed.Document")
    document_id: int
    set_aside_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "feed_message"
        unique_together = (("subscription_id", "sequence"),)


class SecretRow(Model):
    """A secret that signs what a subscription is sent (签名密钥), sealed."""

    id = key()
    subscription_id = ref()
    key_id = fields.CharField(max_length=16, unique=True)
    cipher = fields.TextField()
    created_at = fields.DatetimeField(db_default=Now())
    expires_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "feed_secret"
