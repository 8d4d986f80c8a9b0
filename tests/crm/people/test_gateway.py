"""The mini-program's server side against the sandbox."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.partners import NoAnswer
from core.settings import Settings, current
from core.wechat.api import PlatformRefused
from core.wechat.mini_program import Delivery, send_subscription
from crm.people import gateway
from crm.people.errors import LogInAgain, LoginRefused, PhoneCodeExpired
from tests.scenes.platform import the_platform
from tests.scenes.wechat_world import Play

pytestmark = pytest.mark.usefixtures("db")

TEMPLATE = "TPBX4Uciov71gF4ofF9xV1IoWGkfEZCQxXmAtxcSrwI"


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


async def person(play: Play, user_id: str = "u1") -> gateway.Person:
    code = (await play.sim("POST", f"/users/{user_id}/login"))["js_code"]
    return await gateway.code_to_session(code)


async def send(open_id: str, **data: str) -> Delivery:
    said = data or {"thing1": "羊绒围巾" * 10, "amount2": "￥399.00"}
    return await send_subscription(
        open_id=open_id, template_id=TEMPLATE, page="pages/order", data=said
    )


async def test_a_person_has_a_union_id_when_the_app_is_bound(play: Play) -> None:
    bound, unbound = await person(play), await person(play, "u2")

    assert bound.union_id
    assert unbound.union_id is None
    assert bound.open_id != unbound.open_id


async def test_a_login_ends_in_a_refusal_of_ours(play: Play) -> None:
    refusals = {
        40029: LogInAgain,
        40163: LogInAgain,
        40226: LoginRefused,
        40013: PlatformRefused,
    }
    for errcode, refusal in refusals.items():
        code = (await play.sim("POST", "/users/u1/login"))["js_code"]
        fault = f"errcode:{errcode}"
        await play.sim("POST", "/faults", match="jscode2session", kind=fault, times=1)
        with pytest.raises(refusal):
            await gateway.code_to_session(code)


async def test_a_login_needs_no_access_token(play: Play) -> None:
    await person(play)

    paths = [line["path"] for line in await play.sim("GET", "/calls")]
    assert paths == ["/sns/jscode2session"]


async def test_the_phone_button_gives_a_number_once(play: Play) -> None:
    code = (await play.sim("POST", "/users/u1/phone"))["code"]

    assert await gateway.phone_of_code(code) == "13800138000"
    with pytest.raises(PhoneCodeExpired):
        await gateway.phone_of_code(code)


async def test_an_answer_without_a_phone_is_no_phone(play: Play) -> None:
    code = (await play.sim("POST", "/users/u1/phone"))["code"]
    await play.sim("POST", "/faults", match="getuserphonenumber", kind="garbage", times=1)
    with pytest.raises(NoAnswer):
        await gateway.phone_of_code(code)


async def test_a_subscription_message_is_sent_once_for_each_accept(play: Play) -> None:
    open_id = (await person(play)).open_id
    await play.sim("POST", "/users/u1/popup", templates={TEMPLATE: "accept"})

    assert await send(open_id) is Delivery.SENT
    assert await send(open_id) is Delivery.DECLINED


async def test_an_open_id_of_nobody_is_unreachable(play: Play) -> None:
    await play.sim("POST", "/users/u1/popup", templates={TEMPLATE: "accept"})

    assert await send("oNobodyAtAll0000000000000000") is Delivery.UNREACHABLE


async def test_a_quota_that_is_used_up_waits(play: Play) -> None:
    open_id = (await person(play)).open_id
    await play.sim("POST", "/faults", match="subscribe/send", kind="errcode:45009", times=1)
    with pytest.raises(PlatformRefused) as refused:
        await send(open_id)

    assert refused.value.retryable
    assert refused.value.facts["meaning"] == "slower"


async def test_no_secret_of_the_app_is_in_a_refusal(play: Play) -> None:
    mini = current().mini_program
    assert mini
    await play.sim("POST", "/faults", match="stable_token", kind="errcode:40013", times=1)
    with pytest.raises(PlatformRefused) as refused:
        await gateway.phone_of_code("any")

    assert mini.secret.get_secret_value() not in repr(refused.value)
