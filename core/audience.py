"""What rooms can say of a member, by name: traits and happenings. Conditions and columns use them.

The SQL is the owner's and never a person's: what a person chose comes in as parameters, beside it.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import overload

NAME = re.compile(r"[a-z_]+\.[a-z_0-9]+")
COLUMN = re.compile(r"[a-z][a-z_0-9]*")


class Kind(StrEnum):
    """What a value is. In SQL: bigint, bigint, text, text, boolean, date, timestamptz."""

    NUMBER = "number"
    FEN = "fen"
    TEXT = "text"
    CHOICE = "choice"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"


class Export(StrEnum):
    """May a value leave in a file: as it is, masked unless allowed, or never."""

    PLAIN = "plain"
    MASKED = "masked"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be chosen, in both languages."""

    value: str
    zh: str
    en: str


Choices = tuple[Choice, ...] | Callable[[], Awaitable[list[Choice]]]


@dataclass(frozen=True, slots=True)
class Trait:
    """What is true of a member now, as `points.balance`.

    `sql` is a SELECT with the columns (member_id, value); no row is no value. Each member stands
    there at most once, or, where the trait `is_many`, once for each value (as tags do).
    """

    name: str
    kind: Kind
    zh: str
    en: str
    sql: str
    choices: Choices | None = None
    export: Export = Export.PLAIN
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """What can be said of one time a happening took place.

    Where it `is_many` its column is an array of text, as the categories goods stand in. Numbers
    that only name something, as a guide's, do not `adds_up`.
    """

    kind: Kind
    zh: str
    en: str
    choices: Choices | None = None
    is_many: bool = False
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class Happening:
    """What a member did or met, as `orders.bought`.

    `sql` is a SELECT with (member_id, at, and a column for each attribute), one row for each time;
    rows without a member are left out by whoever asks.
    """

    name: str
    zh: str
    en: str
    sql: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


traits: dict[str, Trait] = {}
happenings: dict[str, Happening] = {}
watchers: list[Callable[[Iterable[int | None]], Awaitable[None]]] = []
populations: list[str] = []  # one SELECT of member_id: who can be in an audience at all


@overload
def register(fact: Trait) -> Trait: ...
@overload
def register(fact: Happening) -> Happening: ...


def register(fact: Trait | Happening) -> Trait | Happening:
    """Make a fact known. Doing it again replaces it; raises ValueError for a name out of shape."""
    columns = fact.attributes if isinstance(fact, Happening) else {}
    if not NAME.fullmatch(fact.name) or not all(map(COLUMN.fullmatch, columns)):
        raise ValueError(f"no name for a fact: {fact.name} {list(columns)}")
    if isinstance(fact, Trait):
        traits[fact.name] = fact
    else:
        happenings[fact.name] = fact
    return fact


def register_population(sql: str) -> None:
    """Say who is a member: a SELECT of member_id, each once. The room of people does, once."""
    populations[:] = [sql]


async def choices_of(fact: Trait | Attribute) -> list[Choice]:
    """What may be chosen for it now; empty where any value of its kind may be written."""
    if fact.choices is None:
        return []
    return list(fact.choices) if isinstance(fact.choices, tuple) else await fact.choices()


async def tell_changed(member_ids: Iterable[int | None]) -> None:
    """Say, in the transaction of the moment, that facts of these members are different now.

    For what is not worth an event of its own, as a view of a page. Cheap, and safe to repeat.
    """
    ids = list(member_ids)
    for watch in watchers:
        await watch(ids)
