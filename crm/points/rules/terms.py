"""The terms of a points program (积分规则): data that a marketer writes, checked field by field."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crm.points.rules.words import On, Purse, Since, Span

MOST = 1_000_000
Points = Annotated[int, Field(ge=0, le=MOST)]
Days = Annotated[int, Field(ge=0, le=400)]
Codes = frozenset[Annotated[str, Field(min_length=1, max_length=40)]]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Times(Part):
    """`bp` of 1/10000: 20000 is double. It counts where every list that is not empty matches."""

    bp: Annotated[int, Field(ge=0, le=1_000_000)]
    tiers: Codes = frozenset()
    store_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    in_birth_month: bool = False


class Pending(Part):
    """Points wait `days` after the order was paid, or after its goods were handed over."""

    since: Since = Since.PAID
    days: Days = 0


class Expiry(Part):
    """`count` spans after the points became usable, at the end of a day, month or year then."""

    count: Annotated[int, Field(ge=0, le=3_660)]
    span: Span = Span.MONTH
    to_end_of: Span = Span.MONTH


class Limits(Part):
    """Of one member, in points and in times; None: as many as they like."""

    points_a_day: Points | None = None
    times_a_day: Points | None = None
    points_in_all: Points | None = None
    times_in_all: Points | None = None


class Terms(Part):
    """What a program gives, when it becomes usable, when it expires, and how much at most.

    Of an order: what its quote promised (`as_promised`), or `per_yuan` for each whole yuan paid
    for goods, and for freight too where `counts_freight`; what points or coupons paid never earns.
    Of anything else: `flat` points. `streak` adds to a sign-in on each so-manieth day in a row.
    """

    as_promised: bool = False
    per_yuan: Points = 0
    flat: Points = 0
    counts_freight: bool = False
    times: tuple[Times, ...] = Field(default=(), max_length=20)
    pending: Pending = Pending()
    expires: Expiry | None = None
    limits: Limits = Limits()
    streak: dict[Annotated[int, Field(ge=2, le=366)], Points] = Field(
        default_factory=dict, max_length=20
    )
    coupon: Annotated[str, Field(max_length=40)] = ""

    @model_validator(mode="after")
    def _gives_one_way(self) -> "Terms":
        ways = [bool(self.as_promised), self.per_yuan > 0, self.flat > 0]
        if sum(ways) > 1 or not (any(ways) or self.coupon or self.streak):
            raise ValueError("exactly one of as_promised, per_yuan and flat")
        return self


class Program(Part):
    """One version of a program. `id` is None for the one that is in force where nobody wrote one.

    It is good for what happens from `valid_from` to `valid_to`, days of the shop; an earning keeps
    the version it began with.
    """

    id: int | None
    code: str
    version: int
    name: str
    purse: Purse
    on: On
    terms: Terms
    is_on: bool = True
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None


BASE = "base"
DEFAULT = Program(
    id=None,
    code=BASE,
    version=0,
    name="消费积分",
    purse=Purse.POINTS,
    on=On.ORDER,
    terms=Terms(as_promised=True),
)
