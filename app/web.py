from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.routing import Mount
from tortoise.contrib.starlette import RegisterTortoise

from app.wiring import orm_config
from core.errors import DomainError
from core.web.api import show_refusal
from miniapp_api import favourites
from miniapp_api.session import BearerSession


def build(db_url: str) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with RegisterTortoise(app, config=orm_config(db_url)):
            yield

    return Starlette(
        routes=[Mount("/api/v1", routes=favourites.routes)],
        middleware=[Middleware(AuthenticationMiddleware, backend=BearerSession())],
        exception_handlers={DomainError: show_refusal},
        lifespan=lifespan,
        max_body_size=1_000_000,
    )
