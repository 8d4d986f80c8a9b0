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


class NotAtTheCounter(Invalid):
    code = "payments.not_at_the_counter"
    zh = "柜台只能登记现金、刷卡和其他方式，请选择其中一种"
    en = "At the counter only cash, card and other are written down: choose one of them."


class TenderAmount(Invalid):
    code = "payments.tender_amount"
    zh = "收款金额必须大于零，实收现金不能少于应收金额"
    en = "The amount must be above zero, and no less cash be laid down than is taken."


class OrderWantsLess(Conflict):
    code = "payments.order_wants_less"
    zh = "收款超过订单待付金额，请按待付金额收款"
    en = "This is more than the order is due: take what is due."


class TenderKeyReused(Conflict):
    code = "payments.tender_key_reused"
    zh = "该 Idempotency-Key 已用于另一笔收款，请换一个新的编号"
    en = "This Idempotency-Key took another payment: use a new one."


class NotSoldYet(Conflict):
    code = "payments.not_sold_yet"
    zh = "订单还没有付清，请取消订单，已付款会自动退回"
    en = "The order is not paid up: cancel it, and what was paid goes back by itself."


class NobodyToCredit(Conflict):
    code = "payments.nobody_to_credit"
    zh = "这笔订单没有会员，不能退到购物金，请原路退回"
    en = "The order has no member to credit: refund it the way it was paid."


class RefundNotFound(NotFound):
    code = "payments.refund_not_found"
    zh = "没有这笔退款，请检查退款单号"
    en = "There is no such refund: check its number."


class RefundNotWaiting(Conflict):
    code = "payments.refund_not_waiting"
    zh = "这笔退款原路自动退回，不需要柜台发放"
    en = "This refund goes back by itself: nothing is to be handed out."


class BadPayCode(Invalid):
    code = "payments.bad_pay_code"
    zh = "付款码应为 18 位数字，以 10 至 15 开头，请重新扫码"
    en = "A pay code has 18 digits and begins with 10 to 15: scan it again."


class PayCodeRefused(Conflict):
    code = "payments.pay_code_refused"
    zh = "付款码已失效或余额不足，请顾客刷新付款码后重新扫码"
    en = "The pay code is used up or not covered: let the customer refresh it and scan again."


class TopUpAmount(Invalid):
    code = "payments.top_up_amount"
    zh = "充值金额不在允许范围内，请调整金额"
    en = "The amount is outside of what may be topped up: choose another one."


class TopUpTooMuch(Conflict):
    code = "payments.top_up_too_much"
    zh = "充值后余额将超过预付卡上限，请减少金额"
    en = "The purse would hold more than it may: top up less."


class TopUpKeyReused(Conflict):
    code = "payments.top_up_key_reused"
    zh = "该 Idempotency-Key 已用于另一笔充值，请换一个新的编号"
    en = "This Idempotency-Key topped up another amount: use a new one."


class NothingToPayOut(Conflict):
    code = "payments.nothing_to_pay_out"
    zh = "没有可以退还的储值本金，请查看余额明细"
    en = "There is no bought stored value to give back: look at the movements of the purse."


class CountNeedsReason(Invalid):
    code = "payments.count_needs_reason"
    zh = "点款与应有金额不符，请再点一次；确认无误后写明原因（至少 4 个字）"
    en = "The drawer does not hold what it should: count again, or write down why (4 letters)."


class CountAmount(Invalid):
    code = "payments.count_amount"
    zh = "请填写点到的金额；留在钱箱的不能多于点到的"
    en = "Say how much was counted; no more can stay in the drawer than that."


class CountedMeanwhile(Conflict):
    code = "payments.counted_meanwhile"
    zh = "同事刚刚点过款，请看最新结果后再点"
    en = "Somebody has just counted: look at that count, then count again."
