from core.errors import Conflict, Invalid


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


class QuantityNotPositive(Invalid):
    code = "stock.quantity_not_positive"
    zh = "数量必须大于零"
    en = "The quantity must be greater than zero."
