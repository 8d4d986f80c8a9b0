"""支付. The five values of wx.requestPayment; that it was paid is never a phone's to say."""

from core.errors import NotConfigured
from core.security.scope import Role, Scope
from core.settings import current
from core.web.api import Router, Schema
from core.web.policy import allow
from crm.queries import open_id_of
from trade.orders.errors import OrderNotFound
from trade.payments.errors import (
    AlreadyPaid,
    NobodyToPay,
    OrderNotPayable,
    PaymentParked,
    PaymentRefused,
    PaymentUnclear,
)
from trade.payments.service import start_payment

router = Router("/api/v1", "payments")


class PaySheetOut(Schema):
    """Hand all five to wx.requestPayment as they are."""

    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


@router.post(
    "/orders/{order_id}/payments",
    who=allow(Role.MEMBER),
    summary="Pay an order with WeChat Pay (微信支付)",
    errors=(
        OrderNotFound,
        OrderNotPayable,
        AlreadyPaid,
        PaymentParked,
        PaymentRefused,
        PaymentUnclear,
        NobodyToPay,
        NotConfigured,
    ),
)
async def post_payment(scope: Scope, order_id: str) -> PaySheetOut:
    assert scope.member_id is not None
    pay = current().pay
    if pay is None:
        raise NotConfigured(what="pay")
    open_id = await open_id_of(scope.member_id, pay.app_id)
    return PaySheetOut.of(await start_payment(scope, order_id=order_id, open_id=open_id))
