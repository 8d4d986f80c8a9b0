"""Counting a store's drawer at the end of a shift (交班点款): what is there against what should be.

Each cash tender and refund is claimed by one count, so nothing is expected twice, and what a till
sends late is expected by the next count. The book follows: what a count finds too much or too
little, and what goes to the bank, is posted with it, so that the store's cash account is what lies
in its drawer.
"""

from dataclasses import dataclass

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.ids import new_id
from core.ledger import Account, AccountKind, Cause, Entry, Memo, name_cause, post
from core.security.scope import Scope
from trade.payments.cash import CountView, count_view
from trade.payments.errors import CountAmount, CountedMeanwhile, CountNeedsReason
from trade.payments.models import CashCount
from trade.stores.errors import StoreNotFound

name_cause("cash_counted", zh="交班点款", en="a drawer was counted")

MOST_FEN = 10**11
LEAST_REASON = 4
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('payments.cash_count', $1::bigint))"
CLAIM_TAKEN = """
WITH claimed AS (
    UPDATE payments_payment SET cash_count_id = $2
    WHERE store_id = $1 AND method = 'cash' AND state = 'paid' AND cash_count_id IS NULL
    RETURNING amount_fen
) SELECT coalesce(sum(amount_fen), 0)::bigint AS fen FROM claimed
"""
CLAIM_GIVEN = """
WITH claimed AS (
    UPDATE payments_refund AS r SET cash_count_id = $2 FROM payments_payment AS p
    WHERE p.id = r.payment_id AND p.method = 'cash' AND r.goes_to = 'origin'
        AND coalesce(r.store_id, p.store_id) = $1 AND r.state = 'settled'
        AND r.cash_count_id IS NULL
    RETURNING r.amount_fen
) SELECT coalesce(sum(amount_fen), 0)::bigint AS fen FROM claimed
"""


@dataclass(frozen=True, slots=True)
class Drawer:
    """What a person found, and how much of it stays for the next shift.

    `after` is the number of the count they saw last: 0 before any.
    """

    store_id: int
    counted_fen: int
    left_fen: int
    after: int
    reason: str = ""


@use_case
async def count_drawer(scope: Scope, drawer: Drawer, *, key: str) -> CountView:
    """Keep a count. Again with its `key`: the same one. A difference wants a reason.

    Raises StoreNotFound for another's store, CountAmount, CountNeedsReason, and CountedMeanwhile
    when somebody counted after the count the asker saw.
    """
    if not scope.sees_store(drawer.store_id):
        raise StoreNotFound(store_code="")
    if not 0 <= drawer.left_fen <= drawer.counted_fen <= MOST_FEN:
        raise CountAmount
    await sql(ONE_BY_ONE, drawer.store_id)
    request_key = f"{drawer.store_id}:{key}"
    known = await CashCount.get_or_none(request_key=request_key)
    if known is not None:
        return count_view(known)
    row = await _claim(scope, drawer, request_key)
    view = count_view(row)
    await _book(view)
    facts = {"store_id": row.store_id, "difference_fen": view.difference_fen}
    await record(scope, "payments.cash_count", row.public_id, **facts)
    return view


async def _claim(scope: Scope, drawer: Drawer, request_key: str) -> CashCount:
    """The row, with every tender and refund that no count has claimed yet."""
    last = await CashCount.filter(store_id=drawer.store_id).order_by("-number").first()
    if (last.number if last else 0) != drawer.after:
        raise CountedMeanwhile
    [place] = await sql("SELECT nextval('payments_cash_count_id_seq') AS id")
    [taken] = await sql(CLAIM_TAKEN, drawer.store_id, place["id"])
    [given] = await sql(CLAIM_GIVEN, drawer.store_id, place["id"])
    row = CashCount(
        id=place["id"],
        public_id=new_id("cnt"),
        request_key=request_key,
        store_id=drawer.store_id,
        number=drawer.after + 1,
        opened_fen=last.left_fen if last else 0,
        taken_fen=taken["fen"],
        given_fen=given["fen"],
        counted_fen=drawer.counted_fen,
        left_fen=drawer.left_fen,
        reason=drawer.reason.strip()[:200],
        counted_by=scope.actor,
        counted_at=clock.now(),
    )
    if count_view(row).difference_fen and len(row.reason) < LEAST_REASON:
        raise CountNeedsReason(expected_fen=count_view(row).expected_fen)
    await row.save(force_create=True)
    return row


async def _book(count: CountView) -> None:
    """The first count of a store finds its change money; every later one what is over or short."""
    there_fen = count.opened_fen + count.taken_fen - count.given_fen
    found = AccountKind.CASH_FLOAT if count.number == 1 else AccountKind.CASH_DIFFERENCE
    amounts = {
        AccountKind.MONEY_CASH: count.left_fen - there_fen,
        AccountKind.MONEY_BANK: count.to_bank_fen,
        found: there_fen - count.counted_fen,
    }
    store = f"store:{count.store_id}"
    entries = [Entry(Account(kind, store), fen) for kind, fen in amounts.items() if fen]
    if entries:
        memo: Memo = {"number": count.number}
        cause = Cause("cash_counted", count.public_id)
        await post(cause, entries, memo=memo, at=count.counted_at)
