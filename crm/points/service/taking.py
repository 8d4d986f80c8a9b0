"""What refunds take back of earnings: each refund once, in proportion to the money that earned."""

from datetime import datetime

from core.database import sql
from core.ledger import AccountKind, Cause, Entry, Journal, house, mirror, name_cause, post
from core.ledger.journals import Memo
from crm.points.models import Earning, Taking
from crm.points.rules import BASE, Purse, State, part_of_refund
from trade.payments.queries import RefundState, refunds_of

TAKEN_BACK, KEPT = "order_refunded.points", "order_refunded.expired_points"
ISSUED = {Purse.POINTS: AccountKind.POINTS_ISSUED, Purse.BEHAVIOUR: AccountKind.BEHAVIOUR_ISSUED}
name_cause(TAKEN_BACK, zh="退款收回积分", en="points taken back by a refund")
name_cause(KEPT, zh="已过期的积分不再收回", en="points that had expired are not taken again")

NOTE = """
WITH noted AS (
    INSERT INTO points_taking (earning_id, refund_no, fen) VALUES ($1, $2, $3)
    ON CONFLICT (earning_id, refund_no) DO NOTHING RETURNING fen
)
UPDATE points_earning SET refunded_fen = refunded_fen + noted.fen
FROM noted WHERE points_earning.id = $1 RETURNING refunded_fen
"""


def is_all_back(earning: Earning) -> bool:
    return earning.order_id is not None and earning.refunded_fen >= earning.basis_fen > 0


async def note_refunds(order_id: int) -> None:
    """Write down what each settled refund takes of each earning, and take it where it was given.

    Under the order's turn. Shares are counted in the order in which refunds are heard of, and never
    worked out anew: a refund that settles late changes no earlier one.
    """
    earnings = await Earning.filter(order_id=order_id).order_by("id")
    if not earnings:
        return
    settled = [
        refund
        for refund in await refunds_of(order_id)
        if refund.state is RefundState.SETTLED and refund.is_of_sale
    ]
    for earning in earnings:
        known = {taking.refund_no for taking in await Taking.filter(earning_id=earning.id)}
        for refund in settled:
            if refund.refund_no not in known:
                await _note(earning, refund.refund_no, refund.amount_fen)
        if earning.state is State.GIVEN:
            await take_back(earning)
        elif is_all_back(earning):
            await Earning.filter(id=earning.id, state=State.PENDING).update(state=State.VOID)


async def _note(earning: Earning, refund_no: str, refund_fen: int) -> None:
    part = part_of_refund(earning.basis_fen, earning.refunded_fen, refund_fen)
    for row in await sql(NOTE, earning.id, refund_no, part):
        earning.refunded_fen = row["refunded_fen"]


async def take_back(earning: Earning) -> None:
    """Mirror the journal of an earning for each refund that was noted. Again: nothing changes."""
    for taking in await Taking.filter(earning_id=earning.id, fen__gt=0).order_by("id"):
        is_base = earning.program == BASE
        key = taking.refund_no if is_base else f"{taking.refund_no}:{earning.program}"
        memo: Memo = {"order_no": earning.order_no or "", "refund_no": taking.refund_no}
        of = Cause(earning.cause_kind, earning.cause_key)
        taken = await mirror(Cause(TAKEN_BACK, key), of, taking.fen, earning.basis_fen, memo)
        if taken.is_new and earning.expires_at is not None:
            await _leave_expired(earning, earning.expires_at, taken, key, memo)


EXPIRED = """
SELECT coalesce(-sum(entry.amount) FILTER (WHERE cause_kind = 'ledger.lot_expired'
        AND entry.expires_at = $4::text::timestamptz), 0)::bigint AS expired,
    coalesce(sum(entry.amount) FILTER (WHERE cause_kind = $3 AND memo ->> 'lot' = $4), 0)::bigint
        AS kept
FROM core_ledger_account AS account
JOIN core_ledger_entry AS entry ON entry.account_id = account.id
JOIN core_ledger_journal AS journal ON journal.id = entry.journal_id
WHERE account.kind = $1 AND account.owner IN (
    SELECT 'member:' || $2::bigint UNION
    SELECT 'member:' || moved.from_id FROM points_earning AS own
    JOIN core_moved_row AS moved ON table_name = 'points_earning' AND moved.row_id = own.id
    WHERE own.member_id = $2
)
"""


async def _leave_expired(
    earning: Earning, lot: datetime, taken: Journal, key: str, memo: Memo
) -> None:
    """Units of the lot that had expired unused were lost once; a refund does not take them again.

    Whatever it took from other lots, or as a debt, in their stead goes back to just there. Two
    memberships joined meanwhile are looked at together.
    """
    elsewhere = [
        entry
        for entry in taken.entries
        if entry.amount < 0 and not entry.account.rule.is_house and entry.expires_at != lot
    ]
    [row] = await sql(EXPIRED, earning.purse, earning.member_id, KEPT, lot.isoformat())
    left = min(row["expired"] - row["kept"], -sum(entry.amount for entry in elsewhere))
    if left <= 0:
        return
    entries = [Entry(house(ISSUED[earning.purse]), -left)]
    for entry in elsewhere:
        part = min(-entry.amount, left)
        left -= part
        if part:
            entries.append(Entry(entry.account, part, entry.expires_at))
    await post(Cause(KEPT, key), entries, {**memo, "lot": lot.isoformat()})
