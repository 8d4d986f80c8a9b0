"""试算. What goods cost in a store, and why; nothing is kept."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.i18n import language_of
from core.web.policy import allow
from crm.tiers.queries import tier_of
from miniapp_api.audiences import segments_for
from miniapp_api.stores import open_store
from trade.catalog.errors import SkuNotFound
from trade.catalog.queries import SkuView, skus, skus_by_code
from trade.orders.service import quote_wish, short_of_minimum
from trade.promotions.errors import QuantityOutOfRange, SkuOffShelf
from trade.promotions.service import Quote, QuoteLine, QuoteRequest, Reason
from trade.stores.errors import StoreNotFound
from trade.stores.queries import StoreView

router = Router("/api/v1", "quotes")


class LineIn(Schema):
    sku_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=999)


CouponName = Annotated[str, Field(min_length=1, max_length=40)]


class QuoteIn(Schema):
    """`coupons` are ids of my coupons, or codes; `points` how many I would spend.

    A coupon that does not count is told so among the reasons, and the quote stands. The order of
    the same words costs what the quote says; it refuses a coupon that does not count.
    """

    store_code: str = Field(min_length=1, max_length=32)
    lines: list[LineIn] = Field(min_length=1, max_length=50)
    coupons: list[CouponName] = Field(default_factory=list, max_length=10)
    points: int = Field(default=0, ge=0, le=10**9)
    delivery: Literal["pickup", "express", "city"] = "pickup"


class ReasonOut(Schema):
    """One rule's say. What did not win says why, or what is missing."""

    rule: str
    version: str
    text: str
    amount_fen: int
    won: bool


class QuotedLineOut(Schema):
    """`list_fen` and `price_fen` are for one piece, the other amounts for the line."""

    sku_code: str
    title: str
    spec: dict[str, str]
    quantity: int
    list_fen: int
    price_fen: int
    discount_fen: int
    payable_fen: int
    is_gift: bool
    reasons: list[ReasonOut]


class QuoteOut(Schema):
    """goodsFen - discountFen + freightFen = payableFen; the same answer has the same `version`.

    `short_fen` above 0 is missing to the least the store brings home in its city.
    """

    store_code: str
    lines: list[QuotedLineOut]
    goods_fen: int
    discount_fen: int
    freight_fen: int
    payable_fen: int
    points_earned: int
    points_spent: int
    short_fen: int
    version: str
    reasons: list[ReasonOut]


async def chosen(lines: Sequence[LineIn]) -> dict[str, SkuView]:
    """Raises SkuNotFound for a code nobody knows."""
    views = await skus_by_code(line.sku_code for line in lines)
    for line in lines:
        if line.sku_code not in views:
            raise SkuNotFound(sku_code=line.sku_code)
    return views


@router.post(
    "/quotes",
    who=allow(Role.MEMBER),
    idempotent=False,
    summary="What these goods cost here, explained (试算)",
    errors=(StoreNotFound, SkuNotFound, SkuOffShelf, QuantityOutOfRange),
)
async def quote(request: Request, scope: Scope, body: QuoteIn) -> QuoteOut:
    assert scope.member_id is not None
    store, views = await open_store(body.store_code), await chosen(body.lines)
    lines = [QuoteLine(views[line.sku_code].id, line.quantity) for line in body.lines]
    answer = await quote_wish(
        QuoteRequest(
            store_id=store.id,
            lines=lines,
            tier=await tier_of(scope.member_id),
            member_id=scope.member_id,
            segments=await segments_for(scope.member_id),
            coupons=tuple(body.coupons),
            points=body.points,
            delivery=body.delivery,
        )
    )
    by_id = await with_gifts(answer, {view.id: view for view in views.values()})
    short_fen = short_of_minimum(store, body.delivery, answer)
    return shown(answer, store, by_id, language_of(request), short_fen=short_fen)


async def with_gifts(quote: Quote, views: dict[int, SkuView]) -> dict[int, SkuView]:
    """The SKUs of a quote's lines: gifts were not asked for, and are looked up."""
    missing = {line.sku_id for line in quote.lines} - views.keys()
    return {**views, **(await skus(missing) if missing else {})}


def shown(
    quote: Quote, store: StoreView, skus: dict[int, SkuView], language: str, *, short_fen: int = 0
) -> QuoteOut:
    """A quote for people, in their language."""
    lines = [
        QuotedLineOut.of(
            line,
            sku_code=skus[line.sku_id].code,
            title=skus[line.sku_id].title,
            spec=skus[line.sku_id].spec,
            reasons=_said(line.reasons, language),
        )
        for line in quote.lines
    ]
    reasons = _said(quote.reasons, language)
    return QuoteOut.of(
        quote, store_code=store.code, lines=lines, reasons=reasons, short_fen=short_fen
    )


def _said(reasons: Sequence[Reason], language: str) -> list[ReasonOut]:
    return [
        ReasonOut.of(reason, text=reason.en if language == "en" else reason.zh)
        for reason in reasons
    ]
