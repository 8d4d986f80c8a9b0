"""What is sold where, and what stands beside it."""

from tortoise import fields
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.fields import Now
from tortoise.models import Model

from core.columns import key, ref
from trade.catalog.models.goods import Product


class LimitedStore(Model):
    """A store that sells a limited product; head office says so."""

    id = key()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("catalog.Product")
    product_id: int
    store_id = ref()

    class Meta(Model.Meta):
        table = "catalog_limited_store"
        unique_together = (("product", "store_id"),)


class OffShelf(Model):
    """A store took this product off its own shelf (下架). The row goes when it is put back."""

    id = key()
    store_id = ref()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("catalog.Product")
    product_id: int
    by = fields.CharField(max_length=80)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "catalog_off_shelf"
        unique_together = (("product", "store_id"),)


class StorePage(Model):
    """How a store shows itself (门店主页). Without a store: what every store falls back to.

    A field that is null falls back; an empty list or text is said on purpose.
    """

    id = key()
    store_id = fields.BigIntField(null=True)
    banner = fields.CharField(max_length=200, null=True)
    notice = fields.CharField(max_length=300, null=True)
    notice_en = fields.CharField(max_length=300, null=True)
    hours = fields.CharField(max_length=100, null=True)
    featured = fields.JSONField[list[int]](null=True)
    scenes = fields.JSONField[list[int]](null=True)
    by = fields.CharField(max_length=80)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "catalog_store_page"


class SearchEntry(Model):
    """By which words a product is found; worked out again whenever one of its facts changes."""

    id = key()
    product: fields.OneToOneRelation[Product] = fields.OneToOneField("catalog.Product")
    product_id: int
    words = TSVectorField()

    class Meta(Model.Meta):
        table = "catalog_search"


class Edition(Model):
    """Counts the changes of goods: whoever keeps a copy of a page asks whether it still holds."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    number = fields.BigIntField()

    class Meta(Model.Meta):
        table = "catalog_edition"


class Favourite(Model):
    """`source` is where the liking began (来源, as `live:31`); the first one stays."""

    id = key()
    member_id = ref()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("catalog.Product")
    source = fields.CharField(max_length=64, null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "catalog_favourite"
        unique_together = (("member_id", "product"),)
