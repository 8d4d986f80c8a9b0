"""What can be done with shares: one file per use case."""

from trade.settlement.service.crediting import CreditSale, claw_back, credit_sale
from trade.settlement.service.moving import MovedGoods, settle_moved_goods

__all__ = ["CreditSale", "MovedGoods", "claw_back", "credit_sale", "settle_moved_goods"]
