"""Reading what the platforms tell. What we have no shape for is kept as Unread and is no error."""

import hashlib
import re
from collections.abc import Callable

from bot.protocol.envelope import Tree, read_tree
from bot.protocol.news import (
    Answer,
    ContactChanged,
    Delivery,
    Followed,
    GroupChanged,
    Head,
    Message,
    News,
    Scanned,
    ServiceCalled,
    SubscriptionAnswered,
    SubscriptionSent,
    TagChanged,
    TemplateDelivered,
    Unfollowed,
    Unread,
)

MSG_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


def read_news(plaintext: str) -> News:
    """The news in a decrypted message, XML or JSON.

    Raises Untrusted("malformed") when it is neither.
    """
    tree = read_tree(plaintext.encode())
    at = _text(tree, "CreateTime")
    head = Head(
        receiver=_text(tree, "ToUserName"),
        sender=_text(tree, "FromUserName"),
        at=int(at) if at.isdecimal() and len(at) <= 12 else 0,
    )
    kind = _text(tree, "MsgType")
    if kind != "event":
        text = _text(tree, "Content") if kind == "text" else ""
        return Message(head, kind, _text(tree, "MsgId"), text)
    event = _text(tree, "Event")
    read = READERS.get(event.lower())
    return read(head, tree) if read else Unread(head, event, _text(tree, "ChangeType"))


def key_of(plaintext: str, news: News | None) -> str:
    """Two deliveries of one piece of news have one key.

    Messages go by their MsgId. Events have no number, and sender and second are the same for many
    of a busy second: they go by their whole text. `news` is None for a text that cannot be read.
    """
    if isinstance(news, Message) and MSG_ID.fullmatch(news.message_id):
        return f"message:{news.message_id}"
    return f"text:{hashlib.sha256(plaintext.encode()).hexdigest()}"


def _contact(head: Head, tree: Tree) -> ContactChanged:
    return ContactChanged(
        head,
        change=_text(tree, "ChangeType"),
        user_id=_text(tree, "UserID"),
        external_user_id=_text(tree, "ExternalUserID"),
        state=_text(tree, "State"),
        welcome_code=_text(tree, "WelcomeCode"),
        source=_text(tree, "Source"),
        fail_reason=_text(tree, "FailReason"),
    )


def _group(head: Head, tree: Tree) -> GroupChanged:
    return GroupChanged(
        head,
        change=_text(tree, "ChangeType"),
        chat_id=_text(tree, "ChatId"),
        detail=_text(tree, "UpdateDetail"),
        join_scene=_text(tree, "JoinScene"),
        quit_scene=_text(tree, "QuitScene"),
        members=_members(tree.get("MemChangeList")),
        version=_text(tree, "CurMemVer"),
    )


def _members(listed: object) -> tuple[str, ...]:
    """MemChangeList: nested Item elements, one or many; older corps send one text with commas."""
    if isinstance(listed, dict):
        return tuple(item for item in _many(listed.get("Item")) if isinstance(item, str))
    texts = [part for part in _many(listed) if isinstance(part, str)]
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def _tag(head: Head, tree: Tree) -> TagChanged:
    return TagChanged(head, _text(tree, "ChangeType"), _text(tree, "Id"), _text(tree, "TagType"))


def _service(head: Head, tree: Tree) -> ServiceCalled:
    return ServiceCalled(head, _text(tree, "Token"), _text(tree, "OpenKfId"))


def _followed(head: Head, tree: Tree) -> Followed:
    scene = _text(tree, "EventKey").removeprefix("qrscene_")
    return Followed(head, scene, _text(tree, "Ticket"))


def _scanned(head: Head, tree: Tree) -> Scanned:
    return Scanned(head, _text(tree, "EventKey"), _text(tree, "Ticket"))


def _template_delivered(head: Head, tree: Tree) -> TemplateDelivered:
    return TemplateDelivered(head, _text(tree, "MsgID"), _text(tree, "Status"))


def _answered(head: Head, tree: Tree) -> SubscriptionAnswered:
    rows = _listed(tree, "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent")
    answers = (
        Answer(_text(row, "TemplateId"), _text(row, "SubscribeStatusString")) for row in rows
    )
    return SubscriptionAnswered(head, tuple(answers))


def _sent(head: Head, tree: Tree) -> SubscriptionSent:
    names = ("TemplateId", "MsgID", "ErrorCode", "ErrorStatus")
    rows = _listed(tree, "SubscribeMsgSentEvent")
    return SubscriptionSent(head, tuple(Delivery(*(_text(row, n) for n in names)) for row in rows))


def _listed(tree: Tree, *wrappers: str) -> list[Tree]:
    """`List` stands inside an element of its event in XML, and at the top in JSON."""
    holders = [tree, *(tree[name] for name in wrappers if isinstance(tree.get(name), dict))]
    return [row for holder in holders for row in _many(holder.get("List")) if isinstance(row, dict)]


def _many(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(tree: Tree, name: str) -> str:
    """The text or the number under `name`; "" for anything else."""
    value = tree.get(name)
    return str(value) if isinstance(value, str | int) else ""


READERS: dict[str, Callable[[Head, Tree], News]] = {
    "change_external_contact": _contact,
    "change_external_chat": _group,
    "change_external_tag": _tag,
    "kf_msg_or_event": _service,
    "subscribe": _followed,
    "scan": _scanned,
    "unsubscribe": lambda head, _: Unfollowed(head),
    "templatesendjobfinish": _template_delivered,
    "subscribe_msg_popup_event": _answered,
    "subscribe_msg_change_event": _answered,
    "subscribe_msg_sent_event": _sent,
}
