"""WeCom (企业微信): who stands at the door, a message to our people, the signature a page needs.

Customers and groups are asked for in `bot.contacts`, with another secret.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import CodeSpent, ForeignPage
from bot.protocol.signatures import jssdk_signature
from core import clock
from core.errors import NotConfigured
from core.partners import NoAnswer
from core.settings import WeCom, current
from core.wechat.api import Account, Fields, PlatformRefused, call
from core.wechat.errcodes import WECOM, Meaning
from core.wechat.tokens import Fetched, token_of

TEXT_BYTES = 2048  # longer ones are cut by the platform, in the middle of a character
TICKETS = {
    "corp": ("/cgi-bin/get_jsapi_ticket", {}),
    "agent": ("/cgi-bin/ticket/get", {"type": "agent_config"}),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a page of ours. A member of the corp has a `user_id`; nobody else is staff."""

    user_id: str
    external_user_id: str
    open_id: str


class Delivery(StrEnum):
    SENT = "sent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class PageSignature:
    """The arguments of wx.config (`corp`) or wx.agentConfig (`agent`)."""

    corp_id: str
    agent_id: int
    timestamp: str
    nonce: str
    signature: str


async def visitor_of_code(code: str) -> Visitor:
    """Who stands behind an OAuth code; it works once, for five minutes.

    Raises CodeSpent, Unavailable.
    """
    try:
        said = await call(app_account(), "GET", "/cgi-bin/auth/getuserinfo", query={"code": code})
    except PlatformRefused as refused:
        if refused.meaning is Meaning.CODE_SPENT:
            raise CodeSpent from None
        raise
    return Visitor(word(said, "userid"), word(said, "external_userid"), word(said, "openid"))


async def send_text(*, user_id: str, text: str) -> Delivery:
    """Tell one member something. The same text within half an hour is not told twice.

    Raises Unavailable: nobody knows whether it was sent, or it must wait.
    """
    ours = wecom()
    body = {
        "touser": user_id,
        "msgtype": "text",
        "agentid": ours.agent_id,
        "text": {"content": text.encode()[:TEXT_BYTES].decode(errors="ignore")},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }
    try:
        said = await call(app_account(), "POST", "/cgi-bin/message/send", body=body)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.NOBODY:
            return Delivery.UNREACHABLE
        raise
    missed = "|".join(word(said, name) for name in ("invaliduser", "unlicenseduser"))
    is_missed = user_id.lower() in missed.lower().split("|")
    return Delivery.UNREACHABLE if is_missed else Delivery.SENT


async def sign_page(url: str, kind: Literal["corp", "agent"]) -> PageSignature:
    """Sign one of our own pages for the JS-SDK; tickets are fetched by one process at a time.

    Raises ForeignPage for a page of another host, Unavailable.
    """
    host = urlsplit(current().public_url)
    asked = urlsplit(url)
    if (asked.scheme, asked.netloc) != (host.scheme, host.netloc):
        raise ForeignPage
    ours, nonce = wecom(), secrets.token_hex(8)
    timestamp = str(int(clock.now().timestamp()))
    ticket = await token_of(f"wecom:{ours.corp_id}:{ours.agent_id}:{kind}", _TicketOf(kind))
    signature = jssdk_signature(ticket, nonce=nonce, timestamp=timestamp, url=url)
    return PageSignature(ours.corp_id, ours.agent_id, timestamp, nonce, signature)


@dataclass(frozen=True, slots=True)
class _TicketOf:
    kind: Literal["corp", "agent"]

    async def __call__(self) -> Fetched:
        path, query = TICKETS[self.kind]
        said = await call(app_account(), "GET", path, query=query)
        ticket, lives_s = said.get("ticket"), said.get("expires_in")
        if not isinstance(ticket, str) or type(lives_s) is not int or lives_s <= 0:
            raise NoAnswer(why="no ticket in the answer")
        return Fetched(ticket, lives_s)


def wecom() -> WeCom:
    """Raises NotConfigured."""
    ours = current().wecom
    if ours is None:
        raise NotConfigured(what="wecom")
    return ours


def app_account() -> Account:
    """Our app in the corp: messages, logins, tickets."""
    ours = wecom()
    return _account(ours, f"app{ours.agent_id}", ours.secret.get_secret_value())


def contact_account() -> Account:
    """Customer contact (客户联系); tokens of different secrets are not interchangeable."""
    ours = wecom()
    return _account(ours, "contact", ours.contact_secret.get_secret_value())


def word(said: Fields, name: str) -> str:
    """A text of an answer; "" when it is missing or something else."""
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _account(ours: WeCom, role: str, secret: str) -> Account:
    return Account(
        partner="wecom",
        name=f"wecom:{ours.corp_id}:{role}",
        base_url=ours.base_url,
        token_path="/cgi-bin/gettoken",  # noqa: S106
        token_query={"corpid": ours.corp_id, "corpsecret": secret},
        meanings=WECOM,
    )
