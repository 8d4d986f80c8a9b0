"""What was paid by hand goes back by hand: out of the till, or at the card terminal."""

from core.database import use_case
from core.security.scope import Scope
from trade.payments.errors import RefundNotFound, RefundNotWaiting
from trade.payments.models import Payment, Refund
from trade.payments.queries import RefundView, refund_view
from trade.payments.rules import BY_HAND, RefundState, RefundTo
from trade.payments.service.giving_back import Counter, settle_here


@use_case
async def hand_out_refund(scope: Scope, *, refund_no: str) -> RefundView:
    """Staff of the store that took the money gave it back to the buyer. Again: nothing changes.

    Raises RefundNotFound for a refund that is not there or another store's, RefundNotWaiting for
    one that does not go back by hand.
    """
    row = await Refund.get_or_none(refund_no=refund_no)
    if row is None:
        raise RefundNotFound(refund_no=refund_no)
    payment = await Payment.filter(id=row.payment_id).select_for_update().get()
    if payment.store_id is None or not scope.sees_store(payment.store_id):
        raise RefundNotFound(refund_no=refund_no)
    if payment.method not in BY_HAND or row.goes_to is not RefundTo.ORIGIN:
        raise RefundNotWaiting(refund_no=refund_no)
    row = await Refund.get(id=row.id)
    if row.state is RefundState.WAITING:
        await settle_here(payment, row, Counter(payment.store_id, scope.actor))
    return refund_view(await Refund.get(id=row.id).select_related("payment"))
