"""What accounts hold now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.database import sql
from core.ledger.accounts import Account, AccountKind
from core.ledger.lots import NEVER
from core.ledger.posting import lots_by_account


@dataclass(frozen=True, slots=True)
class Lot:
    """Units of one expiry. One without expiry and below zero is a debt (欠额)."""

    expires_at: datetime | None
    remaining: int


BALANCES = """
SELECT kind, owner, coalesce(
    account.balance,
    (SELECT sum(amount)::bigint FROM core_ledger_entry WHERE account_id = account.id),
    0
) AS balance
FROM core_ledger_account AS account
JOIN unnest($1::text[], $2::text[]) AS wanted (kind, owner) USING (kind, owner)
"""


async def balances(accounts: Iterable[Account]) -> dict[Account, int]:
    """What each account has now, 0 for one that was never used.

    An account of the house is summed up each time: for reports, not for a request.
    """
    asked = dict.fromkeys(accounts, 0)
    kinds, owners = [account.kind for account in asked], [account.owner for account in asked]
    rows = await sql(BALANCES, kinds, owners)
    return asked | {Account(AccountKind(row["kind"]), row["owner"]): row["balance"] for row in rows}


async def balance(account: Account) -> int:
    """What one account has now; what a hold has set aside is not in it."""
    return (await balances([account]))[account]


async def lots(account: Account) -> list[Lot]:
    """What is left of each lot, soonest to expire first; the sum is the balance."""
    held = (await lots_by_account([account])).get(account, {})
    return [
        Lot(expires_at, held[expires_at])
        for expires_at in sorted(held, key=lambda expires_at: expires_at or NEVER)
    ]


DEBTS = (
    "SELECT owner, balance FROM core_ledger_account WHERE kind = $1 AND balance < 0 ORDER BY 2, 1"
)


async def debts(kind: AccountKind) -> dict[Account, int]:
    """Accounts of a kind that owe, the deepest first."""
    return {Account(kind, row["owner"]): row["balance"] for row in await sql(DEBTS, kind)}
