"""The front door: is the house well, what can be asked of it, and where everybody enters."""

from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.visitors import PASSWORD, demo_logins
from core import outbox
from core.database import sql
from core.errors import NotFound
from core.settings import current
from core.web.api import Router
from core.web.openapi import document, whole_document
from core.web.pages import render
from core.web.policy import PUBLIC

router = Router(tag="front")


class DocsClosed(NotFound):
    code = "core.docs_closed"
    zh = "接口文档页已关闭"
    en = "The documentation page is switched off."


@router.raw("GET", "/healthz", who=PUBLIC)
async def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


@router.raw("GET", "/readyz", who=PUBLIC)
async def readyz(request: Request) -> Response:
    """The process can work: the database answers. 503 tells the balancer to wait."""
    try:
        await sql("SELECT 1")
    except (OSError, RuntimeError) as error:
        return JSONResponse({"database": type(error).__name__}, 503)
    return JSONResponse({"database": "ok", "outboxPending": await outbox.pending()})


@router.raw("GET", "/metrics", who=PUBLIC)
async def metrics(request: Request) -> Response:
    """For Prometheus; the proxy in front keeps it from the street."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.raw("GET", "/openapi.json", who=PUBLIC)
async def openapi(request: Request) -> Response:
    return JSONResponse(whole_document(*request.app.state.routers, router))


@router.page("GET", "/docs", who=PUBLIC)
async def docs(request: Request) -> Response:
    """Every operation of the API on one page, without a script from elsewhere."""
    if not current().docs_page:
        raise DocsClosed
    api = document(*request.app.state.routers)
    return render(request, "docs.html", api=api, groups=_by_tag(api["paths"]))


def _by_tag(paths: dict[str, dict[str, Any]]) -> list[tuple[str, list[tuple[str, str, Any]]]]:
    """`(tag, [(path, method, operation)])`, in the order in which tags first come."""
    groups: dict[str, list[tuple[str, str, Any]]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append((path, method, operation))
    return list(groups.items())


@router.page("GET", "/", who=PUBLIC)
async def landing(request: Request) -> Response:
    """Where each of the four users enters; while playing, also the sandbox's side of things."""
    settings = current()
    world = settings.wecom.oauth_url if settings.is_playing and settings.wecom else ""
    logins = await demo_logins() if settings.mode == "demo" else []
    return render(request, "landing.html", world=world, logins=logins, password=PASSWORD)
