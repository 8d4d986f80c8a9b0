"""Views of shipments: what is in them, how they travel and what their carriers told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trade.fulfilment.models import Parcel, Shipment, ShipmentLine, TrackRow
from trade.fulfilment.rules import CARRIERS, ShipmentKind, ShipmentState, TrackStep


@dataclass(frozen=True, slots=True)
class ParcelView:
    carrier: str
    carrier_zh: str
    carrier_en: str
    tracking_no: str


@dataclass(frozen=True, slots=True)
class TrackView:
    step: TrackStep
    text: str
    tracking_no: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShipmentLineView:
    line_id: int
    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """`left_at` is None while a rider has only been called. Newest telling of the carrier first."""

    id: int
    public_id: str
    shipment_no: str
    order_id: int
    order_no: str
    store_id: int
    kind: ShipmentKind
    state: ShipmentState
    rider: str
    at: datetime
    left_at: datetime | None
    arrived_at: datetime | None
    confirmed_at: datetime | None
    lines: tuple[ShipmentLineView, ...]
    parcels: tuple[ParcelView, ...]
    track: tuple[TrackView, ...]


PLAIN = tuple(name for name in ShipmentView.__slots__ if name not in {"lines", "parcels", "track"})


async def shipment_view(shipment_id: int) -> ShipmentView:
    return (await shipment_views([await Shipment.get(id=shipment_id)]))[0]


async def shipment_views(rows: Sequence[Shipment]) -> tuple[ShipmentView, ...]:
    ids = [row.id for row in rows]
    lines = await ShipmentLine.filter(shipment_id__in=ids).order_by("line_id")
    parcels = await Parcel.filter(shipment_id__in=ids).order_by("id")
    track = await TrackRow.filter(shipment_id__in=ids).order_by("-at", "-id")
    return tuple(
        ShipmentView(
            **{name: getattr(row, name) for name in PLAIN},
            lines=tuple(
                ShipmentLineView(line.line_id, line.sku_id, line.quantity)
                for line in lines
                if line.shipment_id == row.id
            ),
            parcels=tuple(_parcel(parcel) for parcel in parcels if parcel.shipment_id == row.id),
            track=tuple(
                TrackView(told.step, told.text, told.tracking_no, told.at)
                for told in track
                if told.shipment_id == row.id
            ),
        )
        for row in rows
    )


def _parcel(row: Parcel) -> ParcelView:
    known = CARRIERS.get(row.carrier, CARRIERS["OTHER"])
    return ParcelView(row.carrier, known.zh, known.en, row.tracking_no)
