"""Mirrors: the counter-journal of a refund, in exact proportion, with running totals."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from core import clock
from core.database import sql
from core.ledger.accounts import Account, AccountKind, Unit
from core.ledger.errors import CauseReused, JournalNotFound, MirrorsTooMuch, NotMirrorable
from core.ledger.journals import Act, Cause, Draft, Journal, Line, Memo, Share
from core.ledger.posting import find_journal, write


async def mirror(
    cause: Cause, of: Cause, numerator: int, denominator: int, memo: Memo | None = None
) -> Journal:
    """Take back `numerator`/`denominator` of journal `of`: the share of an order that is refunded.

    Each entry is reversed in proportion; what does not divide goes to the largest remainder,
    counted over all mirrors of `of` so far: parts never drift, the last takes exactly the rest.
    Points go back to their own lots; points already spent leave a debt. Doing it again returns
    the first mirror.

    Raises JournalNotFound, MirrorsTooMuch when the shares exceed the whole, NotMirrorable for a
    hold, a release or a mirror; InsufficientBalance where the kind may not owe; CauseReused.
    """
    if not 0 < numerator <= denominator:
        raise ValueError(f"not a share: {numerator}/{denominator}")
    origin = await _origin(of)
    first = await find_journal(cause)
    share = Share(origin.id, numerator, denominator)
    if first is not None:
        return await _repeated(first, share)
    whole = origin.taken + Fraction(numerator, denominator)
    if whole > 1:
        raise MirrorsTooMuch(kind=of.kind, key=of.key, numerator=numerator, denominator=denominator)
    lines = _reversed(origin.entries, whole)
    drafted = Draft(cause, Act.MIRROR, origin.book, clock.now(), lines, memo or {}, share)
    journal = await write(drafted)
    return journal if journal.is_new else await _repeated(journal, share)


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry of the mirrored journal and how much of it was taken back so far."""

    id: int
    account: Account
    amount: int
    expires_at: datetime | None
    back: int


@dataclass(frozen=True, slots=True)
class Origin:
    id: int
    book: str
    taken: Fraction
    entries: list[Standing]


LOCK = """
SELECT id, act, book FROM core_ledger_journal
WHERE (cause_kind, cause_key) = ($1, $2) FOR NO KEY UPDATE
"""

SHARES = """
SELECT coalesce(json_agg(json_build_array(share_numerator, share_denominator)), '[]') AS shares
FROM core_ledger_journal WHERE mirrors_id = $1
"""

ENTRIES = """
SELECT entry.id, kind, owner, amount, expires_at, coalesce(back, 0)::bigint AS back
FROM core_ledger_entry AS entry JOIN core_ledger_account AS account ON account.id = account_id
LEFT JOIN (
    SELECT taken.mirrors_id, sum(taken.amount) AS back FROM core_ledger_entry AS taken
    JOIN core_ledger_journal AS journal ON journal.id = taken.journal_id
    WHERE journal.mirrors_id = $1 GROUP BY 1
) AS taken ON taken.mirrors_id = entry.id
WHERE entry.journal_id = $1 ORDER BY entry.id
"""


async def _origin(of: Cause) -> Origin:
    """The journal to mirror, locked: two part refunds at once take turns."""
    rows = await sql(LOCK, of.kind, of.key)
    if not rows:
        raise JournalNotFound(kind=of.kind, key=of.key)
    [row] = rows
    if row["act"] not in {Act.POST, Act.CAPTURE}:
        raise NotMirrorable(kind=of.kind, key=of.key, act=row["act"])
    [shares] = await sql(SHARES, row["id"])
    taken = sum((Fraction(*share) for share in json.loads(shares["shares"])), Fraction(0))
    entries = [
        Standing(
            entry["id"],
            Account(AccountKind(entry["kind"]), entry["owner"]),
            entry["amount"],
            entry["expires_at"],
            entry["back"],
        )
        for entry in await sql(ENTRIES, row["id"])
    ]
    return Origin(row["id"], row["book"], taken, entries)


async def _repeated(first: Journal, share: Share) -> Journal:
    [row] = await sql(
        "SELECT mirrors_id, share_numerator, share_denominator FROM core_ledger_journal"
        " WHERE id = $1",
        first.id,
    )
    if tuple(row.values()) != (share.of_id, share.numerator, share.denominator):
        raise CauseReused(kind=first.cause.kind, key=first.cause.key)
    return first


def _reversed(entries: Sequence[Standing], whole: Fraction) -> list[Line]:
    """The lines that bring what was taken back up to `whole` of each entry."""
    sides: dict[tuple[Unit, bool], list[Standing]] = {}
    for entry in entries:
        sides.setdefault((entry.account.unit, entry.amount > 0), []).append(entry)
    lines = []
    for (_, is_gain), side in sides.items():
        amounts = [abs(entry.amount) for entry in side]
        steps = next_parts(amounts, [abs(entry.back) for entry in side], whole)
        for entry, step in zip(side, steps, strict=True):
            amount, account = -step if is_gain else step, entry.account.unheld
            if amount:
                lines.append(
                    Line(account, amount, entry.expires_at, own_lot=True, mirrors_id=entry.id)
                )
    return lines


def next_parts(amounts: Sequence[int], taken: Sequence[int], whole: Fraction) -> list[int]:
    """What to take of each amount now, so that `whole` of their sum is taken, half a unit upwards.

    `taken` are the parts of earlier, smaller wholes. No part is negative, no amount is exceeded;
    parts differ from the exact proportion by the fairest rounding, and at 1 everything is taken.
    """
    target = int(sum(amounts) * whole + Fraction(1, 2))
    lacks = [amount * whole - back for amount, back in zip(amounts, taken, strict=True)]
    parts = [max(0, int(lack)) for lack in lacks]
    places = range(len(parts))
    while (missing := target - sum(taken) - sum(parts)) != 0:
        if missing > 0:
            free = [place for place in places if taken[place] + parts[place] < amounts[place]]
            parts[max(free, key=lambda place: lacks[place] - parts[place])] += 1
        else:
            full = [place for place in places if parts[place]]
            parts[min(full, key=lambda place: lacks[place] - parts[place])] -= 1
    return parts
