"""Where a tag comes from, and what WeCom and we hold of it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

NAME_CHARS = 30  # of WeCom's tags and groups; ours keep to it, so that every tag can go there
MOST_TAGS = 3_000  # of WeCom


class Source(StrEnum):
    """Who says that a member has a tag. Several may say so; each takes back only its own word."""

    MANUAL = "manual"  # a person of ours
    RULE = "rule"  # a condition that holds
    WECOM = "wecom"  # somebody in WeCom
    IMPORT = "import"
    JOURNEY = "journey"  # a journey or a campaign


class Change(StrEnum):
    """What WeCom should do that we do not know it has done."""

    ADD = "add"
    REMOVE = "remove"


class PushState(StrEnum):
    SETTLED = "settled"  # nothing is wanted
    WANTED = "wanted"
    UNKNOWN = "unknown"  # asked, and no answer came: it is looked up
    FAILED = "failed"  # WeCom will not; `why` says what a person can do


@dataclass(frozen=True, slots=True)
class Mirror:
    """One tag of one member between WeCom and us: is it there, what did we want of it."""

    is_there: bool
    wanted: Change | None
    state: PushState


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking at WeCom changes: the mirror, and our side's marks (None: nothing)."""

    mirror: Mirror
    ours: Change | None = None


def looked(known: Mirror | None, *, is_there: bool) -> Seen:
    """Draw the conclusion of one look at WeCom.

    What we wanted and see is done; what we want and do not see is still to do. Anything else that
    differs from what we knew, somebody in WeCom did: it counts here too, and never goes back out.
    """
    settled = Mirror(is_there, None, PushState.SETTLED)
    if known is None:
        return Seen(settled, Change.ADD if is_there else None)
    if known.wanted is not None and known.state is not PushState.FAILED:
        is_done = is_there is (known.wanted is Change.ADD)
        return Seen(settled if is_done else Mirror(is_there, known.wanted, PushState.WANTED))
    if is_there is known.is_there:
        return Seen(known)
    return Seen(settled, Change.ADD if is_there else Change.REMOVE)
