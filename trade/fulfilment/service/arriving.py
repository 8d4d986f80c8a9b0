"""What happens on the way to the buyer, and how everybody learns that it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import clock
from core.database import sql, use_case
from core.security.scope import Scope
from trade.fulfilment.errors import (
    NotShippedYet,
    ShipmentNotFound,
    TooManySteps,
    TrackInFuture,
)
from trade.fulfilment.models import Shipment
from trade.fulfilment.queries import work_policy
from trade.fulfilment.rules import ShipmentState, TrackStep
from trade.orders.queries import OrderState, OrderView, order_for, order_of
from trade.orders.service import mark_done

MAX_EVENTS = 200
AHEAD = timedelta(minutes=10)  # clocks of carriers differ

KEEP = """
INSERT INTO fulfilment_track (shipment_id, tracking_no, step, text, at)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT DO NOTHING RETURNING id
"""

# The newest telling counts, whatever order they came in; all parcels must be there.
ARRIVED = """
UPDATE fulfilment_parcel AS parcel SET arrived_at = told.at
FROM fulfilment_track AS told
WHERE parcel.shipment_id = $1 AND told.shipment_id = $1 AND told.step = 'arrived'
    AND told.tracking_no IN ('', parcel.tracking_no) AND parcel.arrived_at IS NULL
"""
STATE = """
UPDATE fulfilment_shipment AS s SET
    state = CASE WHEN there.missing = 0 THEN 'arrived'
        WHEN newest.step = 'trouble' THEN 'trouble' ELSE 'on_way' END,
    arrived_at = CASE WHEN there.missing = 0 THEN coalesce(s.arrived_at, there.at) END
FROM (
    SELECT count(*) FILTER (WHERE arrived_at IS NULL) AS missing, max(arrived_at) AS at
    FROM fulfilment_parcel WHERE shipment_id = $1
) AS there, (
    SELECT step FROM fulfilment_track WHERE shipment_id = $1 ORDER BY at DESC, id DESC LIMIT 1
) AS newest
WHERE s.id = $1 AND s.state IN ('on_way', 'trouble')
"""

OF_PARCEL = """
SELECT s.shipment_no, s.store_id FROM fulfilment_parcel AS parcel
JOIN fulfilment_shipment AS s ON s.id = parcel.shipment_id
WHERE parcel.carrier = $1 AND parcel.tracking_no = $2
"""

CONFIRMED = """
UPDATE fulfilment_shipment SET confirmed_at = now()
WHERE order_id = $1 AND confirmed_at IS NULL RETURNING id
"""

# A parcel in trouble, or goods on their way back, keep an order open.
FORGOTTEN = """
SELECT order_id FROM fulfilment_shipment AS s
WHERE confirmed_at IS NULL AND state IN ('on_way', 'arrived')
GROUP BY order_id
HAVING max(coalesce(arrived_at, left_at)) < now() - $1::bigint * interval '1 day'
    AND NOT EXISTS (SELECT FROM fulfilment_shipment AS other
        WHERE other.order_id = s.order_id AND other.state IN ('trouble', 'called'))
    AND NOT EXISTS (SELECT FROM fulfilment_return AS back
        WHERE back.order_id = s.order_id AND back.state = 'open')
ORDER BY order_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class TrackEvent:
    """What a carrier told: in our word, in its words, when; which parcel, empty: all of them."""

    step: TrackStep
    text: str
    at: datetime
    tracking_no: str = ""


@use_case
async def record_track(*, shipment_no: str, events: Sequence[TrackEvent]) -> None:
    """Believe a carrier, in whatever order it tells, as often as it does (at most 200 at once).

    Raises ShipmentNotFound, TooManySteps, TrackInFuture.
    """
    told = list(events)
    if len(told) > MAX_EVENTS:
        raise TooManySteps(most=MAX_EVENTS)
    latest = clock.now() + AHEAD
    if ahead := [event for event in told if event.at > latest]:
        raise TrackInFuture(at=ahead[0].at.isoformat())
    # Locked: tellings of two parcels at once must each see the other's, or none sees all arrived.
    row = await Shipment.filter(shipment_no=shipment_no).select_for_update().first()
    if row is None:
        raise ShipmentNotFound(shipment_no=shipment_no)
    await sql(
        KEEP,
        row.id,
        [event.tracking_no for event in told],
        [event.step for event in told],
        [event.text[:200] for event in told],
        [event.at for event in told],
    )
    if row.state is ShipmentState.CALLED:
        return  # the rider's platform tells early; the store says when the goods left
    await sql(ARRIVED, row.id)
    await sql(STATE, row.id)


@use_case
async def record_parcel_track(
    scope: Scope, *, carrier: str, tracking_no: str, events: Sequence[TrackEvent]
) -> str:
    """The same, told by whoever carries a parcel and knows only its label; answers our shipment.

    Raises ShipmentNotFound also for the parcel of a store the asker does not see.
    """
    found = await sql(OF_PARCEL, carrier, tracking_no)
    if not found or not scope.sees_store(found[0]["store_id"]):
        raise ShipmentNotFound(tracking_no=tracking_no)
    own = [replace(event, tracking_no=tracking_no) for event in events]
    await record_track(shipment_no=found[0]["shipment_no"], events=own)
    return str(found[0]["shipment_no"])


@use_case
async def confirm_receipt(*, scope: Scope, order_id: str) -> OrderView:
    """The buyer has everything (确认收货). Again: nothing changes.

    Raises OrderNotFound, NotShippedYet.
    """
    order = await order_for(scope, order_id)
    if order.state not in {OrderState.SHIPPED, OrderState.DONE}:
        raise NotShippedYet
    await _confirm(order.id, cause="confirmed", actor=scope.actor)
    return await order_of(order.id)


@use_case
async def _confirm(order_id: int, *, cause: str, actor: str) -> None:
    await sql(CONFIRMED, order_id)
    await mark_done(order_id=order_id, cause=cause, actor=actor)


async def confirm_forgotten(limit: int = 200) -> int:
    """Orders whose parcels left, or arrived, so many days ago are done without the buyer's word.

    Answers how many. What somebody else settles meanwhile stays as it is.
    """
    days, done = (await work_policy()).confirm_days, 0
    for row in await sql(FORGOTTEN, days, limit):
        order = await order_of(row["order_id"])
        if order.state is OrderState.SHIPPED:
            await _confirm(order.id, cause="auto_confirm", actor="system")
            done += 1
    return done
