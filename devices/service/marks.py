"""What an ERP says of our orders: its own numbers and states, kept beside them."""

from datetime import datetime

from core.database import sql, use_case
from core.security.scope import Scope
from devices.queries.marks import MarkView, marks_of, order_numbered

MARK = """
INSERT INTO devices_order_mark (order_id, partner_id, document_no, state, exported_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id, partner_id, document_no, state) DO NOTHING
"""


@use_case
async def mark_order(
    scope: Scope, order_no: str, *, document_no: str, state: str, exported_at: datetime
) -> list[MarkView]:
    """Keep what the ERP calls an order and how far it is. Saying it again changes nothing.

    Answers all marks of the order. Raises OrderNotFound for an order of stores not theirs.
    """
    order = await order_numbered(scope, order_no)
    assert scope.partner_id is not None
    await sql(MARK, order.id, scope.partner_id, document_no, state, exported_at)
    return await marks_of(order.id)
