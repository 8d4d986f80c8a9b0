"""What the bot does on news: of the platforms, kept by the callbacks, and of our own rooms."""

from bot.service import believe_wecom_news
from bot.shipping import believe_order_news
from core.events import on
from core.inbox import CallbackArrived
from core.jobs import owe
from crm.people.events import MessageWanted

WECOM, MINI_PROGRAM = "wecom", "mini_program"


@on(CallbackArrived)
async def believe_wecom(event: CallbackArrived) -> None:
    if event.source == WECOM:
        await believe_wecom_news(inbox_id=event.inbox_id)


@on(CallbackArrived)
async def believe_mini_program(event: CallbackArrived) -> None:
    if event.source == MINI_PROGRAM:
        await believe_order_news(inbox_id=event.inbox_id)


@on(MessageWanted)
async def owe_delivery(event: MessageWanted) -> None:
    await owe(
        "bot.deliver",
        key=event.key,
        message_key=event.key,
        user_id=event.user_id,
        text=event.text,
    )
