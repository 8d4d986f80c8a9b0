"""Refusals of the invoice page. Each sentence says what the guest can do next."""

from core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class CodeUnknown(NotFound):
    code = "invoicing.code_unknown"
    zh = "无法识别这个开票码，请重新扫描小票上的二维码"
    en = "This invoice code is not known: scan the code on the receipt again."


class ShortCodeUnknown(NotFound):
    code = "invoicing.short_code_unknown"
    zh = "没有找到这张小票：请核对开票码和实付金额，或扫描小票上的二维码"
    en = "No such receipt: check code and total, or scan the code on the receipt."


class OrderNotHereYet(NotFound):
    code = "invoicing.order_not_here_yet"
    zh = "订单还在上传，请几分钟后再扫一次"
    en = "The order is still on its way to us: scan again in a few minutes."
    retryable = True


class CodeExpired(Conflict):
    code = "invoicing.code_expired"
    zh = "已过自助开票期限，请凭小票联系门店"
    en = "The time for self-service invoices is over: please show the receipt in the store."


class OrderNotPaid(Conflict):
    code = "invoicing.order_not_paid"
    zh = "订单尚未付款，付款后再扫码开票"
    en = "This order is not paid yet: pay first, then scan again."
    retryable = True


class OrderRefunded(Conflict):
    code = "invoicing.order_refunded"
    zh = "订单已退款，没有可开票金额；如有疑问请联系门店"
    en = "This order was refunded, nothing is left to invoice; ask the store if in doubt."


class AmountDiffers(Conflict):
    code = "invoicing.amount_differs"
    zh = "小票金额与订单不一致，为保护您的权益暂不能开票，请联系门店"
    en = "The receipt's amount is not the order's, so no invoice can be made: ask the store."


class NothingToInvoice(Conflict):
    code = "invoicing.nothing_to_invoice"
    zh = "该订单没有可开票金额，如有疑问请联系门店"
    en = "Nothing of this order can be invoiced; ask the store if in doubt."


class TaxClassMissing(Conflict):
    code = "invoicing.tax_class_missing"
    zh = "有商品尚未设置税收分类编码，暂不能开票，请联系门店"
    en = "A product has no tax classification code yet, so no invoice can be made: ask the store."


class AlreadyRequested(Conflict):
    code = "invoicing.already_requested"
    zh = "该订单已申请开票，请用原来填写的抬头信息查看"
    en = "An invoice was already asked for: use the details given then to see it."


class RequestUnknown(NotFound):
    code = "invoicing.request_unknown"
    zh = "没有这条开票申请，请检查编号"
    en = "There is no such invoice request: check its number."


class CallbackUnknown(NotFound):
    code = "invoicing.callback_unknown"
    zh = "没有与此通知对应的开票申请，请检查回调地址和订单号"
    en = "No invoice request fits this notice: check its address and order number."


class FileNotReady(NotFound):
    code = "invoicing.file_not_ready"
    zh = "发票文件还没生成好，请稍后再试"
    en = "The invoice file is not ready yet: try again in a moment."
    retryable = True


class RequestCannotMove(Conflict):
    code = "invoicing.request_cannot_move"
    zh = "开票申请当前状态不支持该操作，请刷新后再看"
    en = "The request is not in a state that allows this: reload and look again."


class DeliveryCannotMove(Conflict):
    code = "invoicing.delivery_cannot_move"
    zh = "发送任务当前状态不支持该操作，请刷新后再看"
    en = "The delivery is not in a state that allows this: reload and look again."


class KindWrong(Invalid):
    code = "invoicing.kind_wrong"
    zh = "请选择抬头类型：企业或个人"
    en = "Choose the kind of title: company or person."


class TitleWrong(Invalid):
    code = "invoicing.title_wrong"
    zh = "请填写发票抬头，最多 100 个字"
    en = "Enter the title of the invoice, at most 100 characters."


class TaxNumberWrong(Invalid):
    """Facts: `reason` is `missing`, `characters`, `length` or `check`; maybe a `suggestion`."""

    code = "invoicing.tax_number_wrong"
    zh = "税号不正确，请对照营业执照逐位核对"
    en = "The tax number is not right: compare it with the business licence."


