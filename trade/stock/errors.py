from core.errors import Conflict, Forbidden, Invalid, NotFound


class OutOfStock(Conflict):
    """`sku_code` is the first that is short, `left` what is there; `short` lists all, code:left."""

    code = "stock.out_of_stock"
    zh = "库存不足，请减少数量或更换门店"
    en = "There is not enough stock: take fewer, or choose another store."


class NothingReserved(Conflict):
    code = "stock.nothing_reserved"
    zh = "该订单没有预占库存，请重新下单"
    en = "Nothing is reserved for this order: place it again."


class MovementCauseReused(Conflict):
    code = "stock.movement_cause_reused"
    zh = "该单据号已用于另一笔库存流水，请换一个单据号"
    en = "This cause already names another stock movement: use a new one."


class NotThere(Conflict):
    """Units of `place` are to go that are not there; `left` is what there is."""

    code = "stock.not_there"
    zh = "该处没有这么多件，请核对数量后重试"
    en = "There are not that many there: check the quantity and try again."


class QuantityNotPositive(Invalid):
    code = "stock.quantity_not_positive"
    zh = "数量必须大于零"
    en = "The quantity must be greater than zero."


class ReasonDoesNotFit(Invalid):
    code = "stock.reason_does_not_fit"
    zh = "该调整原因与增减方向不符，请更换原因或改正数量的正负"
    en = "This reason does not go with this sign: choose another reason, or turn the quantity."


class GivenTwice(Invalid):
    code = "stock.given_twice"
    zh = "同一商品在一张单据里出现了两次，请合并后重试"
    en = "One SKU stands on this document twice: merge the rows and try again."


class MomentInFuture(Invalid):
    code = "stock.moment_in_future"
    zh = "业务时间不能晚于现在，请检查对方系统的时钟"
    en = "The moment lies in the future: check the sender's clock."


class SameStore(Invalid):
    code = "stock.same_store"
    zh = "调出与调入不能是同一门店，请更换门店"
    en = "A transfer needs two stores: choose another one."


class StoreNeeded(Invalid):
    code = "stock.store_needed"
    zh = "调拨退货需要指定调入门店，请选择门店"
    en = "Name the store that these goods go to."


class InboundNotFound(NotFound):
    code = "stock.inbound_not_found"
    zh = "没有这张入库单，请核对单号"
    en = "There is no such inbound document: check its number."


class InboundClosed(Conflict):
    code = "stock.inbound_closed"
    zh = "该入库单已完成；如有差异请做库存调整"
    en = "This inbound document is closed: correct a difference by an adjustment."


class CountNotFound(NotFound):
    code = "stock.count_not_found"
    zh = "没有这张盘点单，请核对单号"
    en = "There is no such count sheet: check its number."


class CountClosed(Conflict):
    code = "stock.count_closed"
    zh = "该盘点单已过账或已驳回，请新建盘点单"
    en = "This count sheet is posted or rejected: open a new one."


class CountEmpty(Conflict):
    code = "stock.count_empty"
    zh = "盘点单还没有录入，请先录入再审核"
    en = "Nothing was counted on this sheet yet: enter what was found first."


class SecondPersonNeeded(Forbidden):
    code = "stock.second_person_needed"
    zh = "盘点人不能审核自己的盘点，请让另一位同事审核"
    en = "Who counted does not approve: ask a colleague to do it."


class NumberTaken(Conflict):
    code = "stock.number_taken"
    zh = "该单号已用于另一张单据，请换一个单号"
    en = "This number names another document: use a new one."
