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


class NothingToPay(Conflict):
    code = "orders.nothing_to_pay"
    zh = "应付金额为零，请调整商品或优惠后重试"
    en = "There is nothing to pay: change the items or the discounts."


class ConsigneeNeeded(Invalid):
    code = "orders.consignee_needed"
    zh = "快递配送需要收货人、电话和地址，请补充"
    en = "Express delivery needs a consignee with phone and address: add them."


class BadCursor(Invalid):
    code = "orders.bad_cursor"
    zh = "翻页游标无效，请从第一页重新查询"
    en = "This cursor does not lead anywhere: start again from the first page."
