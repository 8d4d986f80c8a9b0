"""The auditor's view of the book: everything cached or promised, recomputed from the entries."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.audit import Finding, check
from core.database import sql
from core.ledger.accounts import HELD_OF, KINDS, Floor
from core.ledger.replaying import Drift, balance_drifts, lot_drifts
from core.ledger.sealing import verify_chain

UNITS = [list(KINDS), [rule.unit for rule in KINDS.values()]]
NEVER_BELOW_ZERO = [kind for kind, rule in KINDS.items() if rule.floor is Floor.ZERO]

UNBALANCED = """
SELECT cause_kind, cause_key, unit, sum(amount)::bigint AS off
FROM core_ledger_entry AS entry
JOIN core_ledger_account AS account ON account.id = entry.account_id
JOIN unnest($1::text[], $2::text[]) AS known (kind, unit) USING (kind)
LEFT JOIN core_ledger_journal AS journal ON journal.id = entry.journal_id
GROUP BY entry.journal_id, cause_kind, cause_key, unit HAVING sum(amount) <> 0
"""

STRAYS = """
SELECT 'entry ' || entry.id AS key FROM core_ledger_entry AS entry
LEFT JOIN core_ledger_journal AS journal ON journal.id = journal_id
LEFT JOIN core_ledger_account AS account ON account.id = account_id
WHERE journal.id IS NULL OR account.id IS NULL OR NOT kind = ANY($1::text[])
UNION ALL
SELECT 'hold ' || hold.id FROM core_ledger_hold AS hold
LEFT JOIN core_ledger_journal AS journal ON journal.id = journal_id AND act = 'hold'
WHERE journal.id IS NULL
UNION ALL
SELECT 'journal ' || journal.id FROM core_ledger_journal AS journal
LEFT JOIN core_ledger_hold AS hold ON journal_id = journal.id
WHERE act = 'hold' AND hold.id IS NULL
"""

DIPPED = """
SELECT DISTINCT kind, owner FROM (
    SELECT kind, owner, sum(change) OVER (PARTITION BY account_id ORDER BY journal_id) AS left_over
    FROM (
        SELECT account_id, journal_id, sum(amount) AS change
        FROM core_ledger_entry GROUP BY 1, 2
    ) AS entry JOIN core_ledger_account AS account ON account.id = account_id
    WHERE kind = ANY($1::text[])
) AS running WHERE left_over < 0 ORDER BY 1, 2
"""

DEBT_BESIDE_UNITS = """
SELECT kind, owner FROM core_ledger_lot AS lot
JOIN core_ledger_account AS account ON account.id = account_id
GROUP BY kind, owner HAVING bool_or(remaining < 0) AND bool_or(remaining > 0)
"""

OVERDUE = """
SELECT cause_kind, cause_key FROM core_ledger_hold AS hold
JOIN core_ledger_journal AS journal ON journal.id = journal_id
WHERE state = 'held' AND hold.expires_at < now() - interval '60 seconds'
"""

HELD = """
SELECT account.kind, account.owner, balance, coalesce(sum(hold.amount), 0)::bigint AS live
FROM core_ledger_account AS account
JOIN unnest($1::text[], $2::text[]) AS known (kind, held_of) ON known.kind = account.kind
LEFT JOIN core_ledger_hold AS hold
    ON state = 'held' AND (hold.kind, hold.owner) = (held_of, account.owner)
GROUP BY account.id HAVING balance <> coalesce(sum(hold.amount), 0)
"""

MISTOLD = """
SELECT cause_kind, cause_key FROM core_ledger_hold AS hold
JOIN core_ledger_journal AS journal ON journal.id = journal_id
JOIN core_ledger_entry AS entry ON entry.journal_id = journal.id AND entry.amount < 0
JOIN core_ledger_account AS account ON account.id = entry.account_id
GROUP BY hold.id, journal.id
HAVING sum(entry.amount) <> -hold.amount
    OR bool_or((account.kind, account.owner) <> (hold.kind, hold.owner))
    OR (hold.state = 'held') <> (hold.ended_at IS NULL)
