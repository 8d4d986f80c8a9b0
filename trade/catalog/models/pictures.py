"""What goods look like: pictures and scenes."""

from tortoise import fields
from tortoise.fields import Now
from tortoise.fields.base import OnDelete
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key, maybe_ref, public_id
from core.ids import new_no
from trade.catalog.models.goods import Product, Sku
from trade.catalog.rules import PictureState, SceneKind


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
