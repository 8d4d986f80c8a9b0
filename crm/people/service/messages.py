"""Wanting a message said to our own staff, and hearing from `bot` how it ended."""

from core import clock
from core.database import use_case
from core.outbox import publish
from crm.people.events import MessageWanted
from crm.people.models import MessageIntent
from crm.people.rules import ENDED, REPEATS_FOR, MessageState
from trade.stores.queries import get_staff


@use_case
async def want_message(*, key: str, staff_id: int, text: str) -> None:
    """Owe a member of staff this text in WeCom. The same key again wants nothing new.

    Who has left is told nothing.

    `text` must hold no personal data (P15): numbers of orders and stores, no names, no phones.
    """
    staff = await get_staff(staff_id)
    if not staff.is_active:
        return
    at = clock.now()
    wanted = {"staff_id": staff_id, "text": text, "wanted_at": at}
    _, is_new = await MessageIntent.get_or_create(wanted, key=key)
    if is_new:
        await publish(MessageWanted(key=key, user_id=staff.user_id, text=text, at=at))


@use_case
async def begin_delivery(*, key: str) -> bool:
    """Whether a message may be sent now. False when it has ended, or nobody wants it.

    After a first try without an answer the same text may be repeated for a while, in which WeCom
    itself drops repetitions. After that it stays unknown, for a person to look at: nobody is told
    twice.
    """
    row = await MessageIntent.filter(key=key).select_for_update().first()
    if row is None or row.state in ENDED:
        return False
    at = clock.now()
    if row.first_tried_at is not None and at - row.first_tried_at > REPEATS_FOR:
        return False
    if row.first_tried_at is None:
        await MessageIntent.filter(id=row.id).update(first_tried_at=at)
    return True


@use_case
async def record_delivery(*, key: str, state: MessageState) -> None:
    """How a message ended, or that nobody knows. What has ended stays so, whatever comes later."""
    open_ones = MessageIntent.filter(key=key).exclude(state__in=list(ENDED))
    await open_ones.update(state=state, settled_at=clock.now())
