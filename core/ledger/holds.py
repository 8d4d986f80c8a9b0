"""Holds (冻结): units set aside for a while, then captured, released, or given back in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core import clock
from core.database import sql, use_case
from core.ledger.accounts import Account, AccountKind
from core.ledger.errors import CauseReused, HoldEnded, HoldNotFound, MoreThanHeld
from core.ledger.journals import Act, Cause, Draft, Entry, Journal, Line, Memo, book_of, lines_of
from core.ledger.lots import NEVER, Lots
from core.ledger.posting import find_journal, get_journal, write


class HoldState(StrEnum):
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Hold:
    """Units of one account that wait for their end."""

    cause: Cause
    account: Account
    amount: int
    expires_at: datetime


SET_ASIDE = """
INSERT INTO core_ledger_hold (journal_id, kind, owner, amount, expires_at, state)
VALUES ($1, $2, $3, $4, $5, 'held') RETURNING id
"""

TAKE = """
SELECT hold.id, kind, owner, amount, expires_at FROM core_ledger_hold AS hold
WHERE state = 'held' AND journal_id =
    (SELECT id FROM core_ledger_journal WHERE (cause_kind, cause_key) = ($1, $2))
FOR NO KEY UPDATE
"""

END = """
UPDATE core_ledger_hold SET state = $2, ended_at = now() WHERE id = $1 AND state = 'held'
RETURNING id
"""

STATE = """
SELECT state FROM core_ledger_hold AS hold JOIN core_ledger_journal AS journal
ON journal.id = hold.journal_id WHERE (cause_kind, cause_key) = ($1, $2)
"""


async def hold(
    cause: Cause, account: Account, amount: int, expires_at: datetime, memo: Memo | None = None
) -> Journal:
    """Set `amount` > 0 of an account aside until `expires_at`, in the caller's use case.

    Doing it again returns the first journal. Raises InsufficientBalance when it is not covered,
    also where the kind may owe; CauseReused and RuntimeError as `post` does.
    """
    if amount <= 0 or expires_at.tzinfo is None:
        raise ValueError(f"cannot hold {amount} until {expires_at}")
    lines = [Line(account, -amount, into=account.held)]
    book = book_of([account])
    journal = await write(Draft(cause, Act.HOLD, book, clock.now(), lines, memo or {}))
    if journal.is_new:
        await sql(SET_ASIDE, journal.id, account.kind, account.owner, amount, expires_at)
    return journal


async def capture(
    cause: Cause, hold_cause: Cause, entries: Sequence[Entry], memo: Memo | None = None
) -> Journal:
    """End a hold by using it: `entries` say where the units go; what they leave goes back.

    Doing it again returns the first journal. Raises HoldNotFound, HoldEnded when the hold was
    ended by another cause or has expired, MoreThanHeld when the entries take more than was held.
    """
    found = await _take(cause, hold_cause, Act.CAPTURE)
    if isinstance(found, Journal):
        return found
    hold_id, held = found
    used = sum(entry.amount for entry in entries if entry.account.unit == held.account.unit)
    if not 0 < used <= held.amount:
        raise MoreThanHeld(held=held.amount, captured=used)
    aside = held.account.held
    into = lines_of([Entry(aside, -used), *entries])[1:]
    going, left = _divide(await _lots_of(held), used)
    out = [Line(aside, -amount, lot, own_lot=True) for lot, amount in going.items()]
    book = book_of([aside, *(entry.account for entry in entries)])
    drafted = Draft(cause, Act.CAPTURE, book, clock.now(), [*out, *into], memo or {})
    journal = await _end(hold_id, HoldState.CAPTURED, drafted)
    if left:
        rest = Cause(f"{cause.kind}.rest", cause.key)
        await write(_returning(rest, held.account, left, memo or {}))
    return journal


async def release(cause: Cause, hold_cause: Cause, memo: Memo | None = None) -> Journal:
    """End a hold by giving it back, each unit to the lot it came from.

    Doing it again returns the first journal. Raises HoldNotFound, and HoldEnded when the hold was
    ended by another cause or has expired.
    """
    return await _release(cause, hold_cause, HoldState.RELEASED, memo or {})


async def _release(cause: Cause, hold_cause: Cause, state: HoldState, memo: Memo) -> Journal:
    found = await _take(cause, hold_cause, Act.RELEASE)
    if isinstance(found, Journal):
        return found
    hold_id, held = found
    drafted = _returning(cause, held.account, await _lots_of(held), memo)
    return await _end(hold_id, state, drafted)


async def _take(cause: Cause, hold_cause: Cause, act: Act) -> tuple[int, Hold] | Journal:
    """The live hold, locked; or the journal with which the same cause ended it before."""
    rows = await sql(TAKE, hold_cause.kind, hold_cause.key)
    if rows:
        [row] = rows
        account = Account(AccountKind(row["kind"]), row["owner"])
        return row["id"], Hold(hold_cause, account, row["amount"], row["expires_at"])
    first = await find_journal(cause)
    if first is None:
        ended = await sql(STATE, hold_cause.kind, hold_cause.key)
        refusal = HoldEnded if ended else HoldNotFound
        raise refusal(kind=hold_cause.kind, key=hold_cause.key)
    if first.act is not act:
        raise CauseReused(kind=cause.kind, key=cause.key)
    return first


async def _end(hold_id: int, state: HoldState, draft: Draft) -> Journal:
    journal = await write(draft)
    if not journal.is_new:  # it has ended another hold
        raise CauseReused(kind=draft.cause.kind, key=draft.cause.key)
    await sql(END, hold_id, state)
    return journal


async def _lots_of(hold: Hold) -> Lots:
    """Which lots the held units came from."""
    if not hold.account.rule.has_lots:
        return {None: hold.amount}
    entries = (await get_journal(hold.cause)).entries
    held = [entry for entry in entries if entry.account == hold.account.held]
    return {entry.expires_at: entry.amount for entry in held}


def _divide(lots: Lots, used: int) -> tuple[Lots, Lots]:
    """What is used, soonest to expire first, and what is left."""
    going: Lots = {}
    left: Lots = {}
    for expires_at in sorted(lots, key=lambda at: at or NEVER):
        part = min(used, lots[expires_at])
        going[expires_at], left[expires_at] = part, lots[expires_at] - part
        used -= part
    return (
        {lot: amount for lot, amount in going.items() if amount},
        {lot: amount for lot, amount in left.items() if amount},
    )


def _returning(cause: Cause, account: Account, lots: Lots, memo: Memo) -> Draft:
    lines = [
        Line(account.held, -amount, expires_at, into=account, own_lot=True)
        for expires_at, amount in lots.items()
    ]
    return Draft(cause, Act.RELEASE, book_of([account]), clock.now(), lines, memo)


DUE = """
SELECT journal.id, cause_kind, cause_key
FROM core_ledger_hold AS hold JOIN core_ledger_journal AS journal ON journal.id = hold.journal_id
WHERE hold.state = 'held' AND hold.expires_at <= now() ORDER BY hold.expires_at LIMIT $1
"""


async def expire_holds(limit: int = 500) -> int:
    """Give back what waited past its end, each hold in its own transaction; how many were due.

    Deadlines go by the database's clock. A hold that ends meanwhile is left alone.
    """
    due = await sql(DUE, limit)
    for row in due:
        await _expire(row["id"], Cause(row["cause_kind"], row["cause_key"]))
    return len(due)


@use_case
async def _expire(hold_id: int, hold_cause: Cause) -> None:
    if (await sql(STATE, hold_cause.kind, hold_cause.key))[0]["state"] == HoldState.HELD:
        cause = Cause("ledger.hold_expired", str(hold_id))
        await _release(cause, hold_cause, HoldState.EXPIRED, {})


LIVE = """
SELECT cause_kind, cause_key, hold.amount, hold.expires_at
FROM core_ledger_hold AS hold JOIN core_ledger_journal AS journal ON journal.id = hold.journal_id
WHERE hold.state = 'held' AND (kind, owner) = ($1, $2) ORDER BY hold.expires_at
"""


async def live_holds(account: Account) -> list[Hold]:
    """What is set aside of an account now, the soonest to expire first."""
    return [
        Hold(Cause(row["cause_kind"], row["cause_key"]), account, row["amount"], row["expires_at"])
        for row in await sql(LIVE, account.kind, account.owner)
    ]
