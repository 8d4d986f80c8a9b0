"""Holds of a whole group at once: the busy way in, used where many orders are placed together.

Promises what `hold` promises for each of them; the book cannot tell which way a hold came.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.database import is_in_transaction, sql
from core.ledger.accounts import Account
from core.ledger.errors import CauseReused, InsufficientBalance
from core.ledger.journals import Act, Cause, Draft, Line, Memo, book_of, digest_of
from core.ledger.lots import Lots, spread
from core.ledger.posting import lock, lots_by_account

KNOWN = """
SELECT cause_kind, cause_key, act, kind, owner, amount
FROM unnest($1::text[], $2::text[]) AS asked (cause_kind, cause_key)
JOIN core_ledger_journal AS journal USING (cause_kind, cause_key)
LEFT JOIN core_ledger_hold AS hold ON hold.journal_id = journal.id
"""

# Journals with their entries and holds, and what they do to balances and lots: one statement for
# the group. The rows of the accounts are locked already, so nothing can have moved since.
INSERT = """
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[], $6::text[],
        $7::text[], $8::bigint[], $9::timestamptz[])
        AS given (cause_kind, cause_key, book, memo, digest, kind, owner, amount, expires_at)
), journal AS (
    INSERT INTO core_ledger_journal (cause_kind, cause_key, act, book, at, memo, digest)
    SELECT cause_kind, cause_key, 'hold', book, $10::timestamptz, memo, digest FROM given
    RETURNING id, cause_kind, cause_key
), held AS (
    INSERT INTO core_ledger_hold (journal_id, kind, owner, amount, expires_at, state)
    SELECT journal.id, kind, owner, amount, expires_at, 'held'
    FROM journal JOIN given USING (cause_kind, cause_key)
), line AS (
    SELECT journal.id AS journal_id, account.id AS account_id, line.*
    FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[],
        $16::timestamptz[]) WITH ORDINALITY
        AS line (cause_kind, cause_key, kind, owner, amount, expires_at, place)
    JOIN journal USING (cause_kind, cause_key)
    JOIN core_ledger_account AS account USING (kind, owner)
), entered AS (
    INSERT INTO core_ledger_entry (journal_id, account_id, amount, expires_at)
    SELECT journal_id, account_id, amount, expires_at FROM line ORDER BY place
), moved AS (
    UPDATE core_ledger_account AS account SET balance = account.balance + change.amount
    FROM (SELECT account_id, sum(amount) AS amount FROM line GROUP BY 1) AS change
    WHERE account.id = change.account_id
), lot AS (
    SELECT account_id, expires_at, sum(amount) AS amount FROM line
    WHERE (kind, owner) IN (SELECT * FROM unnest($17::text[], $18::text[])) GROUP BY 1, 2
), drawn AS (
    UPDATE core_ledger_lot AS kept SET remaining = kept.remaining + lot.amount FROM lot
    WHERE lot.amount < 0 AND lot.expires_at IS NOT NULL
        AND (kept.account_id, kept.expires_at) = (lot.account_id, lot.expires_at)
)
INSERT INTO core_ledger_lot AS kept (account_id, expires_at, remaining)
SELECT account_id, expires_at, amount FROM lot WHERE amount > 0 OR expires_at IS NULL
ON CONFLICT (account_id, expires_at)
    DO UPDATE SET remaining = kept.remaining + excluded.remaining
"""


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Set `amount` > 0 of an account aside until `expires_at`."""

    cause: Cause
    account: Account
    amount: int
    expires_at: datetime
    memo: Memo = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.amount <= 0 or self.expires_at.tzinfo is None:
            raise ValueError(f"cannot hold {self.amount} until {self.expires_at}")


Refusals = dict[Cause, InsufficientBalance | CauseReused]


async def hold_many(requests: Sequence[HoldRequest]) -> Refusals:
    """As `hold` for each of them in the order given, in the caller's use case: who is refused.

    What an account has goes to those who come first. A cause that is held already stays as it is.
    Raises RuntimeError outside a transaction.
    """
    if not is_in_transaction():
        raise RuntimeError(f"{len(requests)} holds were made outside a transaction")
    if not requests:
        return {}
    accounts = {
        account for request in requests for account in (request.account, request.account.held)
    }
    balances = {
        account: balance or 0 for account, balance in (await lock(sorted(accounts))).items()
    }
    refusals, waiting = await _unknown(requests)
    lots = await lots_by_account(balances)
    drafts: list[tuple[HoldRequest, Draft]] = []
    at = clock.now()
    for request in waiting:
        if balances[request.account] < request.amount:
            refusals[request.cause] = _short(request, balances[request.account])
            continue
        drafts.append((request, _draft(request, lots, at)))
        balances[request.account] -= request.amount
    if drafts:
        await _write(drafts)
    return refusals


async def _unknown(requests: Sequence[HoldRequest]) -> tuple[Refusals, list[HoldRequest]]:
    """Which causes named something else, and which are new; asked when the accounts are locked."""
    kinds, keys = [x.cause.kind for x in requests], [x.cause.key for x in requests]
    held = {
        Cause(row["cause_kind"], row["cause_key"]): (row["kind"], row["owner"], row["amount"])
        for row in await sql(KNOWN, kinds, keys)
    }
    refusals: Refusals = {}
    waiting: dict[Cause, HoldRequest] = {}
    for request in requests:
        wanted = (request.account.kind, request.account.owner, request.amount)
        if request.cause in held:
            if held[request.cause] != wanted:
                refusals[request.cause] = CauseReused(
                    kind=request.cause.kind, key=request.cause.key
                )
        elif request.cause not in waiting:
            waiting[request.cause] = request
    return refusals, list(waiting.values())


def _short(request: HoldRequest, balance: int) -> InsufficientBalance:
    account = request.account
    return InsufficientBalance(
        account=account.kind, owner=account.owner, balance=balance, needed=request.amount
    )


def _draft(request: HoldRequest, lots: dict[Account, Lots], at: datetime) -> Draft:
    """The journal of one hold; `lots` follow along, so that the next one sees what is left."""
    account = request.account
    line = Line(account, -request.amount, into=account.held)
    book = book_of([account])
    return Draft(request.cause, Act.HOLD, book, at, spread([line], lots), request.memo)


async def _write(journals: Sequence[tuple[HoldRequest, Draft]]) -> None:
    lines = [(draft.cause, line) for _, draft in journals for line in draft.lines]
    with_lots = sorted({line.account for _, line in lines if line.account.rule.has_lots})
    await sql(
        INSERT,
        [draft.cause.kind for _, draft in journals],
        [draft.cause.key for _, draft in journals],
        [draft.book for _, draft in journals],
        [json.dumps(dict(draft.memo)) for _, draft in journals],
        [digest_of(draft) for _, draft in journals],
        [request.account.kind for request, _ in journals],
        [request.account.owner for request, _ in journals],
        [request.amount for request, _ in journals],
        [request.expires_at for request, _ in journals],
        journals[0][1].at,
        [cause.kind for cause, _ in lines],
        [cause.key for cause, _ in lines],
        [line.account.kind for _, line in lines],
        [line.account.owner for _, line in lines],
        [line.amount for _, line in lines],
        [line.expires_at for _, line in lines],
        [account.kind for account in with_lots],
        [account.owner for account in with_lots],
    )
