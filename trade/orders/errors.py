from core.errors import Conflict


class OrderCannotMove(Conflict):
    code = "orders.cannot_move"
    message = "订单当前状态不支持该操作"
