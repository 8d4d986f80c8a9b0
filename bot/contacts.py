"""WeCom's customers (外部联系人) and customer groups (客户群), asked for page by page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.gateway import contact_account, word
from core.partners import NoAnswer
from core.wechat.api import Fields, PlatformRefused, call
from core.wechat.errcodes import Meaning

BASE = "/cgi-bin/externalcontact"
MAX_PAGES = 1_000
OWNERS_A_CALL = 100


@dataclass(frozen=True, slots=True)
class Follow:
    """One member's contact with a customer. `state` is the channel code's, where it was by one."""

    user_id: str
    state: str
    add_way: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer of the corp; `union_id` only where the corp is bound to an open account."""

    external_user_id: str
    union_id: str
    is_wechat: bool
    follows: tuple[Follow, ...]


@dataclass(frozen=True, slots=True)
class GroupMember:
    """`user_id` of a member of ours or `external_userid` of a customer."""

    user_id: str
    is_customer: bool
    union_id: str
    state: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    chat_id: str
    name: str
    owner: str
    version: str
    members: tuple[GroupMember, ...]


async def followers() -> list[str]:
    """Members of the corp who may have customers. Raises Unavailable, like all questions here."""
    said = await call(contact_account(), "GET", f"{BASE}/get_follow_user_list")
    return _words(said, "follow_user")


async def contact_ids_of(user_id: str) -> list[str]:
    """The customers of one member; none when WeCom says that there are none."""
    try:
        said = await call(contact_account(), "GET", f"{BASE}/list", query={"userid": user_id})
    except PlatformRefused as refused:
        if refused.errcode == 84061:
            return []
        raise
    return _words(said, "external_userid")


async def find_contact(external_user_id: str) -> Contact | None:
    """One customer with all who follow them; None when they are no contact any more."""
    pages = _pages("GET", f"{BASE}/get", {"external_userid": external_user_id})
    follows: list[Follow] = []
    person: Fields = {}
    try:
        async for page in pages:
            person = _part(page, "external_contact")
            follows += [_follow(row) for row in _rows(page, "follow_user")]
    except PlatformRefused as refused:
        if refused.meaning is Meaning.NOBODY:
            return None
        raise
    return Contact(
        external_user_id=external_user_id,
        union_id=word(person, "unionid"),
        is_wechat=person.get("type") == 1,
        follows=tuple(follows),
    )


async def group_ids_of(owners: list[str]) -> list[str]:
    """The groups these members own."""
    found: list[str] = []
    for start in range(0, len(owners), OWNERS_A_CALL):
        owned_by = {"userid_list": owners[start : start + OWNERS_A_CALL]}
        asked = {"status_filter": 0, "owner_filter": owned_by, "limit": 1000}
        async for page in _pages("POST", f"{BASE}/groupchat/list", asked):
            found += [word(row, "chat_id") for row in _rows(page, "group_chat_list")]
    return found


async def find_group(chat_id: str) -> Group | None:
    """One group as it is now; None when it is gone. Its name may be empty."""
    asked = {"chat_id": chat_id, "need_name": 0}
    try:
        said = await call(contact_account(), "POST", f"{BASE}/groupchat/get", body=asked)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.NOBODY:
            return None
        raise
    group = _part(said, "group_chat")
    return Group(
        chat_id=chat_id,
        name=word(group, "name"),
        owner=word(group, "owner"),
        version=word(group, "member_version"),
        members=tuple(_member(row) for row in _rows(group, "member_list")),
    )


async def _pages(method: str, path: str, asked: Fields) -> AsyncIterator[Fields]:
    """Follow next_cursor to its end; a cursor that stands still is a broken answer."""
    cursor = ""
    for _ in range(MAX_PAGES):
        given: Fields = {**asked, **({"cursor": cursor} if cursor else {})}
        sent: dict[str, Any] = {"query": given} if method == "GET" else {"body": given}
        page = await call(contact_account(), method, path, **sent)
        yield page
        upcoming = word(page, "next_cursor")
        if not upcoming:
            return
        if upcoming == cursor:
            break
        cursor = upcoming
    raise NoAnswer(why="pages without end")


def _follow(row: Fields) -> Follow:
    return Follow(
        user_id=word(row, "userid"),
        state=word(row, "state"),
        add_way=_number(row, "add_way"),
        since=_moment(row, "createtime"),
    )


def _member(row: Fields) -> GroupMember:
    return GroupMember(
        user_id=word(row, "userid"),
        is_customer=row.get("type") == 2,
        union_id=word(row, "unionid"),
        state=word(row, "state"),
        joined_at=_moment(row, "join_time"),
    )


def _part(said: Fields, name: str) -> Fields:
    part = said.get(name)
    if not isinstance(part, dict):
        raise NoAnswer(why=f"no {name} in the answer")
    return part


def _rows(said: Fields, name: str) -> list[Fields]:
    rows = said.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _words(said: Fields, name: str) -> list[str]:
    words = said.get(name)
    return [one for one in words if isinstance(one, str)] if isinstance(words, list) else []


def _number(row: Fields, name: str) -> int:
    value = row.get(name)
    return value if type(value) is int else 0


def _moment(row: Fields, name: str) -> datetime:
    seconds = _number(row, name)
    return datetime.fromtimestamp(seconds if 0 <= seconds < 2**33 else 0, UTC)
