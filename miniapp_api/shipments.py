"""What shoppers and stores see of parcels: where they are, and what their carrier told."""

from datetime import datetime

from core.web.api import Schema
from trade.fulfilment.queries import ShipmentKind, ShipmentState, ShipmentView, TrackStep
from trade.orders.queries import OrderView


class ParcelOut(Schema):
    carrier: str
    carrier_name: str
    tracking_no: str


class TrackOut(Schema):
    step: TrackStep
    text: str
    tracking_no: str
    at: datetime


class SentLineOut(Schema):
    sku_code: str
    title: str
    quantity: int


class ShipmentOut(Schema):
    """`left_at` is null while a rider has only been called. The newest telling comes first."""

    shipment_id: str
    shipment_no: str
    kind: ShipmentKind
    state: ShipmentState
    lines: list[SentLineOut]
    parcels: list[ParcelOut]
    track: list[TrackOut]
    left_at: datetime | None
    arrived_at: datetime | None


def shown_shipment(view: ShipmentView, order: OrderView, language: str) -> ShipmentOut:
    lines = {line.id: line for line in order.lines}
    return ShipmentOut.of(
        view,
        shipment_id=view.public_id,
        lines=[
            SentLineOut(
                sku_code=lines[sent.line_id].sku_code,
                title=lines[sent.line_id].title,
                quantity=sent.quantity,
            )
            for sent in view.lines
        ],
        parcels=[
            ParcelOut.of(one, carrier_name=one.carrier_en if language == "en" else one.carrier_zh)
            for one in view.parcels
        ],
        track=[TrackOut.of(told) for told in view.track],
    )
