"""Telling members what other rooms want them told: one job for each message, by its channel.

Consent, budget and quiet hours were looked at in the very step before (`reach.begin`).
"""

from collections.abc import Awaitable, Callable

from bot.group_sends import SendStatus, make_group_send, results_of
from core.errors import NotConfigured, Unavailable
from core.jobs import Later
from core.mail import Fate, send
from core.settings import current
from core.sms import SmsFate, send_sms
from core.wechat.api import PlatformRefused
from core.wechat.errcodes import Meaning
from core.wechat.mini_program import Delivery, send_subscription
from core.wechat.tokens import TokenMissing
from crm.people.queries import addresses_of
from crm.reach.queries import REPEATABLE, Channel, State, Why, waiting_batches
from crm.reach.service import (
    Handed,
    Outgoing,
    begin,
    begin_batch,
    look_at_handed,
    put_back,
    record,
)
from trade.stores.queries import get_staff

LATER = {Meaning.SLOWER, Meaning.BUSY, Meaning.STALE}  # not taken, and may be later
PAUSE_S = 60.0
CONTACTS_A_SEND = 500


async def tell_member(message_key: str) -> None:
    """Send a member one message, at most once. Without an answer it stays unknown.

    Where the outside drops repetitions it is sent again until there is an answer.
    """
    going = await begin(key=message_key)
    if going is None:
        return
    try:
        state, why, number = await WAYS[going.channel](going)
    except NotConfigured:
        await record(key=going.key, state=State.FAILED, why=Why.NOT_SET_UP)
    except PlatformRefused as refused:
        await _refused(going, refused)
    except TokenMissing:
        await put_back(key=going.key)
        raise Later(PAUSE_S) from None
    except Unavailable:
        if going.channel in REPEATABLE:
            raise
    else:
        await record(key=going.key, state=state, why=why, partner_no=number)


async def _refused(going: Outgoing, refused: PlatformRefused) -> None:
    """Raises Later when it may be taken another time."""
    if refused.meaning in LATER:
        await put_back(key=going.key)
        raise Later(PAUSE_S)
    await record(key=going.key, state=State.FAILED, why=refused.meaning.value)


Ended = tuple[State, str, str]


async def _by_subscription(going: Outgoing) -> Ended:
    ended = await send_subscription(
        open_id=going.to, template_id=going.platform_id, page=going.page, data=going.data
    )
    if ended is Delivery.SENT:
        return State.SENT, "", ""
    return State.FAILED, Why.DECLINED if ended is Delivery.DECLINED else Why.UNREACHABLE, ""


async def _by_sms(going: Outgoing) -> Ended:
    outcome = await send_sms(to=going.to, text=going.text, key=going.key)
    is_sent = outcome.fate is SmsFate.SENT
    return State.SENT if is_sent else State.FAILED, "" if is_sent else Why.REFUSED, outcome.number


async def _by_mail(going: Outgoing) -> Ended:
    outcome = await send(
        to=going.to, subject=going.subject, text=going.text, message_key=going.key.replace(":", ".")
    )
    if outcome.fate is Fate.NOT_SENT:
        await put_back(key=going.key)
        raise Later(PAUSE_S)
    fates = {Fate.SENT: State.SENT, Fate.REFUSED: State.FAILED, Fate.MAYBE: State.UNKNOWN}
    return fates[outcome.fate], Why.REFUSED if outcome.fate is Fate.REFUSED else "", ""


async def _by_guide(going: Outgoing) -> Ended:
    raise NotConfigured(what="wecom")  # group sends leave together, by `hand_over`


WAYS: dict[Channel, Callable[[Outgoing], Awaitable[Ended]]] = {
    Channel.SUBSCRIBE: _by_subscription,
    Channel.WECOM: _by_guide,
    Channel.SMS: _by_sms,
    Channel.MAIL: _by_mail,
}


async def hand_over() -> None:
    """Put what waits for WeCom before the guides: one group send for one guide and one text."""
    for batch in await waiting_batches() if current().wecom else ():
        try:
            if going := await begin_batch(batch=batch, limit=CONTACTS_A_SEND):
                await _hand(going)
        except Later:
            continue  # quiet hours


async def _hand(going: list[Outgoing]) -> None:
    first = going[0]
    try:
        number, unreachable = await make_group_send(
            sender=first.sender, contacts=[one.to for one in going], text=first.text
        )
    except PlatformRefused as refused:
        for one in going:
            if refused.meaning in LATER:
                await put_back(key=one.key)
            else:
                await record(key=one.key, state=State.FAILED, why=refused.meaning.value)
        return
    except Unavailable:
        return  # unknown, for a person: the guide would see it twice
    for one in going:
        if one.to in unreachable:
            await record(key=one.key, state=State.FAILED, why=Why.UNREACHABLE)
        else:
            await record(key=one.key, state=State.HANDED, partner_no=number)


ENDS = {
    SendStatus.SENT: (State.SENT, ""),
    SendStatus.NO_CONTACT: (State.FAILED, Why.UNREACHABLE),
    SendStatus.CAPPED: (State.FAILED, Why.PLATFORM_CAP),
}


async def ask_group_sends() -> None:
    """Whether the guides pressed send, and what became of it."""
    if current().wecom is None:
        return
    by_send: dict[tuple[str, int], list[Handed]] = {}
    for one in await look_at_handed():
        by_send.setdefault((one.partner_no, one.guide_id), []).append(one)
    for (number, guide_id), messages in by_send.items():
        try:
            results = await results_of(number, (await get_staff(guide_id)).user_id)
        except Unavailable:
            continue
        for message in messages:
            await _note_result(message, results)


async def _note_result(message: Handed, results: dict[str, SendStatus]) -> None:
    contact = (await addresses_of(message.member_id)).external_user_id or ""
    if contact in results and results[contact] in ENDS:
        state, why = ENDS[results[contact]]
        await record(key=message.key, state=state, why=why, partner_no=message.partner_no)
