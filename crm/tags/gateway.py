"""Corp tags of WeCom (企业客户标签): the library, and the tags on one customer.

Every body leaves without its empty fields: WeCom takes an empty id for a wrong one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import NotConfigured
from core.partners import NoAnswer
from core.settings import current
from core.wechat.api import Account, Fields, PlatformRefused, call
from core.wechat.errcodes import WECOM, Meaning

BASE = "/cgi-bin/externalcontact"
MAX_PAGES = 100
PAGE = 100
CORP_TAG = 1  # `type` of a tag: 1 the corp's, 2 a member's own, 3 of a rule group


@dataclass(frozen=True, slots=True)
class CorpTag:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CorpGroup:
    id: str
    name: str
    tags: tuple[CorpTag, ...]


@dataclass(frozen=True, slots=True)
class Follow:
    """A member of the corp who has this customer, and the tags they put on them."""

    user_id: str
    since: int
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a member's customers: the tags are that member's alone."""

    external_user_id: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Row, ...]
    next_cursor: str


async def library() -> tuple[CorpGroup, ...]:
    """All groups with their tags. Raises Unavailable, like everything here."""
    said = await _post("get_corp_tag_list", {})
    return tuple(_group(row) for row in _rows(said, "tag_group") if not row.get("deleted"))


async def add_tag(*, group_id: str, group_name: str, name: str) -> CorpGroup:
    """Make a tag, in a group that is there or by the name of a new one."""
    where = {"group_id": group_id} if group_id else {"group_name": group_name}
    said = await _post("add_corp_tag", {**where, "tag": [{"name": name}]})
    group = said.get("tag_group")
    if not isinstance(group, dict):
        raise NoAnswer(why="no tag_group in the answer")
    return _group(group)


async def rename(*, wecom_id: str, name: str) -> None:
    """Another name for a tag or a group."""
    await _post("edit_corp_tag", {"id": wecom_id, "name": name})


async def delete_tags(wecom_ids: Iterable[str]) -> None:
    """With its last tag a group goes too. What is not there any more is no error."""
    await _post("del_corp_tag", {"tag_id": sorted(wecom_ids)})


async def follows_of(external_user_id: str) -> tuple[Follow, ...]:
    """Who has this customer, with their tags; empty when it is no customer any more."""
    found: list[Follow] = []
    query: dict[str, str | int] = {"external_userid": external_user_id}
    for _ in range(MAX_PAGES):
        try:
            said = await call(_account(), "GET", f"{BASE}/get", query=query)
        except PlatformRefused as refused:
            if refused.meaning is Meaning.NOBODY:
                return ()
            raise
        found += [_follow(row) for row in _rows(said, "follow_user")]
        cursor = _word(said, "next_cursor")
        if not cursor or cursor == query.get("cursor"):
            return tuple(found)
        query["cursor"] = cursor
    raise NoAnswer(why="pages without end")


async def mark(
    *, user_id: str, external_user_id: str, add: Iterable[str], remove: Iterable[str]
) -> None:
    """Put tags on a customer in the name of a member who has them, take others off."""
    body = {
        "userid": user_id,
        "external_userid": external_user_id,
        "add_tag": sorted(add),
        "remove_tag": sorted(remove),
    }
    await _post("mark_tag", body)


async def followers() -> list[str]:
    """Members of the corp who may have customers."""
    said = await call(_account(), "GET", f"{BASE}/get_follow_user_list")
    users = said.get("follow_user")
    return [one for one in users if isinstance(one, str)] if isinstance(users, list) else []


async def customers(user_id: str, cursor: str) -> Page:
    """A hundred customers of a member with the tags that member put on them."""
    asked = {"userid_list": [user_id], "cursor": cursor, "limit": PAGE}
    try:
        said = await _post("batch/get_by_user", asked)
    except PlatformRefused as refused:
        if refused.meaning is Meaning.NOBODY:
            return Page((), "")
        raise
    rows = tuple(_row(row) for row in _rows(said, "external_contact_list"))
    return Page(rows, _word(said, "next_cursor"))


def without_empty(body: Mapping[str, Any]) -> Fields:
    """The fields that say something."""
    return {name: value for name, value in body.items() if value not in (None, "", [], {})}


async def _post(name: str, body: Mapping[str, Any]) -> Fields:
    return await call(_account(), "POST", f"{BASE}/{name}", body=without_empty(body))


def _account() -> Account:
    """Customer contact (客户联系): its secret, and the token that all who use it share."""
    ours = current().wecom
    if ours is None:
        raise NotConfigured(what="wecom")
    return Account(
        partner="wecom",
        name=f"wecom:{ours.corp_id}:contact",
        base_url=ours.base_url,
        token_path="/cgi-bin/gettoken",  # noqa: S106
        token_query={
            "corpid": ours.corp_id,
            "corpsecret": ours.contact_secret.get_secret_value(),
        },
        meanings=WECOM,
    )


def _group(row: Fields) -> CorpGroup:
    tags = tuple(
        CorpTag(_word(tag, "id"), _word(tag, "name"))
        for tag in _rows(row, "tag")
        if not tag.get("deleted") and _word(tag, "id")
    )
    return CorpGroup(_word(row, "group_id"), _word(row, "group_name"), tags)


def _follow(row: Fields) -> Follow:
    tags = (tag for tag in _rows(row, "tags") if tag.get("type", CORP_TAG) == CORP_TAG)
    since = row.get("createtime")
    ids = frozenset(_word(tag, "tag_id") for tag in tags) - {""}
    return Follow(_word(row, "userid"), since if type(since) is int else 0, ids)


def _row(row: Fields) -> Row:
    contact, info = row.get("external_contact"), row.get("follow_info")
    who = _word(contact, "external_userid") if isinstance(contact, dict) else ""
    listed = info.get("tag_id") if isinstance(info, dict) else None
    return Row(who, frozenset(_texts(listed)))


def _texts(listed: object) -> Iterator[str]:
    if isinstance(listed, list):
        yield from (one for one in listed if isinstance(one, str) and one)


def _rows(said: Fields, name: str) -> list[Fields]:
    rows = said.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _word(said: Fields, name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
