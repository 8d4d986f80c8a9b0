"""Pages for people: autoescape, a strict content policy, forms that cannot be forged."""

import hashlib
import hmac
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from core import clock
from core.errors import DomainError, Forbidden, Invalid
from core.money import yuan
from core.security.scope import Scope
from core.settings import current
from core.web.i18n import ROOT, language_of, translator
from core.web.navigation import Menu, menu_for
from core.web.policy import SESSION_COOKIE

WECOM_SCRIPTS = "https://open.work.weixin.qq.com"
VISIT_COOKIE = "daogou_visit"


class ForgedForm(Forbidden):
    code = "core.forged_form"
    zh = "页面已过期，请刷新后重新提交"
    en = "This page has expired: reload it and submit again."


class BadForm(Invalid):
    code = "core.bad_form"
    zh = "表单内容含有无效字符，请修改后重新提交"
    en = "The form holds a character that cannot be kept: change it and submit again."


def _folders(kind: str) -> list[Path]:
    rooms = [*ROOT.glob(f"*/pages/{kind}"), *ROOT.glob(f"*/*/pages/{kind}")]
    return sorted(path for path in rooms if path.parts[-3] != "sandbox")


@cache
def environment() -> Environment:
    own = [ROOT / "core/web/templates", ROOT / "app/templates"]
    folders = [FileSystemLoader(path) for path in [*own, *_folders("templates")]]
    found = Environment(
        loader=ChoiceLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    found.filters["yuan"] = yuan
    found.globals["console_menu"] = _console_menu
    found.filters["shop_time"] = lambda at: at.astimezone(clock.SHOP_ZONE).strftime(
        "%Y-%m-%d %H:%M"
    )
    return found


def _console_menu(request: Request, viewer: Scope | None) -> Menu:
    if viewer is None:
        return Menu((), (), "/console")
    return menu_for(viewer.role, request.scope["path"], language_of(request))


def static_routes() -> list[BaseRoute]:
    """`/static/<room>/…` of every room that has pages, `/static/…` of the shell and the fonts."""
    rooms = [
        Mount(f"/static/{path.parts[-3]}", _packed(path), name=f"static-{path}")
        for path in _folders("static")
    ]
    fonts = Mount("/static/fonts", StaticFiles(directory=ROOT / "core/fonts", check_dir=False))
    front = Mount("/static/app", _packed(ROOT / "app/static"), name="static-app")
    shell = Mount("/static", _packed(ROOT / "core/web/static"))
    icon = Route("/favicon.ico", RedirectResponse("/static/icon.svg", 301))
    return [*rooms, fonts, front, shell, icon]


def _packed(folder: Path) -> ASGIApp:
    """Files without a secret in them may be compressed on their way; pages may not (BREACH)."""
    return GZipMiddleware(StaticFiles(directory=folder))


def _csrf_of(request: Request, visit: str) -> str:
    """Good for one browser and one login: a form from before a login is worth nothing after it."""
    key = current().signing_key.get_secret_value().encode()
    bound = f"form:{visit}:{request.cookies.get(SESSION_COOKIE, '')}"
    return hmac.new(key, bound.encode(), hashlib.sha256).hexdigest()


def content_policy(*, scripts_of: str = "") -> str:
    """No inline script, nothing from elsewhere but WeCom's own script where WeCom is set up.

    While playing, the WeCom stand-in may frame us, and the front page shows its printer's paper.
    `scripts_of` is one more origin, for a page that says so itself.
    """
    settings = current()
    wecom = ""
    if settings.wecom:
        wecom = settings.wecom.oauth_url if settings.is_playing else WECOM_SCRIPTS
    scripts = " ".join(dict.fromkeys(one for one in (wecom, scripts_of) if one))
    return (
        f"default-src 'self'; script-src 'self' {scripts}; connect-src 'self' {scripts};"
        f" img-src 'self' data: {wecom}; style-src 'self'; font-src 'self'; object-src 'none';"
        f" base-uri 'none'; form-action 'self'; frame-ancestors 'self' {wecom}"
    )


def render(request: Request, template: str, /, status: int = 200, **context: Any) -> Response:
    """The page, in the language of the visitor, with `_`, `csrf()`, `request` and `language`."""
    language = language_of(request)
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(16)
    html = (
        environment()
        .get_template(template)
        .render(
            request=request,
            language=language,
            _=translator(language),
            csrf=lambda: _csrf_of(request, visit),
            viewer=getattr(request.state, "viewer", None),
            **context,
        )
    )
    response = HTMLResponse(html, status)
    response.headers["content-security-policy"] = content_policy()
    response.headers["cache-control"] = "no-store"
    if visit != request.cookies.get(VISIT_COOKIE):
        set_cookie(response, VISIT_COOKIE, visit)
    if request.query_params.get("lang") in {"zh", "en"}:
        set_cookie(response, "daogou_lang", language)
    return response


def set_cookie(
    response: Response, name: str, value: str, max_age: int | None = None, *, path: str = "/"
) -> None:
    """HttpOnly, SameSite=Lax, and Secure wherever the shop is reached by https."""
    secure = current().public_url.startswith("https:")
    response.set_cookie(
        name, value, max_age=max_age, httponly=True, samesite="lax", secure=secure, path=path
    )


def sign_in(response: Response, token: str) -> None:
    """Give the browser its session; a former one is replaced, never kept."""
    set_cookie(response, SESSION_COOKIE, token)


def sign_out(response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE, path="/")


async def form(request: Request) -> FormData:
    """The fields, all of them text, of a form that our own page made for this visitor.

    Raises ForgedForm and BadForm.
    """
    fields = await request.form(max_files=0, max_fields=200)
    given = str(fields.get("csrf") or request.headers.get("x-csrf-token") or "")
    visit = request.cookies.get(VISIT_COOKIE, "")
    if not visit or not hmac.compare_digest(given.encode(), _csrf_of(request, visit).encode()):
        raise ForgedForm
    if any("\0" in str(value) for _, value in fields.multi_items()):
        raise BadForm  # PostgreSQL's text does not take it
    return fields


def redirect(url: str) -> Response:
    """To a place of our own. Raises ValueError for anything that could lead outside."""
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        raise ValueError(f"not a place of ours: {url}")
    return RedirectResponse(url, 303)


def error_page(request: Request, error: DomainError, status: int) -> Response:
    message = error.en if language_of(request) == "en" else error.zh
    state, is_barred = request.state, error.code in {"core.sign_in_needed", "core.not_allowed"}
    return render(
        request,
        "error.html",
        status,
        message=message,
        code=error.code,
        request_id=getattr(state, "request_id", ""),
        login=getattr(state, "login", "") if is_barred else "",
    )
