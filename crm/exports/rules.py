"""How an export goes on, which columns a role may take along, and who has to look at it first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core import clock
from core.audience import Export, Trait
from core.security.scope import Role
from crm.people.queries import Shared

MAY_EXPORT = frozenset({Role.STORE_MANAGER, Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE})
SEES_MASKED = MAY_EXPORT - {Role.FRANCHISEE}  # members were promised so
SEES_WHOLE = frozenset({Role.HEAD_OFFICE})  # and only with a second person
APPROVES = frozenset({Role.HEAD_OFFICE})
LONGEST_DAYS = 30  # a file is kept
LONGEST_SCHEDULE_DAYS = 366
REASON_CHARS = 4  # at least; "ok" is no reason
MOST_OPEN = 5  # exports of one person that are not done
PHONE = "people.phone"  # encrypted, so it is no trait; its text comes from the room of people
ROWS_A_PIECE = 5_000


class State(StrEnum):
    WANTED = "wanted"  # the list of members is being made
    WAITING = "waiting"  # for a second person
    RUNNING = "running"
    READY = "ready"  # to be taken, once
    TAKEN = "taken"
    DONE = "done"  # the tag is given
    EXPIRED = "expired"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"


MOVES = {
    (State.WANTED, "hold"): State.WAITING,
    (State.WANTED, "start"): State.RUNNING,
    (State.WAITING, "approve"): State.RUNNING,
    (State.WAITING, "refuse"): State.REFUSED,
    (State.RUNNING, "finish"): State.READY,
    (State.RUNNING, "finish_tag"): State.DONE,
    (State.READY, "take"): State.TAKEN,
    (State.WANTED, "fail"): State.FAILED,
    (State.RUNNING, "fail"): State.FAILED,
    **{
        (state, "cancel"): State.CANCELLED
        for state in (State.WANTED, State.WAITING, State.RUNNING, State.READY)
    },
    **{
        (state, "expire"): State.EXPIRED
        for state in (State.WANTED, State.WAITING, State.RUNNING, State.READY, State.TAKEN)
    },
}
UNDER_WAY = frozenset({State.WANTED, State.WAITING, State.RUNNING})
HAS_PIECES = frozenset({State.RUNNING, State.READY, State.TAKEN})


def before(move: str) -> frozenset[State]:
    """The states from which `move` is possible."""
    return frozenset(state for state, known in MOVES if known == move)


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    TAG = "tag"  # no file: the members get a tag, also in WeCom where the tag is shared


class Use(StrEnum):
    """What the list is for. To reach people with it, they must have agreed to that (P3)."""

    CONTACT = "contact"
    SERVICE = "service"
    ANALYSIS = "analysis"


USES: dict[Use, tuple[str, str]] = {
    Use.CONTACT: (
        "联系会员（只含同意营销的会员）",
        "To reach members (only who agreed to marketing)",
    ),
    Use.SERVICE: ("履约与售后", "To fulfil orders and serve after-sales"),
    Use.ANALYSIS: ("统计分析（不含联系方式）", "To analyse (without ways to reach anybody)"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What a file can say of a member. `is_masked`: hidden in part unless the whole is released."""

    name: str
    zh: str
    en: str
    is_masked: bool = False
    is_contact: bool = False

    @property
    def room(self) -> str:
        """Whose fact it is."""
        return self.name.partition(".")[0]


PHONE_COLUMN = Column(PHONE, "手机号", "phone", is_masked=True, is_contact=True)


# What a fact has to be shared as, to leave for a store of another company. What adds up all stores,
# as orders do, says more than such a store is shown, and goes with the profile like all the rest.
FIELDS: dict[str, Shared] = {
    "tiers": Shared.TIER,
    "points": Shared.POINTS,
    "coupons": Shared.COUPONS,
    "tags": Shared.TAGS,
    "behaviour": Shared.STEPS,
    "reach": Shared.STEPS,
    "people.joined": Shared.JOINED,
    "people.guide": Shared.GUIDE,
    PHONE: Shared.PHONE,
}
EVERYTHING = frozenset(Shared)


def columns_for(
    role: Role, traits: dict[str, Trait], shared: frozenset[Shared] = EVERYTHING
) -> dict[str, Column]:
    """What this role may take along, by name, of what is `shared` with its company."""
    if role not in MAY_EXPORT:
        return {}
    found = {} if role not in SEES_MASKED else {PHONE: PHONE_COLUMN}
    for name, trait in sorted(traits.items()):
        is_masked = trait.export is Export.MASKED
        if trait.export is Export.NEVER or (is_masked and role not in SEES_MASKED):
            continue
        found[name] = Column(name, trait.zh, trait.en, is_masked)
    return {name: column for name, column in found.items() if _field_of(column) in shared}


def _field_of(column: Column) -> Shared:
    return FIELDS.get(column.name) or FIELDS.get(column.room, Shared.PROFILE)


def needs_second(members: int, *, alone: int, is_whole: bool) -> bool:
    """Somebody else looks first: many rows, or anything that is not masked."""
    return is_whole or members > alone


def masked(text: str) -> str:
    """The first character, as of a surname; nothing more."""
    return f"{text[:1]}**" if text else ""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every so many days, at an hour of the shop's day."""

    every_days: int
    hour: int


def next_run(rhythm: Rhythm, after: datetime) -> datetime:
    """The first moment of the rhythm after `after`, counted from its shop day."""
    local = after.astimezone(clock.SHOP_ZONE)
    today = local.replace(hour=rhythm.hour, minute=0, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=rhythm.every_days)
