from core.errors import Conflict, Invalid, NotFound


class OrderCannotMove(Conflict):
    code = "orders.cannot_move"
    zh = "订单当前状态不支持该操作，请刷新订单后重试"
    en = "The order's state does not allow this: reload the order and try again."


class OrderNotFound(NotFound):
    code = "orders.not_found"
    zh = "订单不存在，请检查订单编号"
    en = "There is no such order: check its number."


class OrderKeyReused(Conflict):
    code = "orders.key_reused"
    zh = "该 Idempotency-Key 已用于另一笔订单，请换一个新的编号"
    en = "This Idempotency-Key placed another order: use a new one."


class BadLines(Invalid):
    code = "orders.bad_lines"
    zh = "商品行不符合要求，请检查种类和数量"
    en = "The order lines do not fit: check the items and their quantities."


class StoreIsClosed(Conflict):
    code = "orders.store_is_closed"
    zh = "该门店暂停营业，请换一家门店"
    en = "This store is closed: choose another one."


class ConsigneeNeeded(Invalid):
    code = "orders.consignee_needed"
    zh = "快递和同城配送需要收货人、电话和地址，请补充"
    en = "A delivery needs a consignee with phone and address: add them."


class DeliveryNotOffered(Conflict):
    code = "orders.delivery_not_offered"
    zh = "该门店不支持这种配送方式，请换一种方式或门店"
    en = "This store does not deliver that way: choose another way or another store."


class BelowMinimum(Conflict):
    """`short_fen` more of goods, after all discounts, and the store brings them."""

    code = "orders.below_minimum"
    zh = "未达到该门店同城配送的起送金额，请再选一些商品或换一种配送方式"
    en = "This is below the store's minimum for city delivery: add goods, or choose another way."


class BadCursor(Invalid):
    code = "orders.bad_cursor"
    zh = "翻页游标无效，请从第一页重新查询"
    en = "This cursor does not lead anywhere: start again from the first page."


class TooManyOpenOrders(Conflict):
    code = "orders.too_many_open_orders"
    zh = "您有多笔订单尚未付款，请先付款或取消后再下单"
    en = "Several of your orders wait for payment: pay or cancel some of them first."


class TooManyHeldUnits(Conflict):
    code = "orders.too_many_held_units"
    zh = "您未付款的订单已占用较多该商品，请先付款或减少数量"
    en = "Your unpaid orders keep many of this item already: pay for them or take fewer."


class TooManyBought(Conflict):
    """Of the product of `sku_code` a member may buy `most` within `days` (0: ever)."""

    code = "orders.too_many_bought"
    zh = "该商品每人限购，您购买的件数已达上限，请减少数量"
    en = "Each person may buy only so many of this product: take fewer pieces."


class HoldTooLong(Invalid):
    code = "orders.hold_too_long"
    zh = "留货时间最短 1 小时，最长 72 小时"
    en = "Goods are kept for 1 to 72 hours: choose a time between."


class DraftNotFound(NotFound):
    code = "orders.draft_not_found"
    zh = "没有这份代客订单，请向导购重新索取"
    en = "There is no such prepared order: ask your guide for a new one."


class DraftEnded(Conflict):
    code = "orders.draft_ended"
    zh = "这份代客订单已失效或已撤回，请导购重新开单"
    en = "This prepared order has ended: ask your guide to prepare a new one."


class DraftOfSomebodyElse(Conflict):
    code = "orders.draft_of_somebody_else"
    zh = "这份代客订单是为另一位顾客准备的，请导购重新开单"
    en = "This order was prepared for somebody else: ask your guide to prepare one for you."


class GoodsWithdrawn(Conflict):
    """`sku_code` names the first of them."""

    code = "orders.goods_withdrawn"
    zh = "其中有商品已下架，请导购重新开单"
    en = "Some of these goods are no longer sold: ask your guide to prepare a new order."
