"""Callbacks of the official account (公众号): followers, scans, messages."""

from starlette.requests import Request
from starlette.responses import Response

from bot.callbacks.intake import show_plain_echo, take
from bot.protocol.msgcrypt import MsgCrypt
from core.errors import NotConfigured
from core.settings import OfficialAccount, current
from core.web.api import Router
from core.web.policy import SIGNED

SOURCE = "official_account"

router = Router("/callbacks/official-account", tag="callbacks")


@router.raw("GET", "", who=SIGNED, summary="The official account checks our URL (服务器配置)")
async def check_url(request: Request) -> Response:
    return show_plain_echo(request, account().token.get_secret_value())


@router.raw("POST", "", who=SIGNED, summary="The official account tells an event (接收消息)")
async def receive_event(request: Request) -> Response:
    ours = account()
    crypt = MsgCrypt(
        token=ours.token.get_secret_value(),
        encoding_aes_key=ours.encoding_aes_key.get_secret_value(),
        receive_id=ours.app_id,
    )
    return await take(request, SOURCE, crypt)


def account() -> OfficialAccount:
    """Raises NotConfigured."""
    ours = current().official_account
    if ours is None:
        raise NotConfigured(what="official_account")
    return ours
