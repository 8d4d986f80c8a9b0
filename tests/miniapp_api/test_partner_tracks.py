"""A carrier's program says where parcels are, and the buyer sees it."""

from datetime import timedelta

from httpx2 import AsyncClient

from core import clock
from core.security.scope import Grant
from tests.miniapp_api.test_partner_api import headers
from tests.scenes.stores import a_store
from tests.scenes.tills import a_key
from tests.trade.fulfilment.test_shipping import sent, to_pack
from trade.fulfilment.queries import ShipmentState, find_shipment

PATH = "/partner/v1/tracks"


async def test_a_carriers_steps_reach_the_parcel_of_its_label(client: AsyncClient) -> None:
    _, _, task = await to_pack()
    shipment = await sent(task)
    [parcel] = shipment.parcels
    mine = headers((await a_key(grants=(Grant.TRACKS_WRITE,))).token)
    now = clock.now()
    steps = [
        {"step": "arrived", "text": "已签收", "at": now.isoformat()},
        {"step": "out", "text": "派送中", "at": (now - timedelta(hours=2)).isoformat()},
    ]
    body = {"carrier": parcel.carrier, "trackingNo": parcel.tracking_no, "steps": steps}
    answers = [await client.put(PATH, headers=mine, json=body) for _ in range(2)]
    seen = await find_shipment(shipment.shipment_no)

    assert [answer.json() for answer in answers] == [{"shipmentNo": shipment.shipment_no}] * 2
    assert seen is not None
    assert seen.state is ShipmentState.ARRIVED
    assert [one.text for one in seen.track] == ["已签收", "派送中"]


async def test_another_stores_parcel_a_step_to_come_and_a_missing_right_are_refused(
    client: AsyncClient,
) -> None:
    _, _, task = await to_pack()
    [parcel] = (await sent(task)).parcels
    grants = (Grant.TRACKS_WRITE,)
    other = headers((await a_key(await a_store(), grants=grants)).token)
    all_stores = headers((await a_key(grants=grants)).token)
    none = headers((await a_key(grants=(Grant.ORDERS_READ,))).token)
    later = (clock.now() + timedelta(days=1)).isoformat()
    body = {
        "carrier": parcel.carrier,
        "trackingNo": parcel.tracking_no,
        "steps": [{"step": "moving", "text": "运输中", "at": later}],
    }
    told = [await client.put(PATH, headers=who, json=body) for who in (other, all_stores, none)]

    assert [each.status_code for each in told] == [404, 422, 403]
    assert told[1].json()["error"]["code"] == "fulfilment.track_in_future"
