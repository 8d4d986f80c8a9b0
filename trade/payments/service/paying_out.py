"""Members take stored value back as money (储值退款): what they bought of what is left.

It goes back to the payments it came from, the newest first: by WeChat Pay, or out of a till by
hand. What was given on top is given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.audit_log import record
from core.database import sql, use_case
from core.ids import new_no
from core.ledger import Account, AccountKind, Cause, Entry, balance, house, name_cause, post
from trade.payments.errors import NothingToPayOut
from trade.payments.models import Payment, PayOut
from trade.payments.queries import RefundView, refunds_of_batch
from trade.payments.rules import Bought, PaymentState, pay_out_parts
from trade.payments.service.giving_back import Counter, Wish, owe_back

name_cause("purse_paid_out", zh="储值退款", en="stored value was given back as money")

ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('payments.pay_out', $1::bigint))"
INSERT = """
INSERT INTO payments_pay_out (pay_out_no, request_key, member_id, balance_fen, refund_fen,
    bonus_fen, by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# What WeChat Pay closed did not reach anybody: it is sent again when the member asks again.
UNSENT = """
SELECT o.pay_out_no, (o.refund_fen - coalesce(sum(r.amount_fen), 0))::bigint AS fen
FROM payments_pay_out AS o LEFT JOIN payments_refund AS r
    ON r.batch_key = 'pay_out:' || o.pay_out_no AND r.state <> 'closed'
WHERE o.member_id = $1 GROUP BY o.id
HAVING o.refund_fen > coalesce(sum(r.amount_fen), 0) ORDER BY o.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PaidOut:
    """`refund_fen` goes back by `refunds`; the ones that wait are handed out by staff."""

    pay_out_no: str
    refund_fen: int
    bonus_fen: int
    refunds: tuple[RefundView, ...]


@use_case
async def pay_out(*, member_id: int, key: str, by: str, counter: Counter | None = None) -> PaidOut:
    """Empty a member's purse and give back what of it was bought; what came by hand goes back by
    hand, at once where a `counter` hands it out.

    Again with its `key`: the same one. Where WeChat Pay could not give back an earlier one, this
    sends that one again first. Raises NothingToPayOut, and InsufficientBalance when some of it is
    being spent at this moment.
    """
    await sql(ONE_BY_ONE, member_id)
    request_key = f"member:{member_id}:{key}"
    row = await PayOut.get_or_none(request_key=request_key)
    if row is not None:
        return await _view(row)
    tenders = await _tenders(member_id, is_locked=True)
    for unsent in await sql(UNSENT, member_id):
        row = await PayOut.get(pay_out_no=unsent["pay_out_no"])
        await _send(row, tenders, _over(tenders, unsent["fen"]), counter)
        return await _view(row)
    parts, whole = await _parts(member_id, tenders)
    row = await _empty(member_id, whole, sum(parts), request_key, by)
    await _send(row, tenders, parts, counter)
    facts = {"refund_fen": row.refund_fen, "bonus_fen": row.bonus_fen}
    await record(by, "payments.pay_out", row.pay_out_no, **facts)
    return await _view(row)


async def pay_out_fen(member_id: int) -> int:
    """What would go back now, in fen."""
    parts, _ = await _parts(member_id, await _tenders(member_id, is_locked=False))
    return sum(parts)


async def _tenders(member_id: int, *, is_locked: bool) -> list[Payment]:
    """What the member paid for stored value, the newest first."""
    rows = Payment.filter(
        member_id=member_id,
        top_up_id__not_isnull=True,
        state=PaymentState.PAID,
        has_paid_order=True,
    ).order_by("-id")
    if is_locked:
        await rows.select_for_update()
    return await rows.select_related("top_up")


async def _parts(member_id: int, tenders: Sequence[Payment]) -> tuple[list[int], int]:
    has = await balance(Account(AccountKind.STORED_VALUE, f"member:{member_id}"))
    bought = [
        Bought(tender.amount_fen, tender.top_up.bonus_fen, tender.amount_fen - tender.refunding_fen)
        for tender in tenders
        if tender.top_up is not None
    ]
    return pay_out_parts(has, bought)


async def _empty(
    member_id: int, whole_fen: int, refund_fen: int, request_key: str, by: str
) -> PayOut:
    if refund_fen <= 0:
        raise NothingToPayOut
    number, bonus_fen = new_no("B"), whole_fen - refund_fen
    await sql(INSERT, number, request_key, member_id, whole_fen, refund_fen, bonus_fen, by)
    entries = [
        Entry(Account(AccountKind.STORED_VALUE, f"member:{member_id}"), -whole_fen),
        Entry(house(AccountKind.STORED_VALUE_ISSUED), whole_fen),
        Entry(house(AccountKind.STORED_VALUE_BONUS), -bonus_fen),
        Entry(house(AccountKind.MONEY_CUSTOMER), bonus_fen),
    ]
    cause = Cause("purse_paid_out", number)
    await post(cause, [entry for entry in entries if entry.amount], memo={"pay_out_no": number})
    return await PayOut.get(pay_out_no=number)


def _over(tenders: Sequence[Payment], amount_fen: int) -> list[int]:
    """An amount put on whatever can still go back, the newest first."""
    parts: list[int] = []
    for tender in tenders:
        parts.append(min(amount_fen - sum(parts), tender.amount_fen - tender.refunding_fen))
    return parts


async def _send(
    row: PayOut, tenders: Sequence[Payment], parts: Sequence[int], counter: Counter | None
) -> None:
    wish = Wish(f"pay_out:{row.pay_out_no}", "储值退款", counter=counter)
    for tender, part in zip(tenders, parts, strict=True):
        if part:
            await owe_back(tender, part, wish, key=f"{wish.key}:{new_no('R')}")


async def _view(row: PayOut) -> PaidOut:
    refunds = await refunds_of_batch(f"pay_out:{row.pay_out_no}")
    return PaidOut(row.pay_out_no, row.refund_fen, row.bonus_fen, refunds)
