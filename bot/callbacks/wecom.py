"""Callbacks of WeCom (企业微信): contacts, groups, tags, messages to our app."""

from starlette.requests import Request
from starlette.responses import Response

from bot.callbacks.intake import show_sealed_echo, take
from bot.protocol.msgcrypt import MsgCrypt
from core.errors import NotConfigured
from core.settings import current
from core.web.api import Router
from core.web.policy import SIGNED

SOURCE = "wecom"

router = Router("/callbacks/wecom", tag="callbacks")


@router.raw("GET", "", who=SIGNED, summary="WeCom checks our URL (接收消息服务器验证)")
async def check_url(request: Request) -> Response:
    return show_sealed_echo(request, crypt())


@router.raw("POST", "", who=SIGNED, summary="WeCom tells an event (接收事件)")
async def receive_event(request: Request) -> Response:
    return await take(request, SOURCE, crypt())


def crypt() -> MsgCrypt:
    """Raises NotConfigured."""
    wecom = current().wecom
    if wecom is None:
        raise NotConfigured(what="wecom")
    return MsgCrypt(
        token=wecom.token.get_secret_value(),
        encoding_aes_key=wecom.encoding_aes_key.get_secret_value(),
        receive_id=wecom.corp_id,
    )
