"""Staff come in through WeCom (企业微信): OAuth with a state bound to the browser."""

import hmac
import secrets
from urllib.parse import urlencode, urljoin

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.pages.side_panel import GUIDE
from bot.queries import visitor_of_code
from core import settings
from core.errors import Forbidden, NotConfigured
from core.security.sessions import end_session
from core.web.api import Router
from core.web.pages import redirect, set_cookie, sign_in
from core.web.policy import PUBLIC, SESSION_COOKIE
from trade.stores.service import sign_in_staff

router = Router("/wecom", "wecom")
STATE_COOKIE = "daogou_wecom_state"
STATE_LIFE_S = 600
PANEL, CONSOLE = "/wecom/panel", "/console"


class ForgedLogin(Forbidden):
    """The state is not the one this browser was given: a link sent by somebody else."""

    code = "bot.forged_login"
    zh = "登录链接已失效，请从企业微信工作台重新进入"
    en = "This login link is not yours or too old: open the app from WeCom again."


class NotStaff(Forbidden):
    """A customer opened the link: WeCom answers an OpenID and no member."""

    code = "bot.not_staff"
    zh = "该页面仅限员工使用，请用企业微信成员账号打开"
    en = "This page is for staff: open it with a member account of WeCom."


@router.page("GET", "/login", who=PUBLIC, summary="To WeCom's consent page (企业微信登录)")
async def start_login(request: Request) -> Response:
    corp = settings.current().wecom
    if corp is None:
        raise NotConfigured(setting="wecom")
    state = secrets.token_hex(16)
    asked = {
        "appid": corp.corp_id,
        "redirect_uri": urljoin(settings.current().public_url, "/wecom/callback"),
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
        "agentid": corp.agent_id,
    }
    there = urljoin(corp.oauth_url, "/connect/oauth2/authorize")
    response = RedirectResponse(f"{there}?{urlencode(asked)}#wechat_redirect", 303)
    set_cookie(response, STATE_COOKIE, state, max_age=STATE_LIFE_S)
    return response


@router.page("GET", "/callback", who=PUBLIC, summary="Back from WeCom with a code")
async def finish_login(request: Request) -> Response:
    """A new session; the one before, if any, ends. Only a member of the corp is staff.

    Who sells comes to the side panel, the others to the console.
    """
    given, kept = request.query_params.get("state", ""), request.cookies.get(STATE_COOKIE, "")
    if not kept or not hmac.compare_digest(given.encode(), kept.encode()):
        raise ForgedLogin
    visitor = await visitor_of_code(request.query_params.get("code", ""))
    if not visitor.user_id:
        raise NotStaff
    signed_in = await sign_in_staff(visitor.user_id)
    await end_session(request.cookies.get(SESSION_COOKIE, ""))
    response = redirect(PANEL if signed_in.role in GUIDE.roles else CONSOLE)
    sign_in(response, signed_in.token)
    response.delete_cookie(STATE_COOKIE, path="/")
    return response
