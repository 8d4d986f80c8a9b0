"""The page inside WeChat: its titles and its camera, by the JS-SDK of the official account."""

from urllib.parse import urljoin, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.settings import current
from core.web.api import Router
from core.web.pages import content_policy
from core.web.policy import PUBLIC
from core.wechat.official_account import PageNotOurs, sign_page
from invoicing.pages.limits import opened

router = Router(tag="scan")
REAL_SDK = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"


def sdk_url(request: Request) -> str:
    """The script for a page that is shown inside WeChat; empty anywhere else, and unconfigured."""
    account = current().official_account
    if account is None or "MicroMessenger" not in request.headers.get("user-agent", ""):
        return ""
    return urljoin(account.base_url, "/jweixin.js") if current().is_playing else REAL_SDK


def let_in(request: Request, response: Response) -> Response:
    """The page may load WeChat's script, where it is of use."""
    if sdk := sdk_url(request):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(sdk))
        response.headers["content-security-policy"] = content_policy(scripts_of=origin)
    return response


@router.raw("POST", "/i/{code}/wechat", who=PUBLIC, summary="Sign the page (微信 JS-SDK 签名)")
async def sign(request: Request, code: str) -> Response:
    """What `wx.config` wants, for the very address the browser shows, which is this page's.

    Asked for after the page is there: a slow platform delays nobody. Raises PageNotOurs.
    """
    await opened(request, code, is_look=True)
    fields = await request.form(max_files=0, max_fields=5)
    url = str(fields.get("url") or "")
    if urlsplit(url).path != f"/i/{code}":
        raise PageNotOurs
    signed = await sign_page(url)
    return JSONResponse(
        {
            "appId": signed.app_id,
            "timestamp": signed.timestamp,
            "nonceStr": signed.nonce,
            "signature": signed.signature,
        },
        headers={"cache-control": "no-store"},
    )
