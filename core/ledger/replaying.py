"""Exact replay: every cached number follows from the entries alone."""

from dataclasses import dataclass
from datetime import datetime

from core.database import sql, use_case
from core.ledger.accounts import KINDS

HOUSE = [kind for kind, rule in KINDS.items() if rule.is_house]
WITH_LOTS = [kind for kind, rule in KINDS.items() if rule.has_lots]

BALANCES = """
SELECT account.id AS account_id, kind, owner, NULL::timestamptz AS expires_at,
    balance AS cached, coalesce(summed, 0)::bigint AS summed
FROM core_ledger_account AS account LEFT JOIN (
    SELECT account_id, sum(amount) AS summed FROM core_ledger_entry GROUP BY 1
) AS entries ON entries.account_id = account.id
WHERE CASE WHEN kind = ANY($1::text[]) THEN balance IS NOT NULL
    ELSE balance IS DISTINCT FROM coalesce(summed, 0) END
ORDER BY account.id
"""

LOTS = """
SELECT account_id, kind, owner, expires_at,
    sum(cached)::bigint AS cached, sum(summed)::bigint AS summed
FROM (
    SELECT account_id, expires_at, 0 AS cached, amount AS summed FROM core_ledger_entry
    UNION ALL
    SELECT account_id, expires_at, remaining, 0 FROM core_ledger_lot
) AS both_sides JOIN core_ledger_account AS account ON account.id = account_id
WHERE kind = ANY($1::text[])
GROUP BY account_id, kind, owner, expires_at HAVING sum(cached) <> sum(summed)
ORDER BY account_id, expires_at
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """A cached number that is not the sum of its entries. `cached` is None where there is none."""

    account_id: int
    kind: str
    owner: str
    expires_at: datetime | None
    cached: int | None
    summed: int


async def balance_drifts() -> list[Drift]:
    """Balances that differ from their entries, and any at all of the house."""
    return [Drift(**row) for row in await sql(BALANCES, HOUSE)]


async def lot_drifts() -> list[Drift]:
    """Lots that differ from their entries."""
    return [Drift(**row) for row in await sql(LOTS, WITH_LOTS)]


REBALANCE = """
UPDATE core_ledger_account AS account
SET balance = CASE WHEN kind = ANY($3::text[]) THEN NULL ELSE drift.summed END
FROM unnest($1::bigint[], $2::bigint[]) AS drift (id, summed) WHERE account.id = drift.id
"""

RELOT = """
INSERT INTO core_ledger_lot (account_id, expires_at, remaining)
SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[])
ON CONFLICT (account_id, expires_at) DO UPDATE SET remaining = excluded.remaining
"""


@use_case
async def replay() -> int:
    """Write every balance and lot anew from the entries; answers how many were wrong.

    0 on a healthy book. Posting waits meanwhile: for repair after a restore, not for every day.
    """
    await sql("LOCK TABLE core_ledger_account, core_ledger_lot IN SHARE ROW EXCLUSIVE MODE")
    balances, lots = await balance_drifts(), await lot_drifts()
    ids, sums = [drift.account_id for drift in balances], [drift.summed for drift in balances]
    await sql(REBALANCE, ids, sums, HOUSE)
    await sql(
        RELOT,
        [drift.account_id for drift in lots],
        [drift.expires_at for drift in lots],
        [drift.summed for drift in lots],
    )
    return len(balances) + len(lots)
