"""Catalog tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, ref


class Product(Model):
    """An SPU (标准产品单元): what a shopper sees and likes."""

    id = key()
    title = fields.CharField(max_length=120)
    price_fen = fen()
    on_sale = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "catalog_product"
        constraints = (CheckConstraint("price_fen >= 0", name="catalog_product_price_fen_check"),)


class Favourite(Model):
    """`source` is where the liking began (来源, as `live:31`); the first one stays."""

    id = key()
    customer_id = ref()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("catalog.Product")
    source = fields.CharField(max_length=64, null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta(Model.Meta):
        table = "catalog_favourite"
        unique_together = (("customer_id", "product"),)
