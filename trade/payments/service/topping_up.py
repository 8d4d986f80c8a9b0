"""Members buy stored value (储值充值): for money, with a bonus where one is offered.

What was bought is the member's claim and the money stays "money of customers"; a bonus is a cost of
the house the moment it is given.
"""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.ledger import Account, AccountKind, Cause, Entry, balance, house, name_cause, post
from trade.payments.errors import TopUpAmount, TopUpKeyReused, TopUpTooMuch
from trade.payments.models import Payment, TopUp, TopUpOffer
from trade.payments.rules import MAX_PURSE_FEN, MIN_TOP_UP_FEN, Method, PaymentState, TopUpState
from trade.payments.service.booking import book, received

name_cause("topped_up", zh="储值充值", en="stored value was bought")

INSERT = """
INSERT INTO payments_top_up (
    top_up_no, request_key, member_id, store_id, amount_fen, bonus_fen, state
)
VALUES ($1, $2, $3, $4, $5, $6, 'created')
ON CONFLICT (request_key) DO NOTHING RETURNING id
"""

BONUS = """
SELECT coalesce((
    SELECT bonus_fen FROM payments_top_up_offer
    WHERE amount_fen <= $1 AND $2 >= valid_from AND ($2 <= valid_until OR valid_until IS NULL)
    ORDER BY amount_fen DESC, valid_from DESC LIMIT 1
), 0) AS bonus_fen
"""

DONE = """
UPDATE payments_top_up SET state = 'done', done_at = $2 WHERE id = $1 AND state <> 'done'
RETURNING top_up_no, member_id, amount_fen, bonus_fen
"""


@dataclass(frozen=True, slots=True)
class ToppedUp:
    """A top-up that is done, and the tender that paid it."""

    top_up_no: str
    payment_no: str
    amount_fen: int
    bonus_fen: int


@use_case
async def offer_bonus(*, amount_fen: int, bonus_fen: int) -> None:
    """From today a top-up of at least `amount_fen` gets `bonus_fen` on top; the highest one counts.

    The same day again: the last word counts.
    """
    today = clock.shop_day(clock.now())
    facts = {"bonus_fen": bonus_fen}
    await TopUpOffer.update_or_create(facts, amount_fen=amount_fen, valid_from=today)


async def intend_top_up(
    *, member_id: int, amount_fen: int, key: str, store_id: int | None = None
) -> TopUp:
    """The row of a wished top-up, its bonus fixed now. Again with its `key`: the same one.

    Raises TopUpAmount, TopUpTooMuch when a purse would hold more than it may, TopUpKeyReused.
    """
    if not MIN_TOP_UP_FEN <= amount_fen <= MAX_PURSE_FEN:
        raise TopUpAmount(least_fen=MIN_TOP_UP_FEN, most_fen=MAX_PURSE_FEN)
    request_key = f"member:{member_id}:{key}"
    row = await TopUp.get_or_none(request_key=request_key)
    if row is None:
        purse = await balance(Account(AccountKind.STORED_VALUE, f"member:{member_id}"))
        [offer] = await sql(BONUS, amount_fen, clock.shop_day(clock.now()))
        if purse + amount_fen + offer["bonus_fen"] > MAX_PURSE_FEN:
            raise TopUpTooMuch(balance_fen=purse, most_fen=MAX_PURSE_FEN)
        facts = (new_no("T"), request_key, member_id, store_id, amount_fen, offer["bonus_fen"])
        await sql(INSERT, *facts)
        row = await TopUp.get(request_key=request_key)
    if (row.amount_fen, row.store_id) != (amount_fen, store_id):
        raise TopUpKeyReused(top_up_no=row.top_up_no)
    return row


async def fill_purse(payment: Payment, at: datetime) -> bool:
    """The money of a top-up came. False: it had come before, so this is too much."""
    rows = await sql(DONE, payment.top_up_id, at)
    if not rows:
        return False
    [row] = rows
    bought, bonus = row["amount_fen"], row["bonus_fen"]
    member = Account(AccountKind.STORED_VALUE, f"member:{row['member_id']}")
    entries = [
        Entry(member, bought + bonus),
        Entry(house(AccountKind.STORED_VALUE_ISSUED), -bought - bonus),
        Entry(house(AccountKind.STORED_VALUE_BONUS), bonus),
        Entry(house(AccountKind.MONEY_CUSTOMER), -bonus),
    ]
    memo = {"top_up_no": row["top_up_no"], "paid_fen": bought, "bonus_fen": bonus}
    await post(Cause("topped_up", row["top_up_no"]), entries, memo=memo, at=at)
    return True


@use_case
async def top_up(
    *, member_id: int, amount_fen: int, method: Method, key: str, by: str, store_id: int
) -> ToppedUp:
    """Staff of a store sell stored value for cash or by card. Again with its `key`: no change.

    Raises TopUpAmount, TopUpTooMuch, TopUpKeyReused.
    """
    row = await intend_top_up(
        member_id=member_id, amount_fen=amount_fen, key=key, store_id=store_id
    )
    payment = await Payment.filter(top_up_id=row.id, state=PaymentState.PAID).first()
    if payment is None:
        payment = await _sell(row, method, by)
    return ToppedUp(row.top_up_no, payment.payment_no, row.amount_fen, row.bonus_fen)


async def _sell(row: TopUp, method: Method, by: str) -> Payment:
    now = clock.now()
    payment = await Payment.create(
        payment_no=new_no("P"),
        request_key=f"top_up:{row.id}",
        top_up=row,
        order_no=row.top_up_no,
        store_id=row.store_id,
        member_id=row.member_id,
        method=method,
        amount_fen=row.amount_fen,
        state=PaymentState.PAID,
        taken_by=by,
        has_paid_order=True,
        expires_at=now,
        paid_at=now,
    )
    await book(payment, received(payment), now)
    if row.state is not TopUpState.DONE:
        await fill_purse(payment, now)
    return payment
