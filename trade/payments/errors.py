from core.errors import Conflict, Invalid, NotFound, Unavailable


class PaymentNotFound(NotFound):
    code = "payments.not_found"
    zh = "没有这笔支付，请检查单号"
    en = "There is no such payment: check its number."


class OrderNotPayable(Conflict):
    code = "payments.order_not_payable"
    zh = "订单已支付、已关闭或已超时，请重新下单"
    en = "The order is paid, closed or too old: place a new one."


class AlreadyPaid(Conflict):
    code = "payments.already_paid"
    zh = "该订单已支付，请刷新订单"
    en = "This order is paid already: reload it."


class PaymentUnclear(Unavailable):
    code = "payments.unclear"
    zh = "微信支付暂时没有回应，请稍后重试"
    en = "WeChat Pay does not answer for now: try again shortly."


class PaymentParked(Conflict):
    code = "payments.parked"
    zh = "这笔支付需要人工核对，请联系门店"
    en = "A person has to look at this payment: contact the store."


class PaymentRefused(Conflict):
    code = "payments.refused"
    zh = "微信支付拒绝了这笔支付，请联系商家"
    en = "WeChat Pay refused this payment: contact the shop."


class AmountDiffers(Conflict):
    code = "payments.amount_differs"
    zh = "金额与订单应付金额不一致，请核对后重试"
    en = "The amount is not what the order is due: check it and try again."


class RefundTooMuch(Conflict):
    code = "payments.refund_too_much"
    zh = "退款金额超过可退金额，请减少退款金额"
    en = "This is more than can still be refunded: refund less."


class RefundKeyReused(Conflict):
    code = "payments.refund_key_reused"
    zh = "该退款编号已用于另一笔退款，请换一个编号"
    en = "This key already names another refund: use a new one."


class RefundAmountNotPositive(Invalid):
    code = "payments.refund_amount_not_positive"
    zh = "退款金额必须大于零"
    en = "The amount to refund must be greater than zero."


class RefundUnclear(Unavailable):
    code = "payments.refund_unclear"
    zh = "微信支付未确认退款，系统将用同一退款单号再次查询"
    en = "WeChat Pay did not confirm the refund: it is asked again under the same number."


class NobodyToPay(Conflict):
    code = "payments.nobody_to_pay"
    zh = "请先在小程序里登录，再付款"
    en = "Sign in with the mini-program first, then pay."
