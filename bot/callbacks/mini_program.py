"""Callbacks of the mini-program (小程序): subscription messages, shipping reminders."""

from starlette.requests import Request
from starlette.responses import Response

from bot.callbacks.intake import show_plain_echo, take
from bot.protocol.msgcrypt import MsgCrypt
from core.errors import NotConfigured
from core.settings import MiniProgram, current
from core.web.api import Router
from core.web.policy import SIGNED

SOURCE = "mini_program"

router = Router("/callbacks/mini-program", tag="callbacks")


@router.raw("GET", "", who=SIGNED, summary="The mini-program checks our URL (消息推送配置)")
async def check_url(request: Request) -> Response:
    return show_plain_echo(request, program().token.get_secret_value())


@router.raw("POST", "", who=SIGNED, summary="The mini-program tells an event (消息推送)")
async def receive_event(request: Request) -> Response:
    ours = program()
    crypt = MsgCrypt(
        token=ours.token.get_secret_value(),
        encoding_aes_key=ours.encoding_aes_key.get_secret_value(),
        receive_id=ours.app_id,
    )
    return await take(request, SOURCE, crypt)


def program() -> MiniProgram:
    """Raises NotConfigured."""
    ours = current().mini_program
    if ours is None:
        raise NotConfigured(what="mini_program")
    return ours
