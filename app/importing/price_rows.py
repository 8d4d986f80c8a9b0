"""What a row about prices and rates must look like."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.importing.cells import (
    Bp,
    Code,
    Day,
    Flag,
    Name,
    Number,
    Row,
    Short,
    _shaped,
    fault,
)

LONG_AGO = date(2000, 1, 1)


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
