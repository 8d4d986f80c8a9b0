"""Units whose time is over go back to whoever issued them, lot by lot."""

from core import clock
from core.database import sql, use_case
from core.ledger.accounts import OWNED, Account, AccountKind
from core.ledger.journals import Act, Cause, Draft, Line, book_of
from core.ledger.posting import lock, write

DUE_ACCOUNTS = """
SELECT DISTINCT kind, owner FROM core_ledger_lot AS lot
JOIN core_ledger_account AS account ON account.id = lot.account_id
WHERE remaining > 0 AND expires_at <= now() AND kind = ANY($1::text[]) LIMIT $2
"""

DUE_LOTS = """
SELECT expires_at, remaining,
    (SELECT max(id) FROM core_ledger_entry WHERE account_id = account.id) AS last_entry_id
FROM core_ledger_lot AS lot JOIN core_ledger_account AS account ON account.id = lot.account_id
WHERE (kind, owner) = ($1, $2) AND remaining > 0 AND expires_at <= now() ORDER BY expires_at
"""


async def expire_lots(limit: int = 500) -> int:
    """Take away what has expired, each account in its own transaction; how many were due.

    Only what is left of a lot goes, never units earned later, and what is held waits for the end
    of its hold. Deadlines go by the database's clock.
    """
    kinds = [kind for kind, rule in OWNED.items() if rule.has_lots]
    due = await sql(DUE_ACCOUNTS, kinds, limit)
    for row in due:
        await _expire(Account(AccountKind(row["kind"]), row["owner"]))
    return len(due)


@use_case
async def _expire(account: Account) -> None:
    await lock([account])
    lots = await sql(DUE_LOTS, account.kind, account.owner)
    issuer = account.rule.issued_by
    if not lots or issuer is None:
        return
    gone = sum(lot["remaining"] for lot in lots)
    lines = [Line(account, -lot["remaining"], lot["expires_at"], own_lot=True) for lot in lots]
    lines.append(Line(Account(issuer, "house"), gone))
    cause = Cause(
        "ledger.lot_expired", f"{account.kind}:{account.owner}:{lots[0]['last_entry_id']}"
    )
    await write(Draft(cause, Act.POST, book_of([account]), clock.now(), lines, {}))
