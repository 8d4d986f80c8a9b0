"""Writing into the book: one statement for most journals, three when units leave by lots.

Hand-written SQL, because every order and every point passes here: it checks the floors, settles
the cause, writes the entries and moves the cached balances in one round trip.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core import clock
from core.database import is_in_transaction, sql
from core.ledger.accounts import Account, AccountKind
from core.ledger.errors import CauseReused, InsufficientBalance, JournalNotFound
from core.ledger.journals import (
    Act,
    Cause,
    Draft,
    Entry,
    Journal,
    Line,
    Memo,
    book_of,
    digest_of,
    floor_of,
    lines_of,
    totals,
)
from core.ledger.lots import Lots, spread


async def post(
    cause: Cause, entries: Sequence[Entry], memo: Memo | None = None, at: datetime | None = None
) -> Journal:
    """Write one journal, in the transaction of the caller's use case.

    Doing it again returns the first journal and changes nothing. `memo` is ids and numbers that
    `explain` tells in words, never a name or a phone. `at` is when it happened, by default now.

    Raises InsufficientBalance when an account would fall below its floor, CauseReused when the
    cause is in the book with other amounts, Unbalanced when the entries do not sum to zero in each
    unit, RuntimeError outside a transaction.
    """
    lines = lines_of(entries)
    book = book_of(entry.account for entry in entries)
    return await write(Draft(cause, Act.POST, book, at or clock.now(), lines, memo or {}))


async def write(draft: Draft) -> Journal:
    """The way of every act into the book; promises what `post` promises."""
    if not is_in_transaction():
        raise RuntimeError(f"{draft.cause} was posted outside a transaction")
    changes = totals(draft.lines)
    if not any(account.rule.has_lots and change < 0 for account, change in changes.items()):
        straight = replace(draft, lines=spread(draft.lines, {}))
        journal_id = await _insert(straight, changes)
        if journal_id is not None:
            return _journal(journal_id, straight)
    return await _write_carefully(draft, changes)


async def _write_carefully(draft: Draft, changes: dict[Account, int]) -> Journal:
    """Locks first, looks then: spends by lots, debts, new accounts, repetitions, refusals."""
    balances = await lock(changes)
    short = _short(changes, balances, draft.act)
    if short is None:
        settled = replace(draft, lines=spread(draft.lines, await lots_by_account(changes)))
        journal_id = await _insert(settled, changes, knows_lots=True)
        if journal_id is not None:
            return _journal(journal_id, settled)
    first = await find_journal(draft.cause)
    if first is None:
        assert short is not None  # only a cause in the book stops a covered journal
        raise short
    before = totals(Line(entry.account, entry.amount) for entry in first.entries)
    if first.act is not draft.act or _moving(before) != _moving(changes):
        raise CauseReused(kind=draft.cause.kind, key=draft.cause.key)
    return first


def _moving(changes: dict[Account, int]) -> dict[Account, int]:
    return {account: change for account, change in changes.items() if change}


def _short(
    changes: dict[Account, int], balances: dict[Account, int | None], act: Act
) -> InsufficientBalance | None:
    for account, change in sorted(changes.items()):
        floor, balance = floor_of(account, change, act), balances[account] or 0
        if floor is not None and balance + change < floor:
            return InsufficientBalance(
                account=account.kind, owner=account.owner, balance=balance, needed=-change
            )
    return None


def _journal(journal_id: int, draft: Draft) -> Journal:
    entries = tuple(Entry(line.account, line.amount, line.expires_at) for line in draft.lines)
    return Journal(
        journal_id, draft.cause, draft.act, draft.at, entries, dict(draft.memo), is_new=True
    )


# One round trip instead of five. `locked` waits for its rows in the order of ids and sees what the
# last writer left; everything after it happens only when the floors hold and the cause is new.
INSERT = """
WITH change AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bool[], $5::bigint[], $6::bool[])
        AS change (kind, owner, amount, is_cached, floor, pays_debt)
), locked AS MATERIALIZED (
    SELECT account.id, account.balance, change.amount, change.floor, change.pays_debt
    FROM core_ledger_account AS account JOIN change USING (kind, owner)
    WHERE change.is_cached
    ORDER BY account.id FOR NO KEY UPDATE OF account
), known AS (
    SELECT count(*) AS accounts FROM core_ledger_account JOIN change USING (kind, owner)
), verdict AS (
    SELECT coalesce(bool_and(balance + amount >= floor), true)
        AND coalesce(bool_and(balance >= 0) FILTER (WHERE pays_debt), true) AS fits FROM locked
), journal AS (
    INSERT INTO core_ledger_journal (
        cause_kind, cause_key, act, book, at, memo, digest,
        mirrors_id, share_numerator, share_denominator
    )
    SELECT $7, $8, $9, $10, $11::timestamptz, $12::jsonb, $13::bytea,
        $14::bigint, $15::bigint, $16::bigint
    FROM verdict, known WHERE fits AND accounts = cardinality($1::text[])
    ON CONFLICT (cause_kind, cause_key) DO NOTHING
    RETURNING id
), line AS (
    SELECT journal.id AS journal_id, account.id AS account_id, line.*
    FROM journal CROSS JOIN unnest(
        $17::text[], $18::text[], $19::bigint[], $20::timestamptz[], $21::bigint[], $22::bool[]
    ) WITH ORDINALITY AS line (kind, owner, amount, expires_at, mirrors_id, has_lots, place)
    JOIN core_ledger_account AS account USING (kind, owner)
), entered AS (
    INSERT INTO core_ledger_entry (journal_id, account_id, amount, expires_at, mirrors_id)
    SELECT journal_id, account_id, amount, expires_at, mirrors_id FROM line ORDER BY place
), moved AS (
    UPDATE core_ledger_account AS account SET balance = account.balance + locked.amount
    FROM locked, journal WHERE account.id = locked.id AND locked.amount <> 0
), lot AS (
    SELECT account_id, expires_at, sum(amount) AS amount FROM line WHERE has_lots GROUP BY 1, 2
), drawn AS (
    UPDATE core_ledger_lot AS kept SET remaining = kept.remaining + lot.amount FROM lot
    WHERE lot.amount < 0 AND lot.expires_at IS NOT NULL
        AND (kept.account_id, kept.expires_at) = (lot.account_id, lot.expires_at)
), filled AS (
    INSERT INTO core_ledger_lot AS kept (account_id, expires_at, remaining)
    SELECT account_id, expires_at, amount FROM lot WHERE amount > 0 OR expires_at IS NULL
    ON CONFLICT (account_id, expires_at)
        DO UPDATE SET remaining = kept.remaining + excluded.remaining
)
SELECT id FROM journal
"""


async def _insert(
    draft: Draft, changes: dict[Account, int], *, knows_lots: bool = False
) -> int | None:
    """The new journal's id; None when the cause is known, a floor is in the way, an account is new
    or, unless the lots are known, a debt waits to be paid first."""
    accounts, lines, share = list(changes), draft.lines, draft.share
    rows = await sql(
        INSERT,
        [account.kind for account in accounts],
        [account.owner for account in accounts],
        list(changes.values()),
        [not account.rule.is_house for account in accounts],
        [floor_of(account, change, draft.act) for account, change in changes.items()],
        [account.rule.has_lots and not knows_lots for account in accounts],
        *(draft.cause.kind, draft.cause.key, draft.act, draft.book, draft.at),
        json.dumps(dict(draft.memo)),
        digest_of(draft),
        *((share.of_id, share.numerator, share.denominator) if share else (None, None, None)),
        [line.account.kind for line in lines],
        [line.account.owner for line in lines],
        [line.amount for line in lines],
        [line.expires_at for line in lines],
        [line.mirrors_id for line in lines],
        [line.account.rule.has_lots for line in lines],
    )
    return rows[0]["id"] if rows else None


LOCK = """
WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::bool[]) AS wanted (kind, owner, is_cached)
), locked AS MATERIALIZED (
    SELECT account.kind, account.owner, account.balance
    FROM core_ledger_account AS account JOIN wanted USING (kind, owner)
    WHERE is_cached ORDER BY account.id FOR NO KEY UPDATE OF account
)
SELECT kind, owner, balance FROM locked
UNION ALL
SELECT kind, owner, NULL FROM core_ledger_account JOIN wanted USING (kind, owner)
WHERE NOT is_cached
"""

OPEN = """
INSERT INTO core_ledger_account (kind, owner, balance)
SELECT kind, owner, CASE WHEN is_cached THEN 0 END
FROM unnest($1::text[], $2::text[], $3::bool[]) AS wanted (kind, owner, is_cached)
ORDER BY kind, owner ON CONFLICT (kind, owner) DO NOTHING
"""


async def open_accounts(accounts: Iterable[Account]) -> None:
    """Open those that are new: what is first posted to them then takes one question, not four."""
    await sql(OPEN, *_columns(list(accounts)))


def _columns(accounts: Sequence[Account]) -> tuple[list[str], list[str], list[bool]]:
    return (
        [account.kind for account in accounts],
        [account.owner for account in accounts],
        [not account.rule.is_house for account in accounts],
    )


async def lock(accounts: Iterable[Account]) -> dict[Account, int | None]:
    """The balances, held until the transaction ends; accounts that are new are opened."""
    wanted = list(accounts)
    lists = _columns(wanted)
    rows = await sql(LOCK, *lists)
    if len(rows) < len(wanted):
        await sql(OPEN, *lists)
        rows = await sql(LOCK, *lists)
    return {_account(row): row["balance"] for row in rows}


def _account(row: dict[str, Any]) -> Account:
    return Account(AccountKind(row["kind"]), row["owner"])


LOTS = """
SELECT account.kind, account.owner, lot.expires_at, lot.remaining
FROM unnest($1::text[], $2::text[]) AS wanted (kind, owner)
JOIN core_ledger_account AS account USING (kind, owner)
JOIN core_ledger_lot AS lot ON lot.account_id = account.id AND lot.remaining <> 0
"""


async def lots_by_account(accounts: Iterable[Account]) -> dict[Account, Lots]:
    """What is left of each lot of the accounts that have lots."""
    held: dict[Account, Lots] = {account: {} for account in accounts if account.rule.has_lots}
    if not held:
        return {}
    kinds, owners = [account.kind for account in held], [account.owner for account in held]
    for row in await sql(LOTS, kinds, owners):
        held[_account(row)][row["expires_at"]] = row["remaining"]
    return held


FIND = """
SELECT journal.id, cause_kind, cause_key, act, at, memo,
    coalesce(json_agg(json_build_array(kind, owner, amount, expires_at) ORDER BY entry.id)
        FILTER (WHERE entry.id IS NOT NULL), '[]') AS entries
