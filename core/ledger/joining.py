"""Two owners turn out to be one: what one has goes to the other, lot by lot, and may go back."""

from core import clock
from core.database import sql
from core.ledger.accounts import OWNED, Account, AccountKind
from core.ledger.journals import Act, Cause, Draft, Journal, Line, book_of
from core.ledger.posting import find_journal, lock, lots_by_account, write

HAS = """
SELECT kind FROM core_ledger_account
WHERE owner = $1 AND kind = ANY($2::text[]) AND balance <> 0 ORDER BY kind
"""


async def hand_over(cause: Cause, *, giver: str, taker: str) -> Journal | None:
    """Move every balance of an owner to another, each lot with its expiry, debts too.

    What is held stays with its hold. None when there is nothing to move. Doing it again with the
    same cause returns the first journal. Owners are as in Account, as `member:12`.
    """
    first = await find_journal(cause)
    if first is not None:
        return first
    kinds = [AccountKind(row["kind"]) for row in await sql(HAS, giver, list(OWNED))]
    if not kinds:
        return None
    givers = {kind: Account(kind, giver) for kind in kinds}
    balances = await lock([*givers.values(), *(Account(kind, taker) for kind in kinds)])
    lots = await lots_by_account(givers.values())
    lines: list[Line] = []
    for kind, account in givers.items():
        pieces = lots.get(account) or {None: balances[account] or 0}
        for expires_at, amount in pieces.items():
            if amount:
                there = Account(kind, taker)
                lines.append(Line(account, -amount, expires_at, own_lot=True))
                lines.append(Line(there, amount, expires_at, own_lot=True))
    return await _write(cause, lines) if lines else None


async def hand_back(cause: Cause, *, of: Cause) -> Journal | None:
    """The counter-journal of a `hand_over`; None when there was none. Again: the first one.

    Points the taker spent meanwhile leave a visible debt with the taker. Raises
    InsufficientBalance where the kind may not owe: money that is spent cannot go back.
    """
    moved = await find_journal(of)
    if moved is None:
        return None
    return await _write(
        cause,
        [
            Line(entry.account, -entry.amount, entry.expires_at, own_lot=True)
            for entry in sorted(moved.entries, key=lambda entry: -entry.amount)
        ],
    )


async def _write(cause: Cause, lines: list[Line]) -> Journal:
    book = book_of(line.account for line in lines)
    return await write(Draft(cause, Act.MOVE, book, clock.now(), lines, {}))
