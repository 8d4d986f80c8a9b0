"""What an outside tester may look at. The route exists in test mode only (`app.web`)."""

from core import outbox
from core.database import sql
from core.web.api import Router, Schema
from core.web.policy import PUBLIC

router = Router("/debug", tag="probes")

COUNT = """
SELECT
    (SELECT count(*) FROM bot_contact_event) AS external_contact_events,
    (SELECT count(*) FROM orders_order WHERE paid_at IS NOT NULL) AS order_paid,
    (SELECT count(*) FROM payments_refund WHERE state = 'settled') AS refunds_booked,
    (SELECT count(*) FROM payments_transfer WHERE state <> 'waiting') AS transfers_booked
"""


class Probes(Schema):
    external_contact_events: int
    order_paid: int
    refunds_booked: int
    transfers_booked: int
    outbox_pending: int


@router.get("/probes", who=PUBLIC, summary="What has come of the callbacks")
async def probes() -> Probes:
    [row] = await sql(COUNT)
    return Probes(**row, outbox_pending=await outbox.pending())
