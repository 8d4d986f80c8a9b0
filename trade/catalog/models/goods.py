"""What is sold: goods and how they are told apart."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, public_id
from core.ids import new_no


class Category(Model):
    """A node of the tree of categories (类目). Goods may hang on any node.

    `path` holds the ids from the root down to this node, itself included.
    """

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    name_en = fields.CharField(max_length=60, default="")
    parent: fields.ForeignKeyNullableRelation["Category"] = fields.ForeignKeyField(
        "catalog.Category", null=True, on_delete=OnDelete.RESTRICT
    )
    parent_id: int | None
    position = fields.IntField(default=0)
    path = ArrayField("BIGINT", default=list)

    class Meta(Model.Meta):
        table = "catalog_category"
        constraints = (CheckConstraint("parent_id <> id", name="catalog_category_parent_check"),)


class Brand(Model):
    """Whose goods these are (品牌)."""

    id = key()
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=40)
    name_en = fields.CharField(max_length=60, default="")

    class Meta(Model.Meta):
        table = "catalog_brand"


class Axis(Model):
    """What goods are chosen by besides colour and size, as material or length (规格项)."""

    id = key()
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=20)
    name_en = fields.CharField(max_length=40, default="")
    position = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "catalog_axis"
        constraints = (
            CheckConstraint("code NOT IN ('colour', 'size')", name="catalog_axis_code_check"),
        )


class Product(Model):
    """An SPU (标准产品单元): what a shopper sees and likes.

    `price_fen` is the lowest list price among its SKUs; what a store asks is a quote's answer.
    `is_limited`: only the stores named in `catalog_limited_store` sell it. `limit_each`: so many
    pieces a member may buy (限购), within `limit_days`; 0 days: ever.
    """

    id = key()
    public_id = public_id("prd")
    code = fields.CharField(max_length=40, unique=True, default=new_no)
    title = fields.CharField(max_length=120)
    title_en = fields.CharField(max_length=160, default="")
    category: fields.ForeignKeyNullableRelation[Category] = fields.ForeignKeyField(
        "catalog.Category", null=True, on_delete=OnDelete.RESTRICT
    )
    category_id: int | None
    brand: fields.ForeignKeyNullableRelation[Brand] = fields.ForeignKeyField(
        "catalog.Brand", null=True, on_delete=OnDelete.RESTRICT
    )
    brand_id: int | None
    description = fields.CharField(max_length=2000, default="")
    picture = fields.CharField(max_length=200, default="")
    price_fen = fen()
    on_sale = fields.BooleanField(default=True)
    is_limited = fields.BooleanField(default=False)
    limit_each = fields.IntField(null=True)
    limit_days = fields.IntField(db_default=0)

    class Meta(Model.Meta):
        table = "catalog_product"
        constraints = (
            CheckConstraint("price_fen >= 0", name="catalog_product_price_fen_check"),
            CheckConstraint(
                "limit_each >= 1 AND limit_days >= 0", name="catalog_product_limit_check"
            ),
        )


class Sku(Model):
    """An SKU (最小存货单位): the one thing with a colour and a size that is counted and sold.

    `list_price_fen` is the tag price (吊牌价), tax included; `tax_code` (税收分类编码) the tax
    office's class of goods. `more_spec` holds the values of further axes by their code.
    `presale_on` is the day from which a pre-sold piece is promised, `presale_until` the last day
    to order it; `deposit_bp` what is paid at once, 0: everything.
    """

    id = key()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "catalog.Product", related_name="skus"
    )
    product_id: int
    code = fields.CharField(max_length=40, unique=True)
    colour = fields.CharField(max_length=20, default="")
    size = fields.CharField(max_length=20, default="")
    more_spec = fields.JSONField[dict[str, str]](default=dict)
    unit = fields.CharField(max_length=10)
    tax_code = fields.CharField(max_length=19)
    tax_bp = fields.IntField()
    list_price_fen = fen()
    picture = fields.CharField(max_length=200, default="")
    on_sale = fields.BooleanField(default=True)
    presale_on = fields.DateField(null=True)
    presale_until = fields.DateField(null=True)
    deposit_bp = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "catalog_sku"
        constraints = (
            CheckConstraint("list_price_fen >= 0", name="catalog_sku_list_price_fen_check"),
            CheckConstraint("tax_code ~ '^[0-9]{19}$'", name="catalog_sku_tax_code_check"),
            CheckConstraint("tax_bp BETWEEN 0 AND 10000", name="catalog_sku_tax_bp_check"),
            CheckConstraint("jsonb_typeof(more_spec) = 'object'", name="catalog_sku_spec_check"),
            CheckConstraint("deposit_bp BETWEEN 0 AND 9999", name="catalog_sku_deposit_check"),
            CheckConstraint(
                "presale_on IS NOT NULL OR (presale_until IS NULL AND deposit_bp = 0)",
                name="catalog_sku_presale_check",
            ),
            CheckConstraint("presale_until <= presale_on", name="catalog_sku_presale_days_check"),
        )


class Barcode(Model):
    """A code on a label (条码, EAN-13). A SKU may have several; position 0 is the one printed."""

    id = key()
    sku: fields.ForeignKeyRelation[Sku] = fields.ForeignKeyField("catalog.Sku")
    sku_id: int
    code = fields.CharField(max_length=13, unique=True)
    position = fields.IntField(default=0)

    class Meta(Model.Meta):
        table = "catalog_barcode"
        unique_together = (("sku", "position"),)
        constraints = (CheckConstraint("code ~ '^[0-9]{13}$'", name="catalog_barcode_code_check"),)


class KitPart(Model):
    """One kit (组合装) takes `quantity` pieces of a part. A part is never a kit itself."""

    id = key()
    kit: fields.ForeignKeyRelation[Sku] = fields.ForeignKeyField(
        "catalog.Sku", related_name="kit_parts"
    )
    kit_id: int
    part: fields.ForeignKeyRelation[Sku] = fields.ForeignKeyField(
        "catalog.Sku", related_name="kits", on_delete=OnDelete.RESTRICT
    )
    part_id: int
    quantity = fields.IntField()

    class Meta(Model.Meta):
        table = "catalog_kit_part"
        unique_together = (("kit", "part"),)
        constraints = (
            CheckConstraint("kit_id <> part_id", name="catalog_kit_part_itself_check"),
            CheckConstraint("quantity BETWEEN 1 AND 1000", name="catalog_kit_part_quantity_check"),
        )
