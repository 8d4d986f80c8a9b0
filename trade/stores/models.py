"""Stores, who sells there, in whose name. Private: others use `service` and `queries`."""

from datetime import datetime

from tortoise import fields
from tortoise.fields import Field, Now
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from core.columns import key
from core.security.scope import Role
from trade.stores.rules import StoreKind


class TaxEntity(Model):
    """In whose name a store sells (开票主体): what an invoice says about the seller."""

    id = key()
    code = fields.CharField(max_length=32, unique=True)
    tax_no = fields.CharField(max_length=20)
    name = fields.CharField(max_length=100)
    address = fields.CharField(max_length=100, default="")
    phone = fields.CharField(max_length=20, default="")
    bank_account = fields.CharField(max_length=100, default="")
    drawer = fields.CharField(max_length=20)

    class Meta(Model.Meta):
        table = "stores_tax_entity"


class Franchisee(Model):
    """A company that owns stores under our brand (加盟商)."""

    id = key()
    code = fields.CharField(max_length=32, unique=True)
    name = fields.CharField(max_length=100)

    class Meta(Model.Meta):
        table = "stores_franchisee"


class Store(Model):
    """A place that sells (门店). `has_till` says whether paper can be printed there.

    `lends_stock`: a store of another company also serves orders of other stores (its owner says
    so). `city_radius_m` 0: no same-city delivery. `week` and `special_days` hold the opening hours
    (see `hours`); without them the text in `hours` is read.
    """

    id = key()
    code = fields.CharField(max_length=32, unique=True)
    name = fields.CharField(max_length=60)
    kind = fields.CharEnumField(StoreKind, max_length=12)
    region = fields.CharField(max_length=20)
    city = fields.CharField(max_length=20)
    address = fields.CharField(max_length=120)
    phone = fields.CharField(max_length=20, default="")
    hours = fields.CharField(max_length=40, default="")
    latitude = fields.FloatField()
    longitude = fields.FloatField()
    has_till = fields.BooleanField(default=True)
    is_open = fields.BooleanField(default=True)
    lends_stock = fields.BooleanField(db_default=False)
    offers_pickup = fields.BooleanField(db_default=True)
    offers_express = fields.BooleanField(db_default=True)
    city_radius_m = fields.BigIntField(db_default=0)
    city_fee_fen = fields.BigIntField(db_default=0)
    city_minimum_fen = fields.BigIntField(db_default=0)
    week = fields.JSONField[list[list[list[int]]]](null=True)
    special_days = fields.JSONField[dict[str, list[list[int]]]](null=True)
    tax_entity: fields.ForeignKeyRelation[TaxEntity] = fields.ForeignKeyField("stores.TaxEntity")
    tax_entity_id: int
    franchisee: fields.ForeignKeyNullableRelation[Franchisee] = fields.ForeignKeyField(
        "stores.Franchisee", null=True
    )
    franchisee_id: int | None

    class Meta(Model.Meta):
        table = "stores_store"
        constraints = (
            CheckConstraint(
                "kind NOT IN ('franchise', 'agency') OR franchisee_id IS NOT NULL",
                name="stores_store_owner_check",
            ),
            CheckConstraint(
                "least(city_radius_m, city_fee_fen, city_minimum_fen) >= 0",
                name="stores_store_city_check",
            ),
            CheckConstraint(
                "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
                name="stores_store_place_check",
            ),
        )


class Staff(Model):
    """Who works for us (员工). `name` is personal; guests see `display_name`.

    `user_id` is the WeCom member (企业微信成员); `login` and `password_hash` serve the console.
    """

    id = key()
    user_id = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=40)
    display_name = fields.CharField(max_length=40)
    role = fields.CharEnumField(Role, max_length=20)
    store: fields.ForeignKeyNullableRelation[Store] = fields.ForeignKeyField(
        "stores.Store", null=True
    )
    store_id: int | None
    franchisee: fields.ForeignKeyNullableRelation[Franchisee] = fields.ForeignKeyField(
        "stores.Franchisee", null=True
    )
    franchisee_id: int | None
    login = fields.CharField(max_length=40, unique=True, null=True)
    password_hash = fields.CharField(max_length=160, null=True)
    is_active = fields.BooleanField(default=True)

    class Meta(Model.Meta):
        table = "stores_staff"
        constraints = (
            CheckConstraint(
                "role NOT IN ('guide', 'store_manager') OR store_id IS NOT NULL",
                name="stores_staff_store_check",
            ),
            CheckConstraint(
                "role <> 'franchisee' OR franchisee_id IS NOT NULL",
                name="stores_staff_franchisee_check",
            ),
            CheckConstraint("role <> 'member'", name="stores_staff_role_check"),
        )


class StoreKey(Model):
    """A key that signs the codes on a store's receipts; its id is the code's `kid` (two bytes).

    A store's own keys have no `device`; a box (动码盒子) signs with keys of its own. The newest of
    each signs, and all are read until `refused_at`: a stolen box. `secret` is encrypted and bound
    to its row.
    """

    id = key()
    store: fields.ForeignKeyRelation[Store] = fields.ForeignKeyField("stores.Store")
    store_id: int
    device = fields.CharField(max_length=40, db_default="", db_index=True)
    secret = fields.CharField(max_length=400)
    created_at = fields.DatetimeField(db_default=Now())
    refused_at: Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        table = "stores_key"
        constraints = (CheckConstraint("id BETWEEN 1 AND 65535", name="stores_key_kid_check"),)
