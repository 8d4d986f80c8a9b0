"""How a page of the sandbox is made: template, static files, and the policy that goes with it."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from core.clock import SHOP_ZONE
from core.money import yuan
from sandbox.pages.texts import COOKIE, LANGUAGES, language_of, translator
from sandbox.world import World

HERE = Path(__file__).parent
FONTS = HERE.parent.parent / "core" / "fonts"


def files() -> list[BaseRoute]:
    """Styles, scripts, the font and the icon: nothing comes from elsewhere."""
    icon = RedirectResponse("/static/icon.svg", 301)
    return [
        Mount("/static/fonts", StaticFiles(directory=FONTS)),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/favicon.ico", icon),
    ]


def page(world: World, request: Request, template: str, /, **context: object) -> Response:
    """A page in the visitor's language; it may show and frame the shop, and nobody else."""
    language = language_of(request)
    other = request.url.include_query_params(lang="zh" if language == "en" else "en")
    html = _TEMPLATES.get_template(template).render(
        _=translator(language),
        language=language,
        other_language=f"{other.path}?{other.query}",
        shop_url=world.config.shop_url,
        people=list(world.collection("users").values()),
        members=[member for corp in world.corps.values() for member in corp.members],
        **context,
    )
    answer = HTMLResponse(html, headers=_headers(world))
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(COOKIE, language, httponly=True, samesite="lax")
    return answer


def clock_text(moment: str) -> str:
    """`11-09 10:33` in China, of an ISO time."""
    return f"{datetime.fromisoformat(moment).astimezone(SHOP_ZONE):%m-%d %H:%M}" if moment else ""


def _headers(world: World) -> dict[str, str]:
    parts = urlsplit(world.config.shop_url)
    shop = f"{parts.scheme}://{parts.netloc}"
    policy = (
        f"default-src 'self'; img-src 'self' data: {shop}; frame-src 'self' {shop};"
        " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(HERE / "templates")
    made = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=_Strict
    )
    made.filters["clock"] = clock_text
    made.filters["yuan"] = yuan
    return made


class _Strict(jinja2.StrictUndefined):
    """A name that a template spells wrongly is an error, not an empty place."""


_TEMPLATES = _environment()