FROM core_ledger_journal AS journal
LEFT JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id
LEFT JOIN core_ledger_account AS account ON account.id = entry.account_id
WHERE (cause_kind, cause_key) = ($1, $2)
GROUP BY journal.id
"""


async def find_journal(cause: Cause) -> Journal | None:
    """The journal of a cause, or None."""
    rows = await sql(FIND, cause.kind, cause.key)
    if not rows:
        return None
    entries = [
        Entry(
            Account(AccountKind(kind), owner),
            amount,
            datetime.fromisoformat(expires_at) if expires_at else None,
        )
        for kind, owner, amount, expires_at in json.loads(rows[0]["entries"])
    ]
    return journal_of(rows[0], entries)


def journal_of(row: dict[str, Any], entries: Iterable[Entry] = ()) -> Journal:
    """The value of a row of journals."""
    cause = Cause(row["cause_kind"], row["cause_key"])
    memo = json.loads(row["memo"])
    return Journal(row["id"], cause, Act(row["act"]), row["at"], tuple(entries), memo)


async def get_journal(cause: Cause) -> Journal:
    """The journal of a cause. Raises JournalNotFound."""
    journal = await find_journal(cause)
    if journal is None:
        raise JournalNotFound(kind=cause.kind, key=cause.key)
    return journal
