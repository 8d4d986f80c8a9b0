"""Tables of behaviour. Private: other rooms come through `service`, `queries` and facts.

Ten million steps are a small shop's year: rows are narrow, counts stand beside them, and what is
older than the retention leaves by a job. Indexes for the questions of segments are by hand.
"""

from typing import Any

from tortoise import fields
from tortoise.fields import Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, ref


class Visitor(Model):
    """A phone on which nobody had signed in yet. `token_hash` is of the number it drew for itself.

    `member_id` is who signed in there last.
    """

    id = key()
    token_hash = fields.CharField(max_length=64, unique=True)
    member_id = maybe_ref()
    first_seen_at = fields.DatetimeField(db_default=Now())
    last_seen_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "behaviour_visitor"


class SourceRow(Model):
    """Where steps came from (来源), each combination once; steps carry its number."""

    id = key()
    fingerprint = fields.CharField(max_length=64, unique=True)
    guide_id = maybe_ref(is_indexed=False)
    store_id = maybe_ref(is_indexed=False)
    group_id = maybe_ref(is_indexed=False)
    scene = fields.IntField(null=True)
    campaign = fields.CharField(max_length=40, default="")

    class Meta(Model.Meta):
        table = "behaviour_source"


class Event(Model):
    """One step of a journey. `key` is made of who told it and their number for it: once, ever.

    `subject` is an order number, search words, a page: what the step was about. `at` is when it
    was by our clock, `received_at` when we heard. Neither member nor visitor: of nobody any more.
    """

    id = key()
    key: fields.Field[Any] = fields.UUIDField(unique=True)
    member_id = maybe_ref(is_indexed=False)
    visitor_id = maybe_ref(is_indexed=False)
    kind = fields.CharField(max_length=20)
    product_id = maybe_ref(is_indexed=False)
    store_id = maybe_ref(is_indexed=False)
    source_id = maybe_ref(is_indexed=False)
    subject = fields.CharField(max_length=80, db_default="")
    at = fields.DatetimeField()
    received_at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "behaviour_event"


class DayCount(Model):
    """How often a member did one thing on one day of the shop; written with the steps."""

    id = key()
    member_id = ref(is_indexed=False)
    on_day = fields.DateField()
    kind = fields.CharField(max_length=20)
    times = fields.IntField()

    class Meta(Model.Meta):
        table = "behaviour_day"
        unique_together = (("member_id", "kind", "on_day"),)
        constraints = (CheckConstraint("times > 0", name="behaviour_day_times_check"),)


class ProductDay(Model):
    """How often a product was looked at, shared, put in carts … on one day, and by how many.

    Counted by a job; it outlives the steps it was counted from.
    """

    id = key()
    on_day = fields.DateField()
    product_id = ref(is_indexed=False)
    kind = fields.CharField(max_length=20)
    times = fields.IntField()
    people = fields.IntField()

    class Meta(Model.Meta):
        table = "behaviour_product_day"
        unique_together = (("on_day", "kind", "product_id"),)


class Portrait(Model):
    """What a member seems to like (画像), worked out by a job from what they bought, or else saw.

    `level` 1 to 5 is spending among all who bought, or the price of goods looked at; `discount_bp`
    the share of discounts in what they bought; `new_bp` the share of goods that were new then.
    `id` is the member's.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    has_bought = fields.BooleanField()
    category = fields.CharField(max_length=40, null=True)
    brand = fields.CharField(max_length=40, null=True)
    level = fields.SmallIntField(null=True)
    discount_bp = fields.IntField(null=True)
    new_bp = fields.IntField(null=True)
    steps = fields.IntField()
    as_of = fields.DatetimeField()

    class Meta(Model.Meta):
        table = "behaviour_portrait"
        constraints = (
            CheckConstraint("level BETWEEN 1 AND 5", name="behaviour_portrait_level_check"),
        )
