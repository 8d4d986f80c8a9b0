"""What the bot does on news: of the platforms, kept by the callbacks, and of our own rooms."""

from bot.invoices import tell_of_account, tell_of_expired, tell_of_hold, tell_of_red
from bot.permits import believe_permits
from bot.printers import tell_of_printer, tell_of_return
from bot.service import believe_wecom_news
from bot.shipping import believe_order_news
from core import clock
from core.events import on
from core.inbox import CallbackArrived
from core.jobs import owe
from crm.people.events import MessageWanted
from crm.reach.events import MemberMessageWanted
from crm.reach.queries import Channel
from devices.events import PrinterBack, PrinterDown
from invoicing.backends.events import BackendDown
from invoicing.events import InvoiceHeld, RequestExpired
from invoicing.reds.events import RedWaits

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


@on(CallbackArrived)
async def believe_popups(event: CallbackArrived) -> None:
    if event.source == MINI_PROGRAM:
        await believe_permits(inbox_id=event.inbox_id)


@on(MemberMessageWanted)
async def owe_telling(event: MemberMessageWanted) -> None:
    """Group sends leave together, by a schedule; everything else has a job of its own."""
    if event.channel != Channel.WECOM:
        wait_s = max(0.0, (event.due_at - clock.now()).total_seconds())
        await owe("bot.tell_member", key=event.key, delay_s=wait_s, message_key=event.key)


@on(BackendDown)
async def say_that_an_account_is_down(event: BackendDown) -> None:
    await tell_of_account(event)


@on(InvoiceHeld)
async def say_that_invoices_wait(event: InvoiceHeld) -> None:
    await tell_of_hold(event)


@on(RequestExpired)
async def say_that_a_sale_never_came(event: RequestExpired) -> None:
    await tell_of_expired(event)


@on(RedWaits)
async def say_that_a_red_letter_waits(event: RedWaits) -> None:
    await tell_of_red(event)


@on(PrinterDown)
async def say_that_a_printer_is_down(event: PrinterDown) -> None:
    await tell_of_printer(event)


@on(PrinterBack)
async def say_that_a_printer_is_back(event: PrinterBack) -> None:
    await tell_of_return(event)
