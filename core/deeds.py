"""What may be done to a member, by name: rooms register deeds, journeys and campaigns call them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

NAME = re.compile(r"[a-z_]+\.[a-z_]+")


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, or was done already for the same cause. `what` names the row it left."""

    what: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not done and trying again will not help: `reason` is a code, as `points.day_limit`."""

    reason: str


Outcome = Done | Refused
Do = Callable[[int, Any, str], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Deed:
    """`do(member_id, params, cause)` is one use case; with the same `cause` it happens once.

    `params` is the shape of what a person fills in; the titles of its fields are the labels.
    `is_message`: consent, caps and quiet hours stand before it; `channel` names its way.
    """

    name: str
    zh: str
    en: str
    params: type[BaseModel]
    do: Do
    is_message: bool = False
    channel: str = ""


deeds: dict[str, Deed] = {}


def register(deed: Deed) -> Deed:
    """Make a deed known. Doing it again replaces it; raises ValueError for a name out of shape."""
    if not NAME.fullmatch(deed.name) or (deed.is_message and not deed.channel):
        raise ValueError(f"no deed: {deed.name}")
    deeds[deed.name] = deed
    return deed
