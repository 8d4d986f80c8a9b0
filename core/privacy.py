"""Personal data, said once for the whole product: purposes, fields, how long, how erased (P1).

Each room lists the columns of its tables in its own `privacy.py`; `app.wiring` brings them here. A
test fails for a column that stands in no list, and for a member's id that no room answers for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType


class Purpose(StrEnum):
    """What a person may agree to, each on its own (P2, P3)."""

    MEMBERSHIP = "membership"  # 会员服务
    PHONE = "phone"  # 手机号
    MARKETING = "marketing"  # 营销消息
    FRANCHISEE = "franchisee"  # 向加盟商提供
    SENSITIVE = "sensitive"  # 敏感个人信息
    OTHER_COMPANY = "other_company"  # 向其他公司提供
    PUBLISHING = "publishing"  # 公开展示
    ABROAD = "abroad"  # 向境外提供
    ORDINARY_VIEW = "ordinary_view"  # 不使用个性化推荐: who says yes is not profiled
    GUARDIAN = "guardian"  # 监护人同意


class Ground(StrEnum):
    """Why data may be kept where nobody was asked to agree."""

    CONTRACT = "contract"  # 履行合同: an order, a delivery, an after-sale
    LAW = "law"  # 法定义务: books, invoices, the audit log
    STAFF = "staff"  # 用工: those who work here
    SAFETY = "safety"  # 安全: sessions, limits, fraud


class OnMerge(StrEnum):
    """What joining two persons does to a row of the one who goes."""

    MOVE = "move"  # it is the other's now, and comes back when the merge is undone
    KEEP = "keep"  # it stays: history, or the room works it out anew on MembersMerged


class OnErase(StrEnum):
    """What erasing a member does to their rows."""

    KEEP = "keep"  # nothing in them names anybody; the member's id is a pseudonym by then
    BLANK = "blank"  # the personal columns are emptied, each when its days are over
    DELETE = "delete"  # the rows go


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a personal column is kept, and for how many days after the membership ends.

    0 days: erased with it. `blank` is the SQL that empties it. `zh` and `en` are what the privacy
    notice calls it; without them it is told by its name.
    """

    purposes: frozenset[Purpose] | frozenset[Ground] | frozenset[Purpose | Ground]
    days: int
    zh: str = ""
    en: str = ""
    blank: str = "NULL"


@dataclass(frozen=True, slots=True)
class Owned:
    """Rows that belong to a member, by `column`, or by `whose`: a condition with the member as $1.

    `once_by`: columns that are unique together with the member, as far as `once_where` goes. Where
    both persons have such a row, the one who stays keeps their own and the other row stays behind.
    `is_copied`: the member gets these rows with the copy of their own data.
    """

    table: str
    column: str = "member_id"
    merge: OnMerge = OnMerge.MOVE
    erase: OnErase = OnErase.KEEP
    once_by: tuple[str, ...] = ()
    once_where: str = "true"
    whose: str = ""
    key: str = "id"
    is_copied: bool = True

    @property
    def condition(self) -> str:
        return self.whose or f"{self.column} = $1"


@dataclass(frozen=True, slots=True)
class Expiring:
    """Rows that go `days` after the moment in `at`, whoever they are of; `where` spares others."""

    table: str
    at: str
    days: int
    zh: str
    en: str
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How personal data may have left: `sql` answers (member_id, at, actor) between $1 and $2.

    `fields` are columns, as `people_identity.cipher`.
    """

    name: str
    zh: str
    en: str
    fields: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Register:
    """What one room says of its columns. `not_personal` are names, of columns of any table."""

    room: str
    personal: Mapping[str, Kept]
    not_personal: frozenset[str]
    owned: tuple[Owned, ...]
    expiring: tuple[Expiring, ...]
    disclosures: tuple[Disclosure, ...]


registers: dict[str, Register] = {}


def learn(room: str, said: ModuleType) -> None:
    """Take over what a room's `privacy.py` says; what it does not say is empty."""
    registers[room] = Register(
        room=room,
        personal=getattr(said, "PERSONAL", {}),
        not_personal=getattr(said, "NOT_PERSONAL", frozenset()),
        owned=getattr(said, "OWNED", ()),
        expiring=getattr(said, "EXPIRING", ()),
        disclosures=getattr(said, "DISCLOSURES", ()),
    )


def all_personal() -> dict[str, Kept]:
    """Every personal column of the product, as `table.column`."""
    return {name: kept for room in registers.values() for name, kept in room.personal.items()}


def all_owned() -> list[Owned]:
    """Everything that belongs to a member, room by room."""
    return [owned for room in registers.values() for owned in room.owned]


def all_expiring() -> list[Expiring]:
    """Everything that goes by its age."""
    return [expiring for room in registers.values() for expiring in room.expiring]


def all_disclosures() -> list[Disclosure]:
    """Every way personal data may have left."""
    return [each for room in registers.values() for each in room.disclosures]


def unlisted(columns: Iterable[tuple[str, str, str]]) -> set[str]:
    """Of (room, table, column) those that no list knows."""
    missing = set()
    for room, table, column in columns:
        said = registers.get(room)
        name = f"{table}.{column}"
        if said is None or not ({name, column} & (said.personal.keys() | said.not_personal)):
            missing.add(name)
    return missing
