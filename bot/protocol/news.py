"""Shapes of what WeCom (企业微信), official account (公众号) and mini-program (小程序) tell.

A field that was missing is empty: news is a hint, the state is asked for where it matters.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """Who told whom and when: Unix seconds; `sender` is `sys` or missing for WeCom events."""

    receiver: str
    sender: str
    at: int


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """Customer contact (客户联系) of a member and a customer began, changed or ended."""

    head: Head
    change: str
    user_id: str
    external_user_id: str
    state: str = ""
    welcome_code: str = ""
    source: str = ""
    fail_reason: str = ""


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """A customer group (客户群) was made, changed (`detail`) or dismissed."""

    head: Head
    change: str
    chat_id: str
    detail: str = ""
    join_scene: str = ""
    quit_scene: str = ""
    members: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class TagChanged:
    """A tag (标签) or a tag group of the corp."""

    head: Head
    change: str
    tag_id: str
    tag_type: str


@dataclass(frozen=True, slots=True)
class ServiceCalled:
    """Customer service (微信客服): there are messages to fetch with `token`."""

    head: Head
    token: str
    open_kf_id: str


@dataclass(frozen=True, slots=True)
class Followed:
    """Somebody follows the official account; `scene` is that of the code, if it was by one."""

    head: Head
    scene: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A follower scanned a code of the official account."""

    head: Head
    scene: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    head: Head


@dataclass(frozen=True, slots=True)
class TemplateDelivered:
    """The end of a template message (模板消息); `status` is `success` or says why not."""

    head: Head
    message_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One template of a subscription popup or setting: `accept` or `reject`."""

    template_id: str
    status: str


@dataclass(frozen=True, slots=True)
class SubscriptionAnswered:
    """Subscription messages (订阅消息) allowed or refused, in the popup or in the settings."""

    head: Head
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    template_id: str
    message_id: str
    error_code: str
    status: str


@dataclass(frozen=True, slots=True)
class SubscriptionSent:
    head: Head
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """Something a person wrote or sent; `content` is empty unless it is text."""

    head: Head
    kind: str
    message_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A kind of news we have no shape for; its text stands in the inbox."""

    head: Head
    kind: str
    change: str


News = (
    ContactChanged
    | GroupChanged
    | TagChanged
    | ServiceCalled
    | Followed
    | Scanned
    | Unfollowed
    | TemplateDelivered
    | SubscriptionAnswered
    | SubscriptionSent
    | Message
    | Unread
)
