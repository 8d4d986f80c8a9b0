"""The console's navigation: each room names its pages, a visitor sees the ones they may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.security.scope import Role
from core.web.policy import Policy


class Section(StrEnum):
    """The upper row of the navigation, in this order."""

    TODAY = "today"
    MEMBERS = "members"
    MARKETING = "marketing"
    TRADE = "trade"
    MONEY = "money"
    DATA = "data"


SAID: dict[Section, tuple[str, str]] = {
    Section.TODAY: ("概览", "Overview"),
    Section.MEMBERS: ("会员", "Members"),
    Section.MARKETING: ("营销", "Marketing"),
    Section.TRADE: ("交易", "Trade"),
    Section.MONEY: ("资金", "Money"),
    Section.DATA: ("数据", "Data"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the lower row. `order` places it among the pages of its section."""

    path: str
    zh: str
    en: str
    section: Section
    roles: frozenset[Role]
    order: int


@dataclass(frozen=True, slots=True)
class Link:
    path: str
    text: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """`sections` lead to the first page the visitor may open; `here` is the page they are on."""

    sections: tuple[Link, ...]
    pages: tuple[Link, ...]
    here: str


entries: dict[str, Entry] = {}


def add_to_console(
    path: str, *, zh: str, en: str, section: Section, who: Policy, order: int = 50
) -> None:
    """Name a page of the console, with the policy of its route. Saying it again replaces it.

    Raises ValueError for a page that names no role: the console is for those who signed in.
    """
    if not who.roles:
        raise ValueError(f"{path} is for whom?")
    entries[path] = Entry(path, zh, en, section, who.roles, order)


def menu_for(role: Role, path: str, language: str) -> Menu:
    """What this role may open, and where `path` lies in it: at its longest named beginning."""
    mine = sorted(
        (entry for entry in entries.values() if role in entry.roles),
        key=lambda entry: (list(Section).index(entry.section), entry.order, entry.path),
    )
    here = _here(mine, path)
    section = here.section if here else None
    firsts = {entry.section: entry for entry in reversed(mine)}
    return Menu(
        tuple(
            Link(firsts[one].path, _said(SAID[one], language), one is section)
            for one in Section
            if one in firsts
        ),
        tuple(
            Link(entry.path, _said((entry.zh, entry.en), language), entry is here)
            for entry in mine
            if entry.section is section
        ),
        here.path if here else "/console",
    )


def _here(mine: Iterable[Entry], path: str) -> Entry | None:
    fits = [one for one in mine if path == one.path or path.startswith(f"{one.path}/")]
    return max(fits, key=lambda one: len(one.path), default=None)


def _said(words: tuple[str, str], language: str) -> str:
    return words[1] if language == "en" else words[0]
