"""Catalog tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, public_id, ref
from core.ids import new_no


class Product(Model):
    """An SPU (标准产品单元): what a shopper sees and likes.

    `price_fen` is the lowest list price among its SKUs; what a store asks is a quote's answer.
    """

    id = key()
    public_id = public_id("prd")
    code = fields.CharField(max_length=40, unique=True, default=new_no)
    title = fields.CharField(max_length=120)
    category = fields.CharField(max_length=40, default="", db_index=True)
    brand = fields.CharField(max_length=40, default="")
    description = fields.CharField(max_length=2000, default="")
    picture = fields.CharField(max_length=200, default="")
    price_fen = fen()
    on_sale = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "catalog_product"
        constraints = (CheckConstraint("price_fen >= 0", name="catalog_product_price_fen_check"),)


class Sku(Model):
    """An SKU (最小存货单位): the one thing with a colour and a size that is counted and sold.

    `list_price_fen` is the tag price (吊牌价), tax included; `tax_code` (税收分类编码) the tax
    office's class of goods.
    """

    id = key()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "catalog.Product", related_name="skus"
    )
    product_id: int
    code = fields.CharField(max_length=40, unique=True)
    barcode = fields.CharField(max_length=13, unique=True, null=True)
    colour = fields.CharField(max_length=20, default="")
    size = fields.CharField(max_length=20, default="")
    unit = fields.CharField(max_length=10)
    tax_code = fields.CharField(max_length=19)
    tax_bp = fields.IntField()
    list_price_fen = fen()
    picture = fields.CharField(max_length=200, default="")
    on_sale = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "catalog_sku"
        unique_together = (("product", "colour", "size"),)
        constraints = (
            CheckConstraint("list_price_fen >= 0", name="catalog_sku_list_price_fen_check"),
            CheckConstraint("tax_code ~ '^[0-9]{19}$'", name="catalog_sku_tax_code_check"),
            CheckConstraint("tax_bp BETWEEN 0 AND 10000", name="catalog_sku_tax_bp_check"),
            CheckConstraint("barcode ~ '^[0-9]{13}$'", name="catalog_sku_barcode_check"),
        )


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
