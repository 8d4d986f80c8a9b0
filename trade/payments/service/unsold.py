"""An order ended without a sale and money was in: every fen goes back by itself.

Of a deposit whose balance was not paid the store keeps the part that its rule says.
"""

from collections.abc import Sequence

from core.audit_log import record
from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, post
from trade.orders.queries import OrderState, OrderView, order_of
from trade.payments.models import DepositRule, Payment
from trade.payments.rules import keeps_fen
from trade.payments.service.giving_back import give_back

RULE = """
SELECT keeps_bp FROM payments_deposit_rule WHERE store_id = $1 OR store_id IS NULL
ORDER BY store_id NULLS LAST LIMIT 1
"""

KEEP = """
UPDATE payments_payment SET kept_fen = $2 WHERE id = $1 AND kept_fen = 0 AND refunding_fen = 0
RETURNING id
"""


@use_case
async def set_deposit_rule(
    *, keeps_bp: int, store_id: int | None = None, by: str = "system"
) -> None:
    """How much of a deposit a store keeps when its balance is not paid; None: all other stores.

    Without any rule nothing is kept. The change is on record.
    """
    await DepositRule.update_or_create({"keeps_bp": keeps_bp}, store_id=store_id)
    await record(by, "payments.deposit_rule", f"store:{store_id or 'others'}", keeps_bp=keeps_bp)


@use_case
async def give_back_unsold(*, order_id: int) -> None:
    """Give back what a closed order took without ever being sold. Again: nothing changes."""
    taken = Payment.filter(order_id=order_id, has_paid_order=True).order_by("id")
    tenders = await taken.select_for_update()
    order = await order_of(order_id)
    if not tenders or order.paid_at is not None or order.state is not OrderState.CLOSED:
        return
    await _keep(order, tenders)
    for tender in tenders:
        key = f"unsold:{tender.payment_no}"
        await give_back(tender, key=key, reason="订单未完成，退回已付款")


async def _keep(order: OrderView, tenders: Sequence[Payment]) -> None:
    """The first tenders were the deposit."""
    if not 0 < order.deposit_fen <= order.paid_fen:
        return
    rules = await sql(RULE, order.store_id)
    left = keeps_fen(order.deposit_fen, rules[0]["keeps_bp"]) if rules else 0
    for tender in tenders:
        kept = min(left, tender.amount_fen)
        if kept and await sql(KEEP, tender.id, kept):
            tender.kept_fen = kept
            await _book(order, tender)
        left -= kept


async def _book(order: OrderView, tender: Payment) -> None:
    kept = Account(AccountKind.DEPOSIT_KEPT, f"store:{order.store_id}")
    customers = house(AccountKind.MONEY_CUSTOMER)
    entries = [Entry(customers, tender.kept_fen), Entry(kept, -tender.kept_fen)]
    memo = {"order_no": order.order_no, "payment_no": tender.payment_no}
    await post(Cause("deposit_kept", tender.payment_no), entries, memo=memo)
