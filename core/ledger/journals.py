"""The words of the book: a cause, its entries, the journal they make. Pure values."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core.ledger.accounts import Account, Floor, Unit
from core.ledger.errors import Unbalanced

Memo = Mapping[str, str | int]
MAX_AMOUNT = 10**15


class Act(StrEnum):
    POST = "post"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    MIRROR = "mirror"
    MOVE = "move"  # from one owner to another, who are one person


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Why a journal is written: a kind of business and its own key. One cause, one journal.

    Raises ValueError when a part is empty or too long for the book.
    """

    kind: str
    key: str

    def __post_init__(self) -> None:
        if not (0 < len(self.kind) <= 60 and 0 < len(self.key) <= 120):
            raise ValueError(f"not a cause: {self.kind!r} {self.key!r}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of one account. Units of a credit with `expires_at` are spent soonest first.

    Raises ValueError when the amount is not a whole number, or units that never expire are to.
    """

    account: Account
    amount: int
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if type(self.amount) is not int or abs(self.amount) > MAX_AMOUNT:
            raise ValueError(f"not an amount: {self.amount!r}")
        if self.expires_at and not (self.account.rule.has_lots and self.expires_at.tzinfo):
            raise ValueError(f"units of {self.account.kind} cannot expire at {self.expires_at}")


@dataclass(frozen=True, slots=True)
class Journal:
    """What stands in the book. `is_new` is False when the cause had been written before."""

    id: int
    cause: Cause
    act: Act
    at: datetime
    entries: tuple[Entry, ...]
    memo: Memo
    is_new: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry on its way into the book.

    `into`: what leaves lot by lot arrives there, with the same expiry. `own_lot`: it takes from the
    lot it names before all others. `mirrors_id`: the entry it takes back.
    """

    account: Account
    amount: int
    expires_at: datetime | None = None
    into: Account | None = None
    own_lot: bool = False
    mirrors_id: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How much of journal `of_id` a mirror takes back."""

    of_id: int
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal before it is written."""

    cause: Cause
    act: Act
    book: str
    at: datetime
    lines: Sequence[Line]
    memo: Memo
    share: Share | None = None


BOOKS = (Unit.FEN, Unit.COUPON, Unit.POINTS, Unit.BEHAVIOUR_POINTS)


def book_of(accounts: Iterable[Account]) -> str:
    """Money stands in the book of money, whatever else moves with it."""
    units = {account.unit for account in accounts}
    return next(book for book in BOOKS if book in units)


def lines_of(entries: Sequence[Entry]) -> list[Line]:
    """Lines that sum to zero in each unit; entries of zero are left out.

    Raises Unbalanced when they do not, ValueError when there are no entries at all.
    """
    if not entries:
        raise ValueError("a journal needs entries")
    sums: dict[Unit, int] = {}
    for entry in entries:
        sums[entry.account.unit] = sums.get(entry.account.unit, 0) + entry.amount
    if any(sums.values()):
        raise Unbalanced(f"off by { ({str(unit): off for unit, off in sums.items() if off}) }")
    return [
        Line(entry.account, entry.amount, entry.expires_at) for entry in entries if entry.amount
    ]


def totals(lines: Iterable[Line]) -> dict[Account, int]:
    """What each account gains or loses."""
    sums: dict[Account, int] = {}
    for line in lines:
        sums[line.account] = sums.get(line.account, 0) + line.amount
        if line.into:
            sums[line.into] = sums.get(line.into, 0) - line.amount
    return sums


def floor_of(account: Account, change: int, act: Act) -> int | None:
    """How low this change may bring the balance; None when it need not be asked.

    A credit is always welcome, a hold is always covered; only a mirror claws back, and a debt moves
    with its owner.
    """
    rule = account.rule.floor
    if change >= 0 or rule is Floor.HOUSE:
        return None
    if act is Act.HOLD or rule is Floor.ZERO:
        return 0
    return 0 if rule is Floor.CLAWBACK and act not in {Act.MIRROR, Act.MOVE} else None


def digest_of(draft: Draft) -> bytes:
    """SHA-256 over everything a journal says, in one canonical form."""
    share = draft.share
    said = [
        *(draft.cause.kind, draft.cause.key, draft.act, draft.book, _iso(draft.at)),
        dict(draft.memo),
        [share.of_id, share.numerator, share.denominator] if share else None,
        sorted(json.dumps(_said(line)) for line in draft.lines),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def _said(line: Line) -> list[Any]:
    account = line.account
    return [account.kind, account.owner, line.amount, _iso(line.expires_at), line.mirrors_id]


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None
