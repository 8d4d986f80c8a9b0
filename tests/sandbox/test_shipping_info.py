"""Order management of the sandbox refuses what the platform refuses, each with its errcode."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.scenes.wechat_world import MCH, MINI, Json, Play, ToyMerchant, playing

PATH = "/wxa/sec/order"


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    async with playing() as play:
        yield play


async def a_paid_order(play: Play, number: str = "SHIP-0001") -> str:
    """The transaction id of 10.00 paid in the mini-program."""
    body = {
        "appid": MINI,
        "mchid": MCH,
        "description": "大衣",
        "out_trade_no": number,
        "notify_url": "https://shop.example/callbacks/pay",
        "amount": {"total": 1_000, "currency": "CNY"},
        "payer": {"openid": await play.openid()},
    }
    await ToyMerchant(play.http).call("POST", "/v3/pay/transactions/jsapi", body)
    paid = await play.sim("POST", f"/orders/{number}/pay", mch_id=MCH)
    return str(paid["transaction_id"])


async def upload(play: Play, transaction_id: str, **changes: Any) -> int:
    """The errcode of an upload that is right but for `changes`."""
    body: Json = {
        "order_key": {"order_number_type": 2, "transaction_id": transaction_id},
        "logistics_type": 1,
        "delivery_mode": 1,
        "shipping_list": [parcel()],
        "upload_time": play.world.now().isoformat(timespec="milliseconds"),
        "payer": {"openid": await play.openid()},
    }
    answer = await play.post(
        f"{PATH}/upload_shipping_info", await play.app_token(), **body | changes
    )
    return int(answer["errcode"])


def parcel(number: str = "73100000000001", **changes: Any) -> Json:
    return {"tracking_no": number, "express_company": "ZTO", "item_desc": "大衣*1"} | changes


WRONG: list[tuple[int, Json]] = [
    (268485194, {"order_key": {"order_number_type": 3}}),
    (10060001, {"order_key": {"order_number_type": 2, "transaction_id": "42"}}),
    (10060005, {"logistics_type": 5}),
    (268485224, {"delivery_mode": 3}),
    (10060006, {"logistics_type": 4, "delivery_mode": 2, "is_all_delivered": True}),
    (10060007, {"delivery_mode": 2}),
    (268485228, {"shipping_list": [parcel("1"), parcel("2")]}),
    (10060008, {"shipping_list": [parcel(item_desc=" ")]}),
    (10060009, {"shipping_list": [parcel(item_desc="衣" * 121)]}),
    (268485226, {"shipping_list": [parcel("")]}),
    (268485227, {"shipping_list": [parcel(express_company="")]}),
    (10060019, {"shipping_list": [parcel(express_company="PIGEON")]}),
    (10060014, {"shipping_list": [parcel(express_company="SF")]}),
    (
        10060014,
        {
            "shipping_list": [
                parcel(express_company="SF", contact={"receiver_contact": "13800138000"})
            ]
        },
    ),
    (268485216, {"upload_time": "2026-11-22 10:00:00"}),
    (10060031, {"payer": {"openid": "o-somebody"}}),
    (
        10060024,
        {
            "delivery_mode": 2,
            "is_all_delivered": False,
            "shipping_list": [parcel(str(number)) for number in range(11)],
        },
    ),
]


async def test_each_rule_has_its_errcode(play: Play) -> None:
    transaction_id = await a_paid_order(play)
    got = [(await upload(play, transaction_id, **changes), wanted) for wanted, changes in WRONG]

    assert [found for found, _ in got] == [wanted for _, wanted in got]
    masked = parcel(express_company="SF", contact={"receiver_contact": "138****8000"})
    assert await upload(play, transaction_id, shipping_list=[masked]) == 0


async def test_what_is_finished_may_be_corrected_once(play: Play) -> None:
    transaction_id = await a_paid_order(play)
    corrections = [parcel(), parcel(), parcel("2"), parcel("3")]
    codes = [await upload(play, transaction_id, shipping_list=[one]) for one in corrections]

    assert codes == [0, 10060023, 0, 10060003]


async def test_a_split_order_takes_parcels_until_it_is_said_to_be_all(play: Play) -> None:
    transaction_id = await a_paid_order(play)
    codes = [
        await upload(
            play,
            transaction_id,
            delivery_mode=2,
            is_all_delivered=is_all,
            shipping_list=[parcel(number)],
        )
        for number, is_all in (("1", False), ("1", False), ("2", False), ("2", True), ("3", True))
    ]

    assert codes == [0, 10060023, 0, 0, 10060002]
    token = await play.app_token()
    order = (await play.post(f"{PATH}/get_order", token, transaction_id=transaction_id))["order"]
    assert (order["order_state"], order["shipping"]["finish_shipping"]) == (2, True)
    assert len(order["shipping"]["shipping_list"]) == 2


async def test_time_confirms_and_tells_of_the_settlement(play: Play) -> None:
    transaction_id = await a_paid_order(play)
    pickup: Json = {"logistics_type": 4, "shipping_list": [{"item_desc": "大衣*1"}]}
    assert await upload(play, transaction_id, **pickup) == 0
    await play.world.timetable.advance(play.world.now() + timedelta(days=2, minutes=1))
    events = [one["event"] for one in play.world.collection("callbacks").values()]
    token = await play.app_token()
    listed = await play.post(f"{PATH}/get_order_list", token, order_state=4, page_size=10)

    assert events.count("trade_manage_order_settlement") == 1
    assert [one["transaction_id"] for one in listed["order_list"]] == [transaction_id]
    assert await upload(play, transaction_id) == 10060004


async def test_after_two_days_it_reminds_once(play: Play) -> None:
    await a_paid_order(play)
    assert await play.sim("POST", "/shipping/remind") == {"reminded": 0}
    await play.world.timetable.advance(play.world.now() + timedelta(hours=48))

    assert await play.sim("POST", "/shipping/remind") == {"reminded": 1}
    assert await play.sim("POST", "/shipping/remind") == {"reminded": 0}


async def test_people_confirm_and_apps_may_be_unmanaged(play: Play) -> None:
    transaction_id = await a_paid_order(play)
    token = await play.app_token()
    before = await play.post(f"{PATH}/is_trade_managed", token, appid=MINI)
    await play.sim("POST", f"/shipping/{MINI}/managed", managed=False)
    after = await play.post(f"{PATH}/is_trade_managed", token, appid=MINI)
    assert (before["is_trade_managed"], after["is_trade_managed"]) == (True, False)
    assert await upload(play, transaction_id) == 0
    asked = {"transaction_id": transaction_id, "received_time": 1_700_000_000}
    first = await play.post(f"{PATH}/notify_confirm_receive", token, **asked)
    second = await play.post(f"{PATH}/notify_confirm_receive", token, **asked)
    await play.sim("POST", "/shipping/SHIP-0001/confirm")

    assert (first["errcode"], second["errcode"]) == (0, 10060004)
    order = (await play.post(f"{PATH}/get_order", token, transaction_id=transaction_id))["order"]
    assert order["order_state"] == 4
    path = await play.post(f"{PATH}/set_msg_jump_path", token, path="pages/orders/index")
    assert path["errcode"] == 0
