from core.errors import Conflict, Forbidden, Invalid, NotFound


class BadSale(Invalid):
    code = "counter.bad_sale"
    zh = "销售内容不完整：每行需要商品或类目、1-999 的数量和不超过 100 万元的金额"
    en = "A line needs goods or a department, 1 to 999 pieces and an amount below a million yuan."


class NothingSold(Invalid):
    code = "counter.nothing_sold"
    zh = "还没有商品，请先录入或扫码"
    en = "There is nothing in the sale: type an amount or scan first."


class DepartmentUnknown(NotFound):
    code = "counter.department_unknown"
    zh = "没有这个类目，请刷新页面后重选"
    en = "There is no such department here: reload the page and choose again."


class DepartmentUnfit(Invalid):
    code = "counter.department_unfit"
    zh = "类目需要名称、19 位税收分类编码和 0-100% 的税率；编号用小写字母和数字"
    en = "It needs a name, a 19-digit tax class, a rate of 0 to 100 % and a code of small letters."


class GoodsUnknown(NotFound):
    code = "counter.goods_unknown"
    zh = "商品库里没有这个码，请改用手工录入"
    en = "No goods have this code: type the amount instead."


class PriceChanged(Conflict):
    code = "counter.price_changed"
    zh = "价格或促销刚刚变了，请核对新的应收金额后再收款"
    en = "Prices have just changed: look at the new total, then take the money."


class ShelfShort(Conflict):
    code = "counter.shelf_short"
    zh = "账面库存不足。货在手上就确认“仍然卖出”，账面会显示欠货"
    en = "The books have too few. With the goods in hand choose to sell anyway; the books show it."


class TendersDiffer(Invalid):
    code = "counter.tenders_differ"
    zh = "收款合计与应收金额不一致，请核对"
    en = "What was taken does not add up to the total: check it."


class SaleKeyReused(Conflict):
    code = "counter.sale_key_reused"
    zh = "该编号已用于另一笔销售，请刷新页面"
    en = "This key already names another sale: reload the page."


class SoldInFuture(Invalid):
    code = "counter.sold_in_future"
    zh = "销售时间在未来，请校准本机时钟"
    en = "The time of sale is in the future: set this device's clock."


class SoldTooLongAgo(Invalid):
    code = "counter.sold_too_long_ago"
    zh = "断网销售已超过 30 天，请店长手工处理"
    en = "This offline sale is more than 30 days old: the manager must book it by hand."


class SaleNotFound(NotFound):
    code = "counter.sale_not_found"
    zh = "没有这笔销售，请检查编号"
    en = "There is no such sale: check its number."


class SaleInvoiced(Conflict):
    code = "counter.sale_invoiced"
    zh = "这笔销售已经开票，不能作废，请办理退款（会开红字发票）"
    en = "This sale has its invoice: refund it instead, which makes the red letter."


class SaleOver(Conflict):
    code = "counter.sale_over"
    zh = "这笔销售已经退款或关闭"
    en = "This sale was refunded or closed already."


class SaleUnpaid(Conflict):
    code = "counter.sale_unpaid"
    zh = "这笔销售还没有收到款"
    en = "The money of this sale has not come yet."


class VoidTooLate(Conflict):
    code = "counter.void_too_late"
    zh = "只能作废当天的销售，请办理退款"
    en = "Only a sale of today can be voided: refund it instead."


class ManagerNeeded(Forbidden):
    code = "counter.manager_needed"
    zh = "收银 15 分钟后的作废和所有退款，需要店长操作"
    en = "Refunds, and voids after 15 minutes or of others' sales, are the store manager's."


class RefundTooBig(Invalid):
    code = "counter.refund_too_big"
    zh = "退款金额须大于零，且不超过这笔销售的可退金额"
    en = "The refund must be above zero and within what is left of the sale."


class NotHere(Forbidden):
    code = "counter.not_here"
    zh = "您没有可以收银的门店，请联系店长"
    en = "There is no store where you may sell: ask the store manager."


class BuyerUnknown(NotFound):
    code = "counter.buyer_unknown"
    zh = "没有找到会员，请核对手机号或会员卡"
    en = "No member was found: check the phone or card."


class ScaleUnfit(Invalid):
    code = "counter.scale_unfit"
    zh = "秤签标志为 20-29，内容为重量或金额"
    en = "The flag of a scale is 20 to 29, and its labels say a weight or an amount."
