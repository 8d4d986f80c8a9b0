"""What a row of each file of a brand must look like. `examples/brand/README.md` explains it."""

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from core.security.scope import Role
from trade.catalog.rules import SceneKind, is_barcode
from trade.stores.rules import OWNED_BY_OTHERS, StoreKind, is_taxpayer_no

LONG_AGO = date(2000, 1, 1)


def fault(kind: str) -> PydanticCustomError:
    """A fault whose kind is the last part of a refusal's code."""
    return PydanticCustomError(kind, "refused")


def _shaped(pattern: str, kind: str) -> BeforeValidator:
    shape = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, str) and not shape.fullmatch(value):
            raise fault(kind)
        return value

    return BeforeValidator(check)


def _plain(text: str) -> str:
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise fault("control_character")
    return text


def _flag(value: Any) -> Any:
    known = {"true": True, "false": False}
    if isinstance(value, str) and value.lower() not in known:
        raise fault("bad_flag")
    return known[value.lower()] if isinstance(value, str) else value


def _passes(test: Any, kind: str) -> AfterValidator:
    def check(value: str) -> str:
        if not test(value):
            raise fault(kind)
        return value

    return AfterValidator(check)


def _is_picture(text: str) -> bool:
    return bool(re.fullmatch(r"(/(?!/)|https://)[\w./%~+:-]+", text, re.ASCII))


def _are_barcodes(text: str) -> bool:
    return all(is_barcode(code) for code in text.split("|")) if text else True


def _is_spec(text: str) -> bool:
    """`material=白橡木|legs=铁`: each axis once, with a value of at most 40 letters."""
    parts = [part.partition("=") for part in text.split("|")] if text else []
    names = [name for name, _, _ in parts]
    return len(set(names)) == len(names) and all(
        name and value.strip() and len(value) <= 40 for name, _, value in parts
    )


def pairs_of(spec: str) -> dict[str, str]:
    parts = (part.partition("=") for part in spec.split("|") if part)
    return {name.strip(): value.strip() for name, _, value in parts}


Code = Annotated[str, _shaped(r"[A-Za-z0-9._-]{1,32}", "bad_code")]
Number = Annotated[int, _shaped(r"[0-9]{1,15}", "bad_number"), Field(le=10**11)]
Bp = Annotated[int, _shaped(r"[0-9]{1,15}", "bad_number"), Field(le=10_000)]
Degrees = Annotated[float, _shaped(r"-?[0-9]{1,3}(\.[0-9]{1,9})?", "bad_place")]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[date, _shaped(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "bad_date")]
Picture = Annotated[str, StringConstraints(max_length=200), _passes(_is_picture, "bad_picture")]
Barcode = Annotated[str, _passes(is_barcode, "bad_barcode")]
TaxpayerNo = Annotated[str, _passes(is_taxpayer_no, "bad_taxpayer_no")]
TaxCode = Annotated[str, _shaped(r"[0-9]{19}", "bad_tax_code")]
Plain = AfterValidator(_plain)
Spec = Annotated[str, StringConstraints(max_length=400), Plain, _passes(_is_spec, "bad_spec")]
Short = Annotated[str, StringConstraints(max_length=20), Plain]
Name = Annotated[str, StringConstraints(max_length=40), Plain]
Title = Annotated[str, StringConstraints(max_length=100), Plain]
Text = Annotated[str, StringConstraints(max_length=2_000), Plain]


class Row(BaseModel):
    """`KEYS` are the columns that, together, may stand only once in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    FILE: ClassVar[str]
    KEYS: ClassVar[tuple[tuple[str, ...], ...]]


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


class Dated(Row):
    valid_from: Day = LONG_AGO
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise fault("bad_days")
        return self


class PriceRow(Dated):
    """A price in a store, in a region, or (both empty) everywhere; with a tier it is the tier's."""

    FILE = "prices.csv"
    KEYS = (("store_code", "region", "tier", "sku_code", "valid_from"),)

    store_code: Code = ""
    region: Short = ""
    sku_code: Code
    tier: Annotated[str, _shaped(r"[A-Za-z0-9._-]{1,20}", "bad_code")] = ""
    price_fen: Number
    is_lower_only: Flag = False


class StockRow(Row):
    FILE = "stock.csv"
    KEYS = (("store_code", "sku_code"),)

    store_code: Code
    sku_code: Code
    quantity: Annotated[Number, Field(le=1_000_000)]
    safety: Annotated[Number, Field(le=1_000_000)] = 0


class FullReductionRow(Dated):
    FILE = "full_reductions.csv"
    KEYS = (("code",),)

    code: Code
    name: Name
    store_code: Code = ""
    threshold_fen: Annotated[Number, Field(ge=1)]
    reduction_fen: Annotated[Number, Field(ge=1)]

    @model_validator(mode="after")
    def _takes_off_no_more_than_its_threshold(self) -> Self:
        if self.reduction_fen > self.threshold_fen:
            raise fault("reduction_above_threshold")
        return self


class MemberRateRow(Dated):
    FILE = "member_rates.csv"
    KEYS = (("tier",),)

    tier: Annotated[str, _shaped(r"[A-Za-z0-9._-]{1,20}", "bad_code")]
    rate_bp: Bp


class ProgramRateRow(Row):
    FILE = "rates.csv"
    KEYS = (("valid_from",),)

    points_per_yuan: Annotated[Number, Field(le=1_000)]
    commission_bp: Bp
    share_bp: Bp
    valid_from: Day = LONG_AGO


class PrinterRow(Row):
    FILE = "printers.csv"
    KEYS = (("store_code", "host", "port"),)

    store_code: Code
    host: Annotated[str, _shaped(r"[A-Za-z0-9.:-]{1,100}", "bad_value")]
    port: Annotated[Number, Field(ge=1, le=65_535)] = 9_100
    columns: Annotated[Number, Field(le=100)] = 48
