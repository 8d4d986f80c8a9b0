"""我的收藏. A route reads the request, calls one use case and shapes the answer."""

from datetime import datetime

from pydantic import Field
from starlette.authentication import requires
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.web.api import Schema, read, show
from trade.catalog.queries import favourites_of
from trade.catalog.service import favourite_product


class FavouriteIn(Schema):
    source: str | None = Field(default=None, max_length=64)


class FavouriteOut(Schema):
    product_id: int
    title: str
    price_fen: int
    since: datetime


@requires("shopper", status_code=401)
async def put_favourite(request: Request) -> Response:
    body = await read(request, FavouriteIn)
    await favourite_product(
        customer_id=request.user.customer_id,
        product_id=request.path_params["product_id"],
        source=body.source,
    )
    return Response(status_code=204)


@requires("shopper", status_code=401)
async def list_favourites(request: Request) -> Response:
    views = await favourites_of(customer_id=request.user.customer_id)
    return show([FavouriteOut.of(view) for view in views])


routes = [
    Route("/favourites", list_favourites, methods=["GET"]),
    Route("/favourites/{product_id:int}", put_favourite, methods=["PUT"]),
]
