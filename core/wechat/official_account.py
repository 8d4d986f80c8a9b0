"""The official account (公众号): its token, and pages signed for the JS-SDK inside WeChat."""

import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from core import clock
from core.errors import Forbidden, NotConfigured
from core.partners import NoAnswer
from core.settings import OfficialAccount, current
from core.wechat.api import Account, call
from core.wechat.tokens import Fetched, token_of


class PageNotOurs(Forbidden):
    code = "core.page_not_ours"
    zh = "只能为本商城的页面签名，请检查页面地址"
    en = "Only pages of this shop are signed: check the address of the page."


@dataclass(frozen=True, slots=True)
class PageSigned:
    """What `wx.config` wants of a page."""

    app_id: str
    timestamp: str
    nonce: str
    signature: str


def ours() -> OfficialAccount:
    """Raises NotConfigured."""
    found = current().official_account
    if found is None:
        raise NotConfigured(what="official_account")
    return found


def account_of(app: OfficialAccount) -> Account:
    """By stable_token: a plain token fetched elsewhere does not make ours worthless."""
    return Account(
        partner="official_account",
        name=f"official_account:{app.app_id}",
        base_url=app.base_url,
        token_path="/cgi-bin/stable_token",  # noqa: S106
        token_body={
            "grant_type": "client_credential",
            "appid": app.app_id,
            "secret": app.secret.get_secret_value(),
        },
    )


def page_signature(ticket: str, *, nonce: str, timestamp: str, url: str) -> str:
    """SHA-1 as `wx.config` checks it; what follows `#` in the address is cut."""
    seen = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={seen}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


async def sign_page(url: str) -> PageSigned:
    """Sign a page of ours, under the very address the browser shows.

    Tickets are fetched by one process at a time. Raises PageNotOurs for a page of another host,
    NotConfigured, Unavailable.
    """
    home, asked = urlsplit(current().public_url), urlsplit(url)
    if (asked.scheme, asked.netloc) != (home.scheme, home.netloc):
        raise PageNotOurs
    app, nonce = ours(), secrets.token_hex(8)
    timestamp = str(int(clock.now().timestamp()))
    ticket = await token_of(f"official_account:{app.app_id}:jsapi", _ticket)
    signature = page_signature(ticket, nonce=nonce, timestamp=timestamp, url=url)
    return PageSigned(app.app_id, timestamp, nonce, signature)


async def _ticket() -> Fetched:
    said = await call(account_of(ours()), "GET", "/cgi-bin/ticket/getticket", query=JSAPI)
    ticket, lives_s = said.get("ticket"), said.get("expires_in")
    if not isinstance(ticket, str) or type(lives_s) is not int or lives_s <= 0:
        raise NoAnswer(why="no ticket in the answer")
    return Fetched(ticket, lives_s)


JSAPI = {"type": "jsapi"}
