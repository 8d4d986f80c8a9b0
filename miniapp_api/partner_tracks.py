"""物流轨迹回传. A carrier, or whoever gathers what carriers tell, says where our parcels are."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from core.security.scope import Grant, Scope
from core.web.api import Router, Schema
from core.web.policy import allow_partner
from trade.fulfilment.errors import ShipmentNotFound, TrackInFuture
from trade.fulfilment.queries import TrackStep
from trade.fulfilment.service import TrackEvent, record_parcel_track

router = Router("/partner/v1", "partner_tracks")
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class StepIn(Schema):
    """In our word and in the carrier's, and when it happened."""

    step: TrackStep
    text: str = Field(min_length=1, max_length=200)
    at: AwareDatetime


class TrackIn(Schema):
    """`carrier` by the code of WeChat's list, as SF or ZTO; all known steps, or new ones."""

    carrier: Label
    tracking_no: Label
    steps: list[StepIn] = Field(min_length=1, max_length=200)


class TrackTakenOut(Schema):
    shipment_no: str


@router.put(
    "/tracks",
    who=allow_partner(Grant.TRACKS_WRITE),
    summary="Where a parcel is, in any order, as often as you like (物流轨迹回传)",
    errors=(ShipmentNotFound, TrackInFuture),
)
async def put_track(scope: Scope, body: TrackIn) -> TrackTakenOut:
    events = [TrackEvent(one.step, one.text, one.at) for one in body.steps]
    shipment_no = await record_parcel_track(
        scope, carrier=body.carrier, tracking_no=body.tracking_no, events=events
    )
    return TrackTakenOut(shipment_no=shipment_no)