class TaxNumberDoubtful(Conflict):
    """Facts: `tax_no` as it was read."""

    code = "invoicing.tax_number_doubtful"
    zh = "这个税号不常见，请与营业执照逐位核对，确认后再提交"
    en = "This tax number is unusual: compare it with the licence, confirm it and send again."


class InvoiceNotYours(Forbidden):
    code = "invoicing.not_yours"
    zh = "这张发票不是您申请的，请在开票页核验抬头后查看"
    en = "You did not ask for this invoice: prove its title on the invoice page to see it."


class MailWrong(Invalid):
    code = "invoicing.mail_wrong"
    zh = "邮箱地址不正确，请检查后重新填写"
    en = "The mail address is not right: check it and enter it again."


class RendererFailed(Unavailable):
    code = "invoicing.renderer_failed"
    zh = "发票文件生成失败，系统会自动重试"
    en = "The invoice file could not be made; it is tried again by itself."


class PhoneWrong(Invalid):
    code = "invoicing.phone_wrong"
    zh = "手机号不正确，请填写 11 位手机号"
    en = "The phone number is not right: enter a mobile number of 11 digits."


class PatternWrong(Invalid):
    code = "invoicing.pattern_wrong"
    zh = "商品匹配写法不对：请写成 code:、tax: 或 name: 加通配符，例如 code:TEA-*"
    en = "Write which goods are meant as code:, tax: or name: and a glob, as code:TEA-*."


class RuleWrong(Invalid):
    code = "invoicing.rule_wrong"
    zh = "开票规则填写不正确，请检查日期、税率和税收分类编码"
    en = "The rule is not right: check its days, rate and tax classification code."


class SellerMissing(Conflict):
    code = "invoicing.seller_missing"
    zh = "这笔订单没有可用的开票主体，请联系门店处理"
    en = "Nobody is set to invoice this order: ask the store to see to it."


class SellersDiffer(Conflict):
    code = "invoicing.sellers_differ"
    zh = "这些小票不是同一个开票主体，不能合并，请分别开票"
    en = "These receipts are of different sellers: ask for an invoice of each."


class CannotMerge(Conflict):
    code = "invoicing.cannot_merge"
    zh = "其中有小票暂不能合并开票，请去掉重复或未上传的小票后再试"
    en = "These receipts cannot be put on one invoice: take out repeated or missing ones."


class SpecialNotAllowed(Conflict):
    code = "invoicing.special_not_allowed"
    zh = "该商户或商品不能开具专用发票，请改开普通发票"
    en = "No special invoice can be made of this: ask for a general one."


class CharacterRefused(Invalid):
    """Facts: `characters` that the seller's tax system cannot print."""

    code = "invoicing.character_refused"
    zh = "抬头中有税务系统无法识别的生僻字，请用营业执照上的常用写法填写"
    en = "The title has characters that the tax system cannot print: write them in another form."


class SaleUnknown(NotFound):
    code = "invoicing.sale_unknown"
    zh = "没有这笔销售记录，请检查订单号"
    en = "There is no such sale: check the order number."


class RulesNotYours(Forbidden):
    code = "invoicing.rules_not_yours"
    zh = "开票规则由总部设置，请联系总部"
    en = "Head office sets how invoices are made: ask there."


class SentTooOften(Conflict):
    code = "invoicing.sent_too_often"
    zh = "今天已重发多次，请在页面直接下载，或明天再试"
    en = "It was sent again several times today: download it from the page, or try tomorrow."


class TargetWrong(Invalid):
    code = "invoicing.target_wrong"
    zh = "请填写接收发票的邮箱或手机号"
    en = "Enter the mail address or the mobile number that the invoice should go to."


class LinkUnknown(NotFound):
    code = "invoicing.link_unknown"
    zh = "链接无效，请扫小票上的二维码查看发票"
    en = "This link is not valid: scan the code on the receipt to see the invoice."


class InvoiceUnknown(NotFound):
    code = "invoicing.invoice_unknown"
    zh = "没有这张发票，请检查发票号码"
    en = "There is no such invoice: check its number."


class StrayUnknown(NotFound):
    code = "invoicing.stray_unknown"
    zh = "没有这条待核对的发票，请刷新后再看"
    en = "There is no such invoice to look into: reload and look again."
