"""A sale that waits for its money: the customer's pay code is scanned, or theirs scans ours."""

from core.security.scope import Scope
from devices.counter.errors import SaleOver
from devices.counter.queries import SaleView, sale_for
from devices.counter.service.selling import check_may_sell
from devices.service import print_receipt
from trade.payments.service import QrCode, drop_sale, pay_by_code, show_code


async def charge_code(scope: Scope, *, sale_id: str, auth_code: str, key: str) -> SaleView:
    """Take what a sale is due by the customer's pay code (付款码), which is kept nowhere.

    It may be under way still: look at the sale again, it ends by itself within a minute. Again with
    its `key` no code is sent. Raises SaleNotFound, NotHere, SaleOver and what `pay_by_code` raises.
    """
    sale = await _open(scope, sale_id)
    if not sale.is_paid:
        await pay_by_code(scope, order_id=sale.order.public_id, auth_code=auth_code, key=key)
    return await _printed(scope, sale)


async def show_sale_code(scope: Scope, *, sale_id: str) -> QrCode:
    """What the screen shows for the customer to scan. Raises as `charge_code` does."""
    sale = await _open(scope, sale_id)
    return await show_code(scope, order_id=sale.order.public_id)


async def give_up_sale(scope: Scope, *, sale_id: str) -> SaleView:
    """The customer left without paying: the goods are free again. Again changes nothing.

    Raises SaleNotFound, NotHere, and what `drop_sale` does when money came after all.
    """
    sale = await sale_for(scope, sale_id)
    check_may_sell(scope, sale.store_id)
    await drop_sale(scope, order_id=sale.order.public_id)
    return await sale_for(scope, sale_id)


async def _open(scope: Scope, sale_id: str) -> SaleView:
    sale = await sale_for(scope, sale_id)
    check_may_sell(scope, sale.store_id)
    if not sale.is_paid and sale.order.closed_at is not None:
        raise SaleOver(sale=sale_id)
    return sale


async def _printed(scope: Scope, sale: SaleView) -> SaleView:
    """The news of the payment owes the paper too; here it does not wait for the news."""
    await print_receipt(order_id=sale.order.id)
    return await sale_for(scope, sale.public_id)