"""

MIRRORED = """
SELECT origin.cause_kind, origin.cause_key FROM core_ledger_journal AS origin
JOIN core_ledger_entry AS entry ON entry.journal_id = origin.id
JOIN (
    SELECT mirrors_id, sum(amount) AS back FROM core_ledger_entry
    WHERE mirrors_id IS NOT NULL GROUP BY 1
) AS taken ON taken.mirrors_id = entry.id
WHERE sign(back) = sign(amount) OR abs(back) > abs(amount)
UNION
SELECT origin.cause_kind, origin.cause_key FROM core_ledger_journal AS origin
JOIN core_ledger_journal AS mirror ON mirror.mirrors_id = origin.id
GROUP BY origin.id HAVING sum(mirror.share_numerator::numeric / mirror.share_denominator) > 1.000001
"""

UNSEALED = """
SELECT cause_kind, cause_key FROM core_ledger_journal AS journal
LEFT JOIN (
    SELECT book, range_agg(journals::int8multirange) AS journals FROM core_ledger_seal GROUP BY 1
) AS sealed USING (book)
WHERE written_at < greatest(
        (SELECT max(sealed_at) FROM core_ledger_seal) - interval '15 minutes',
        now() - interval '1 day'
    ) AND (sealed.journals IS NULL OR NOT sealed.journals @> journal.id)
"""


def _cause(row: Mapping[str, Any]) -> str:
    return f"{row['cause_kind']} {row['cause_key']}"


def _owner(row: Mapping[str, Any]) -> str:
    return f"{row['kind']} {row['owner']}"


def _drifted(name: str, drifts: Iterable[Drift]) -> list[Finding]:
    return [
        Finding(
            name,
            f"{drift.kind} {drift.owner}",
            f"cached {drift.cached}, entries sum to {drift.summed}"
            + (f", expiring {drift.expires_at:%Y-%m-%d}" if drift.expires_at else ""),
        )
        for drift in drifts
    ]


@check("ledger.sums")
async def every_journal_sums_to_zero() -> list[Finding]:
    return [
        Finding("ledger.sums", _cause(row), f"off by {row['off']} {row['unit']}")
        for row in await sql(UNBALANCED, *UNITS)
    ]


@check("ledger.strays")
async def nothing_stands_alone() -> list[Finding]:
    return [
        Finding("ledger.strays", row["key"], "has lost its journal, account or hold")
        for row in await sql(STRAYS, list(KINDS))
    ]


@check("ledger.balances")
async def balances_are_the_sums_of_entries() -> list[Finding]:
    return _drifted("ledger.balances", await balance_drifts())


@check("ledger.floors")
async def no_account_ever_fell_below_its_floor() -> list[Finding]:
    return [
        Finding("ledger.floors", _owner(row), "was below zero after some journal")
        for row in await sql(DIPPED, NEVER_BELOW_ZERO)
    ]


@check("ledger.lots")
async def lots_are_the_sums_of_entries() -> list[Finding]:
    found = _drifted("ledger.lots", await lot_drifts())
    return found + [
        Finding("ledger.lots", _owner(row), "owes and has units at once")
        for row in await sql(DEBT_BESIDE_UNITS)
    ]


@check("ledger.holds")
async def what_is_held_is_what_live_holds_say() -> list[Finding]:
    found = [
        Finding("ledger.holds", _cause(row), why)
        for query, why in (
            (OVERDUE, "is held past its end"),
            (MISTOLD, "is not what was set aside"),
        )
        for row in await sql(query)
    ]
    return found + [
        Finding("ledger.holds", _owner(row), f"{row['balance']} aside, {row['live']} in live holds")
        for row in await sql(HELD, list(HELD_OF), list(HELD_OF.values()))
    ]


@check("ledger.mirrors")
async def no_mirror_takes_back_more_than_there_was() -> list[Finding]:
    return [
        Finding("ledger.mirrors", _cause(row), "its mirrors exceed it")
        for row in await sql(MIRRORED)
    ]


@check("ledger.chain")
async def the_book_is_what_was_sealed() -> list[Finding]:
    return [
        Finding("ledger.chain", broken.key, broken.text) for broken in (await verify_chain()).breaks
    ]


@check("ledger.unsealed")
async def no_journal_waits_long_for_its_seal() -> list[Finding]:
    return [
        Finding("ledger.unsealed", _cause(row), "was left out of the chain")
        for row in await sql(UNSEALED)
    ]
