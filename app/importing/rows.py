"""What a row of each file of a brand must look like. `examples/brand/README.md` explains it."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.importing.cells import (
    Barcode,
    Bp,
    Code,
    Day,
    Degrees,
    Flag,
    Name,
    Number,
    Picture,
    Plain,
    Row,
    Short,
    TaxCode,
    TaxpayerNo,
    Text,
    Title,
    _are_barcodes,
    _is_spec,
    _passes,
    _shaped,
    fault,
    pairs_of,
)
from core.security.scope import Role
from trade.catalog.rules import SceneKind
from trade.stores.rules import OWNED_BY_OTHERS, StoreKind


class TaxEntityRow(Row):
    FILE = "tax_entities.csv"
    KEYS = (("code",),)

    code: Code
    tax_no: TaxpayerNo
    name: Title
    address: Title = ""
    phone: Short = ""
    bank_account: Title = ""
    drawer: Short


class FranchiseeRow(Row):
    FILE = "franchisees.csv"
    KEYS = (("code",),)

    code: Code
    name: Title


class StoreRow(Row):
    FILE = "stores.csv"
    KEYS = (("code",),)

    code: Code
    name: Name
    kind: StoreKind
    region: Short
    city: Short
    address: Title
    phone: Short = ""
    hours: Short = ""
    latitude: Annotated[Degrees, Field(ge=-90, le=90)]
    longitude: Annotated[Degrees, Field(ge=-180, le=180)]
    has_till: Flag
    is_open: Flag = True
    tax_entity_code: Code
    franchisee_code: Code = ""

    @model_validator(mode="after")
    def _has_an_owner(self) -> Self:
        if self.kind in OWNED_BY_OTHERS and not self.franchisee_code:
            raise fault("franchisee_needed")
        return self


class StaffRow(Row):
    FILE = "staff.csv"
    KEYS = (("user_id",), ("login",))

    user_id: Annotated[str, _shaped(r"[A-Za-z0-9._@-]{1,64}", "bad_code")]
    name: Name
    display_name: Name
    role: Role
    store_code: Code = ""
    franchisee_code: Code = ""
    login: Code = ""
    is_active: Flag = True

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.role in {Role.MEMBER, Role.PARTNER}:
            raise fault("bad_choice")
        if self.role in {Role.GUIDE, Role.STORE_MANAGER} and not self.store_code:
            raise fault("store_needed")
        if self.role is Role.FRANCHISEE and not self.franchisee_code:
            raise fault("franchisee_needed")
        return self


class CategoryRow(Row):
    FILE = "categories.csv"
    KEYS = (("code",),)

    code: Code
    name: Name
    name_en: Name = ""
    parent_code: Code = ""
    position: Annotated[Number, Field(le=100_000)] = 0


class BrandRow(Row):
    FILE = "brands.csv"
    KEYS = (("code",),)

    code: Code
    name: Name
    name_en: Name = ""


class AxisRow(Row):
    FILE = "axes.csv"
    KEYS = (("code",),)

    code: Annotated[str, _shaped(r"[a-z][a-z0-9_]{0,19}", "bad_axis")]
    name: Short
    name_en: Name = ""
    position: Annotated[Number, Field(le=100_000)] = 0

    @model_validator(mode="after")
    def _is_further(self) -> Self:
        if self.code in {"colour", "size"}:
            raise fault("bad_axis")
        return self


class ProductRow(Row):
    FILE = "products.csv"
    KEYS = (("code",),)

    code: Code
    title: Title
    title_en: Title = ""
    category: Name
    brand: Name = ""
    description: Text = ""
    picture: Picture = ""
    on_sale: Flag = True


class SkuRow(Row):
    FILE = "skus.csv"
    KEYS = (("code",), ("barcode",), ("product_code", "colour", "size", "spec"))

    product_code: Code
    code: Code
    barcode: Barcode | None = None
    colour: Short = ""
    size: Short = ""
    unit: Annotated[str, StringConstraints(max_length=10), Plain]
    tax_code: TaxCode
    tax_bp: Bp
    list_price_fen: Number
    picture: Picture = ""
    on_sale: Flag = True
    more_barcodes: Annotated[str, _passes(_are_barcodes, "bad_barcode")] = ""
    spec: Annotated[
        str, StringConstraints(max_length=400), Plain, _passes(_is_spec, "bad_spec")
    ] = ""
    presale_on: Day | None = None
    presale_until: Day | None = None
    deposit_bp: Annotated[int, _shaped(r"[0-9]{1,15}", "bad_number"), Field(le=9_999)] = 0

    @model_validator(mode="after")
    def _is_sold_before_it_ships(self) -> Self:
        if self.presale_on is None and (self.presale_until is not None or self.deposit_bp):
            raise fault("presale_day_needed")
        if self.presale_on and self.presale_until and self.presale_until > self.presale_on:
            raise fault("bad_days")
        return self

    @property
    def further(self) -> dict[str, str]:
        return pairs_of(self.spec)


class KitRow(Row):
    """One row is one part; the rows of a kit belong together."""

    FILE = "kits.csv"
    KEYS = (("kit_code", "sku_code"),)

    kit_code: Code
    sku_code: Code
    quantity: Annotated[Number, Field(ge=1, le=1_000)]


class SceneRow(Row):
    """One row is one product in a scene; the rows of a scene belong together, its first one says
    what it is."""

    FILE = "scenes.csv"
    KEYS = (("code", "product_code"),)

    code: Code
    kind: SceneKind
    title: Annotated[str, StringConstraints(max_length=60), Plain]
    title_en: Title = ""
    picture: Picture = ""
    store_code: Code = ""
    position: Annotated[Number, Field(le=100_000)] = 0
    product_code: Code
    sku_code: Code = ""
    x: Annotated[Number, Field(le=1_000)]
    y: Annotated[Number, Field(le=1_000)]


class StockRow(Row):
    FILE = "stock.csv"
    KEYS = (("store_code", "sku_code"),)

    store_code: Code
    sku_code: Code
    quantity: Annotated[Number, Field(le=1_000_000)]
    safety: Annotated[Number, Field(le=1_000_000)] = 0


class PrinterRow(Row):
    FILE = "printers.csv"
    KEYS = (("store_code", "host", "port"),)

    store_code: Code
    host: Annotated[str, _shaped(r"[A-Za-z0-9.:-]{1,100}", "bad_value")]
    port: Annotated[Number, Field(ge=1, le=65_535)] = 9_100
    columns: Annotated[Number, Field(le=100)] = 48
