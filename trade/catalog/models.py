"""Catalog tables. Private: other rooms come through `service` and `queries`."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.fields import Now
from tortoise.fields.base import OnDelete
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import fen, key, maybe_ref, public_id, ref
from core.ids import new_no
from trade.catalog.rules import PictureState, SceneKind


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
    `is_limited`: only the stores named in `catalog_limited_store` sell it.
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

    class Meta(Model.Meta):
        table = "catalog_product"
        constraints = (CheckConstraint("price_fen >= 0", name="catalog_product_price_fen_check"),)


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


class Picture(Model):
    """An uploaded picture, named by the SHA-256 of what was uploaded.

    The row is written before its files are; `state` says whether they are all there.
    """

    id = key()
    name = fields.CharField(max_length=64, unique=True)
    state = fields.CharEnumField(PictureState, max_length=8, default=PictureState.STORING)
    width = fields.IntField()
    height = fields.IntField()
    by = fields.CharField(max_length=80)
    at = fields.DatetimeField(db_default=Now())

    class Meta(Model.Meta):
        table = "catalog_picture"
        constraints = (
            CheckConstraint("name ~ '^[0-9a-f]{64}$'", name="catalog_picture_name_check"),
            CheckConstraint("width > 0 AND height > 0", name="catalog_picture_size_check"),
        )


class ProductPicture(Model):
    """One of the pictures of a product's page, in order. `colour` empty: of all colours."""

    id = key()
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("catalog.Product")
    product_id: int
    picture: fields.ForeignKeyRelation[Picture] = fields.ForeignKeyField(
        "catalog.Picture", on_delete=OnDelete.RESTRICT
    )
    picture_id: int
    colour = fields.CharField(max_length=20, default="")
    position = fields.IntField()

    class Meta(Model.Meta):
        table = "catalog_product_picture"
        unique_together = (("product", "position"),)


class Scene(Model):
    """A room or an outfit in which products are shown together (场景), each of them shoppable.

    `store_id` set: shown in that store alone.
    """

    id = key()
    public_id = public_id("scn")
    code = fields.CharField(max_length=40, unique=True, default=new_no)
    kind = fields.CharEnumField(SceneKind, max_length=8)
    title = fields.CharField(max_length=60)
    title_en = fields.CharField(max_length=100, default="")
    picture = fields.CharField(max_length=200)
    store_id = maybe_ref()
    position = fields.IntField(default=0)
    is_shown = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "catalog_scene"


class SceneSpot(Model):
    """Where in the picture a product stands, in thousandths from the left and the top."""

    id = key()
    scene: fields.ForeignKeyRelation[Scene] = fields.ForeignKeyField("catalog.Scene")
    scene_id: int
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField("catalog.Product")
    product_id: int
    sku: fields.ForeignKeyNullableRelation[Sku] = fields.ForeignKeyField("catalog.Sku", null=True)
    sku_id: int | None
    x = fields.IntField()
    y = fields.IntField()

    class Meta(Model.Meta):
        table = "catalog_scene_spot"
        unique_together = (("scene", "product"),)
        constraints = (
            CheckConstraint(
                "x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000", name="catalog_scene_spot_check"
            ),
        )


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
