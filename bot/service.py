"""What news of the platforms changes on our side. The news is a hint; the state is asked for."""

import logging
from datetime import UTC, datetime

from bot.models import ContactEvent
from bot.protocol.events import read_news
from bot.protocol.news import ContactChanged, GroupChanged, TagChanged
from bot.protocol.untrusted import Untrusted
from core.database import use_case
from core.inbox import raw
from core.jobs import owe
from crm.tags.service import hear_of_customer, hear_of_library

log = logging.getLogger(__name__)

TAGS_MAY_HAVE_CHANGED = frozenset({"add_external_contact", "edit_external_contact"})
GROUP_LAG_S = 3  # the details of a group lag about two seconds behind its news


@use_case
async def believe_wecom_news(*, inbox_id: int) -> None:
    """Act on kept news of WeCom. Again: nothing changes. What is not acted upon stays kept."""
    kept = await raw(inbox_id)
    try:
        news = read_news(kept.body)
    except Untrusted:
        log.warning("kept news cannot be read", extra={"inbox_id": inbox_id})
        return
    if isinstance(news, ContactChanged):
        await _note(inbox_id, news)
        if news.change in TAGS_MAY_HAVE_CHANGED:
            external_user_id = news.external_user_id[:64]
            await hear_of_customer(external_user_id=external_user_id)
            key = f"contact:{external_user_id}"
            await owe("bot.know_contact", key=key, external_user_id=external_user_id)
    elif isinstance(news, TagChanged):
        await hear_of_library()
    elif isinstance(news, GroupChanged) and news.chat_id and news.change != "dismiss":
        await owe("bot.mirror_group", key=news.chat_id, delay_s=GROUP_LAG_S, chat_id=news.chat_id)


async def _note(inbox_id: int, news: ContactChanged) -> None:
    told = {
        "change": news.change[:40],
        "user_id": news.user_id[:64],
        "external_user_id": news.external_user_id[:64],
        "state": news.state[:64],
        "source": news.source[:40],
        "told_at": datetime.fromtimestamp(min(news.head.at, 2**33), UTC),
    }
    await ContactEvent.get_or_create(told, inbox_id=inbox_id)
