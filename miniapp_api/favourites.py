"""我的收藏. A route reads the request, calls one use case and shapes the answer."""

from datetime import datetime

from pydantic import Field

from core.security.scope import Role, Scope
from core.web.api import Router, Schema
from core.web.policy import allow
from trade.catalog.errors import ProductNotFound
from trade.catalog.queries import favourites_of, product_by_public_id
from trade.catalog.service import favourite_product

router = Router("/api/v1", "favourites")
MEMBER = allow(Role.MEMBER)


class FavouriteIn(Schema):
    source: str | None = Field(default=None, max_length=64)


class FavouriteOut(Schema):
    product_id: str
    title: str
    price_fen: int
    since: datetime


@router.put(
    "/favourites/{product_id}",
    who=MEMBER,
    summary="Favourite a product (收藏商品)",
    errors=(ProductNotFound,),
)
async def put_favourite(scope: Scope, product_id: str, body: FavouriteIn) -> None:
    assert scope.member_id is not None
    product = await product_by_public_id(product_id)
    await favourite_product(member_id=scope.member_id, product_id=product.id, source=body.source)


@router.get("/favourites", who=MEMBER, summary="What I favourited (我的收藏)")
async def list_favourites(scope: Scope) -> list[FavouriteOut]:
    assert scope.member_id is not None
    views = await favourites_of(member_id=scope.member_id)
    return [FavouriteOut.of(view, product_id=view.public_id) for view in views]
