"""What members allowed in the popup of subscription messages (订阅消息弹窗), told by WeChat."""

import logging
from collections.abc import Iterator

from bot.protocol.envelope import Tree, read_tree
from bot.protocol.untrusted import Untrusted
from core.database import use_case
from core.inbox import raw
from core.settings import current
from crm.people.queries import IdKind, find_member_by_id
from crm.reach.service import end_permits, note_permit

log = logging.getLogger(__name__)

BOXES = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
}


@use_case
async def believe_permits(*, inbox_id: int) -> None:
    """Note what a kept event allows or ends. Again: no change; others are left alone."""
    kept = await raw(inbox_id)
    try:
        tree = read_tree(kept.body.encode())
    except Untrusted:
        return  # said already by who reads orders' events
    event, open_id, ours = tree.get("Event"), tree.get("FromUserName"), current().mini_program
    if event not in BOXES or not isinstance(open_id, str) or ours is None:
        return
    member_id = await find_member_by_id(IdKind.OPEN_ID, open_id, realm=ours.app_id)
    if member_id is None:
        log.warning("a permit of nobody we know", extra={"inbox_id": inbox_id})
        return
    for place, (platform_id, said) in enumerate(_entries(tree, BOXES[str(event)])):
        if said == "accept":
            key = f"{inbox_id}:{place}"
            await note_permit(key=key, member_id=member_id, platform_id=platform_id, at=kept.at)
        elif said == "reject" and event == "subscribe_msg_change_event":
            await end_permits(member_id=member_id, platform_id=platform_id, at=kept.at)


def _entries(tree: Tree, box: str) -> Iterator[tuple[str, str]]:
    """(template, answer) of each; JSON has the list, XML a box around it, one entry is no list."""
    inner = tree.get(box)
    listed = inner.get("List") if isinstance(inner, dict) else tree.get("List")
    for entry in listed if isinstance(listed, list) else [listed]:
        if isinstance(entry, dict):
            platform_id, said = entry.get("TemplateId"), entry.get("SubscribeStatusString")
            if isinstance(platform_id, str) and isinstance(said, str):
                yield platform_id[:64], said
