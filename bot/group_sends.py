"""Group sends (群发) to WeCom's customers: made here, pressed by the guide, asked about later."""

from collections.abc import Sequence
from enum import IntEnum

from bot.contacts import BASE
from bot.gateway import contact_account, word
from core.partners import NoAnswer
from core.wechat.api import Fields, PlatformRefused, call
from core.wechat.errcodes import Meaning

MAX_PAGES = 100


class SendStatus(IntEnum):
    """What became of one customer of a group send."""

    UNSENT = 0
    SENT = 1
    NO_CONTACT = 2
    CAPPED = 3


async def make_group_send(
    *, sender: str, contacts: Sequence[str], text: str
) -> tuple[str, set[str]]:
    """Put a message before the guide, for these customers: its number, and who cannot get it.

    An empty number: nobody can. Raises Unavailable: nobody knows, or it must wait.
    """
    body = {
        "chat_type": "single",
        "sender": sender,
        "external_userid": list(contacts),
        "text": {"content": text},
    }
    try:
        said = await call(contact_account(), "POST", f"{BASE}/add_msg_template", body=body)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.NOBODY or refused.errcode == 41048:
            return "", set(contacts)
        raise
    number = word(said, "msgid")
    if not number:
        raise NoAnswer(why="no msgid in the answer")
    failed = said.get("fail_list")
    return number, {one for one in failed if isinstance(one, str)} if isinstance(
        failed, list
    ) else set()


async def results_of(number: str, sender: str) -> dict[str, SendStatus]:
    """What became of a group send, customer by customer. Raises Unavailable."""
    found: dict[str, SendStatus] = {}
    cursor = ""
    for _ in range(MAX_PAGES):
        body: Fields = {"msgid": number, "userid": sender, "limit": 1000, "cursor": cursor}
        said = await call(contact_account(), "POST", f"{BASE}/get_groupmsg_send_result", body=body)
        rows = said.get("send_list")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("status") in set(SendStatus):
                found[word(row, "external_userid")] = SendStatus(row["status"])
        cursor = word(said, "next_cursor")
        if not cursor:
            return found
    raise NoAnswer(why="pages without end")
