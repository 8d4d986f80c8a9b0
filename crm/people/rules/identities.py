"""Decisions about who somebody is, pure: the shapes of ids, masks, entrances, ages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.security.scope import Role
from crm.people.errors import BadBirthday, BadCard, BadEmail, BadPhone, ReasonNeeded

STANDARD_TIER = "standard"  # 普通会员
# Each index with its own purpose: their values cannot be compared.
WHOLE, LAST4, EMAIL = "people.phone", "people.phone_last4", "people.email"
MAY_REVEAL = frozenset({Role.MARKETER, Role.HEAD_OFFICE})  # a whole phone, with a reason
MAY_MERGE = frozenset({Role.MARKETER, Role.HEAD_OFFICE})
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})", re.ASCII)
ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", re.ASCII)
CARD = re.compile(r"[A-Z0-9-]{4,32}", re.ASCII)
ADULT_AT = 14  # 不满十四周岁未成年人: no profiling, a guardian agrees (P10)


class IdKind(StrEnum):
    """What a person can be known by."""

    OPEN_ID = "open_id"  # of one app
    UNION_ID = "union_id"  # of one open-platform account
    EXTERNAL_USERID = "external_userid"  # of one corp: 外部联系人
    PHONE = "phone"
    EMAIL = "email"
    TILL_CARD = "till_card"  # 实体会员卡


SECRET = frozenset({IdKind.PHONE, IdKind.EMAIL})  # kept as a cipher with blind indexes


class Entrance(StrEnum):
    """The six ways into the one pool of customers (PD-06)."""

    OFFICIAL_ACCOUNT = "official_account"  # 公众号
    SOCIAL = "social"  # 社交裂变: chats, groups, moments
    MINI_PROGRAM = "mini_program"  # 自有小程序
    MARKETPLACE = "marketplace"  # 平台小程序
    PUSH = "push"  # 外部推送与直播
    STORE = "store"  # 门店


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class MatchedBy(StrEnum):
    """Why two members are, or may be, one person. The first three are certain."""

    UNION_ID = "union_id"
    PHONE = "phone"
    TILL_CARD = "till_card"
    EMAIL = "email"
    PERSON = "person"  # somebody of ours says so


# WeChat's scene of a launch (场景值), as far as it says how somebody came.
_SCENES: dict[Entrance, frozenset[int]] = {
    Entrance.OFFICIAL_ACCOUNT: frozenset({1020, 1035, 1043, 1058, 1067, 1074, 1082, 1091, 1102}),
    Entrance.SOCIAL: frozenset({1007, 1008, 1036, 1044, 1096, 1154, 1155, 1158, 1185, 1186}),
    Entrance.MARKETPLACE: frozenset({1037, 1038}),
    Entrance.PUSH: frozenset({1014, 1107, 1175, 1176, 1177, 1184, 1191, 1193, 1195, 1216, 1228}),
    Entrance.STORE: frozenset({1011, 1012, 1013, 1031, 1032, 1047, 1048, 1049}),
}


def entrance_of(
    scene: int | None, *, has_group: bool = False, has_source: bool = False
) -> Entrance:
    """How somebody came in: by WeChat's scene, else by the card they pressed.

    A card shared to a group is social, whatever the scene; without a hint it is the mini-program.
    """
    if has_group:
        return Entrance.SOCIAL
    for entrance, scenes in _SCENES.items():
        if scene in scenes:
            return entrance
    return Entrance.STORE if has_source else Entrance.MINI_PROGRAM


def is_phone_wanted(*, points: int, has_phone: bool) -> bool:
    """A phone is asked for when there are points to use in a store, and not a moment earlier."""
    return points > 0 and not has_phone


def plain_phone(raw: str) -> str:
    """Eleven digits. Raises BadPhone, whose facts do not repeat the number."""
    found = MOBILE.fullmatch(re.sub(r"[\s-]", "", raw))
    if found is None:
        raise BadPhone()
    return found[1]


def plain_email(raw: str) -> str:
    """Small letters without blanks. Raises BadEmail, whose facts do not repeat the address."""
    kept = raw.strip().lower()
    if len(kept) > 120 or ADDRESS.fullmatch(kept) is None:
        raise BadEmail()
    return kept


def plain_card(raw: str) -> str:
    """The number of a member card, in capitals without blanks. Raises BadCard."""
    kept = re.sub(r"\s", "", raw).upper()
    if CARD.fullmatch(kept) is None:
        raise BadCard()
    return kept


def mask_phone(phone: str) -> str:
    """As `138****1234`: the head tells the network, the tail lets a member recognise it."""
    return f"{phone[:3]}****{phone[-4:]}"


def mask_email(email: str) -> str:
    """As `l***@example.com`."""
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}"


def mask_name(name: str) -> str:
    """The surname only: as `林**`; of a name in letters its first letter."""
    return f"{name[:1]}{'*' * min(max(len(name) - 1, 1), 3)}" if name else ""


def check_reason(reason: str) -> str:
    """Raises ReasonNeeded: a look at a full number is on record with words, not with a dot."""
    kept = reason.strip()
    if len(kept) < 4:
        raise ReasonNeeded()
    return kept


def check_birthday(day: date, today: date) -> None:
    """Raises BadBirthday for a day to come, or nobody's any more."""
    if not date(1900, 1, 1) <= day <= today:
        raise BadBirthday()


def turns_adult(born: date) -> date:
    """The day somebody turns fourteen; who was born on 29 February does so on 1 March."""
    year = born.year + ADULT_AT
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@dataclass(frozen=True, slots=True)
class Known:
    """One person of a pair, as far as it decides which of them stays."""

    member_id: int
    is_online: bool


def who_stays(one: Known, other: Known) -> tuple[int, int]:
    """(kept, gone): who comes by WeChat stays before who is a card only; else the elder stays."""
    if one.is_online != other.is_online:
        kept, gone = (one, other) if one.is_online else (other, one)
    else:
        kept, gone = sorted((one, other), key=lambda each: each.member_id)
    return kept.member_id, gone.member_id


def take_over(kept: Mapping[str, object], gone: Mapping[str, object]) -> dict[str, object]:
    """What the profile of the one who stays lacks and the other has."""
    return {
        name: value for name, value in gone.items() if value is not None and kept.get(name) is None
    }
