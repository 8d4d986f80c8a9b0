"""The console's door: login and password. Guides come in through WeCom instead."""

from starlette.requests import Request
from starlette.responses import Response

from core.security.scope import Role
from core.security.sessions import end_session
from core.web.api import Router
from core.web.i18n import language_of
from core.web.limits import check_rate
from core.web.pages import form, redirect, render, sign_in, sign_out
from core.web.policy import PUBLIC, SESSION_COOKIE
from trade.stores.errors import LoginRefused
from trade.stores.service import sign_in_with_password

router = Router(tag="console")
HOME = {Role.GUIDE: "/wecom/panel"}


@router.page("GET", "/login", who=PUBLIC, summary="Log in to the console (登录)")
async def show_login(request: Request) -> Response:
    """`?login=` is filled in: a link from a list of accounts leaves only the password to type."""
    login = request.query_params.get("login", "")[:40]
    return render(request, "people/login.html", login=login, refusal="")


@router.page("POST", "/login", who=PUBLIC, summary="Login and password")
async def log_in(request: Request) -> Response:
    """A new session; the one before ends. Ten tries a minute for one address and login."""
    fields = await form(request)
    login, password = str(fields.get("login", ""))[:40], str(fields.get("password", ""))[:200]
    address = request.client.host if request.client else ""
    await check_rate("console.login", f"{address} {login}", per_minute=10)
    try:
        signed_in = await sign_in_with_password(login, password)
    except LoginRefused as refused:
        told = refused.en if language_of(request) == "en" else refused.zh
        return render(request, "people/login.html", 401, login=login, refusal=told)
    await end_session(request.cookies.get(SESSION_COOKIE, ""))
    response = redirect(HOME.get(signed_in.role, "/console"))
    sign_in(response, signed_in.token)
    return response


@router.page("POST", "/logout", who=PUBLIC, summary="Log out (退出)")
async def log_out(request: Request) -> Response:
    await form(request)
    await end_session(request.cookies.get(SESSION_COOKIE, ""))
    response = redirect("/login")
    sign_out(response)
    return response
