"""Slow work of the bot: telling our people and members, keeping customer groups true."""

from datetime import timedelta

from bot import contacts, members
from bot.gateway import Delivery, send_text
from core import clock
from core.errors import Unavailable
from core.jobs import every, job
from core.settings import current
from crm.people.queries import MessageState, groups_seen_since
from crm.people.service import (
    begin_delivery,
    know_contact,
    mirror_group,
    note_gone_groups,
    record_delivery,
)

LOOK_AGAIN_AFTER = timedelta(days=1)
GROUPS_A_RUN = 200


@job("bot.deliver")
async def deliver(message_key: str, user_id: str, text: str) -> None:
    """Tell one of our people in WeCom, once.

    Without an answer it is unknown, and tried again only while WeCom itself drops a repetition.
    """
    if current().wecom is None:
        await record_delivery(key=message_key, state=MessageState.FAILED)
        return
    if not await begin_delivery(key=message_key):
        return
    try:
        ended = await send_text(user_id=user_id, text=text)
    except Unavailable:
        await record_delivery(key=message_key, state=MessageState.UNKNOWN)
        raise
    is_sent = ended is Delivery.SENT
    state = MessageState.DELIVERED if is_sent else MessageState.FAILED
    await record_delivery(key=message_key, state=state)


@job("bot.mirror_group")
async def mirror_one_group(chat_id: str) -> None:
    """Look at one customer group (客户群) as it is now."""
    group = await contacts.find_group(chat_id)
    if group is not None:
        await mirror_group(chat_id=chat_id, name=group.name, owner_user_id=group.owner)


@job("bot.know_contact", timeout_s=60)
async def know_one_contact(external_user_id: str) -> None:
    """Ask who a new customer is, and let the member with their union id be known by it."""
    wecom = current().wecom
    contact = await contacts.find_contact(external_user_id) if wecom else None
    if wecom and contact:
        await know_contact(
            external_user_id=external_user_id, union_id=contact.union_id, corp_id=wecom.corp_id
        )


@every("bot.sync_groups", seconds=300)
async def sync_groups() -> None:
    """News may be lost: list all groups, look at those not seen for a day, let go what is gone."""
    if current().wecom is None:
        return
    owners = await contacts.followers()
    listed = await contacts.group_ids_of(owners)
    await note_gone_groups(listed=listed)
    seen = await groups_seen_since(clock.now() - LOOK_AGAIN_AFTER)
    for chat_id in [one for one in listed if one not in seen][:GROUPS_A_RUN]:
        await mirror_one_group(chat_id)


@job("bot.tell_member", timeout_s=60)
async def tell_member(message_key: str) -> None:
    """Send a member one message, at most once."""
    await members.tell_member(message_key)


@every("bot.hand_over", seconds=20)
async def hand_over() -> None:
    """Group sends that wait are put before the guides."""
    await members.hand_over()


@every("bot.ask_group_sends", seconds=300)
async def ask_group_sends() -> None:
    """What became of the group sends."""
    await members.ask_group_sends()
