"""What the four makers' protocols have in common: a call to make, an answer to read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from devices.protocol.port import Fate, Place, Refused, Said, Sent, Ticket, Unknown
from devices.rules import PrinterCondition

Doc = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a signature is made with: the time in seconds and a number nobody used before."""

    at: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Call:
    """One POST: a form, or JSON as it is signed."""

    path: str
    form: Mapping[str, str] | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Maker(Protocol):
    """One maker's protocol: pure. Answers come as JSON that nobody vouches for."""

    drops_repeats: bool
    most_bytes: int  # of the content of one call

    def printing(self, place: Place, ticket: Ticket, stamp: Stamp) -> Call: ...
    def printed(self, answer: Doc, ticket: Ticket) -> Sent: ...
    def following(self, place: Place, ticket_no: str, stamp: Stamp) -> Call | None:
        """None: the maker tells by itself (push) and cannot be asked."""

    def fate(self, answer: Doc) -> Fate: ...
    def asking(self, place: Place, stamp: Stamp) -> Call: ...
    def condition(self, answer: Doc) -> PrinterCondition: ...
    def adding(self, place: Place, label_key: str, name: str, stamp: Stamp) -> Call: ...
    def removing(self, place: Place, stamp: Stamp) -> Call: ...
    def clearing(self, place: Place, stamp: Stamp) -> Call: ...
    def done(self, answer: Doc) -> Said: ...


def read(body: bytes) -> Doc | Unknown:
    """The JSON object of an answer; anything else says nothing."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return Unknown("unreadable")
    return answer if isinstance(answer, dict) else Unknown("unreadable")


def refused(code: object) -> Refused:
    """A maker's code is kept as it is, short."""
    return Refused(f"maker:{str(code)[:20]}")


def text_of(value: object, most: int = 64) -> str:
    """A number of the maker's as text; empty for anything that is none."""
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    shown = str(value) if is_plain else ""
    return shown if shown.isprintable() and len(shown) <= most else ""
