"""The world as a whole: state over restarts, clock, subscribe messages, JS-SDK, refusals."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from sandbox.config import Config
from sandbox.wire import Wire
from sandbox.world import World
from sandbox.wxa_crypto import page_signature
from tests.scenes.wechat_world import (
    CORP,
    GROUP,
    MINI,
    Play,
    ToyMerchant,
    playing,
    prepay_body,
    world_config,
)

SEND = "/cgi-bin/message/subscribe/send"


async def test_people_orders_and_clock_survive_a_restart(tmp_path: Path) -> None:
    config = world_config(state_file=str(tmp_path / "deep" / "state.json"))
    async with playing(config) as play:
        openid = await play.openid()
        merchant = ToyMerchant(play.http)
        answer = await merchant.call("POST", "/v3/pay/transactions/jsapi", prepay_body(openid))
        sheet = merchant.sheet(answer.json()["prepay_id"])
        await play.sim("POST", "/clock", advance_s=3600)
        before = play.world.now()

    async with playing(config) as play:
        assert await play.openid() == openid
        assert play.world.now() >= before
        await play.sim("POST", "/users/u1/pay", **sheet)
        assert (await play.sim("GET", "/invariants"))["ok"]


async def test_the_state_is_saved_while_it_runs_and_belongs_to_its_seed(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with playing(world_config(state_file=str(state))) as play:
        await play.sim("POST", "/users", id="new", name="新客")
        for _ in range(100):
            if state.exists() and "新客" in state.read_text(encoding="utf-8"):
                break
            await asyncio.sleep(0.05)
        assert (
            "新客"
            in json.loads(state.read_text(encoding="utf-8"))["collections"]["users"]["new"]["name"]
        )

    with pytest.raises(ValueError, match="seed"):
        async with playing(world_config(state_file=str(state), seed=8)):
            raise AssertionError("it must not start")


async def test_the_same_seed_and_acts_give_the_same_outbox() -> None:
    async def play_once() -> list[Any]:
        async with playing() as play:
            await play.sim("POST", "/clock", now="2026-11-22T10:00:00+08:00")
            openid = await play.openid()
            await play.sim("POST", "/users/u1/popup", templates={"t1": "accept"})
            body = message(openid)
            await play.post(SEND, await play.app_token(), **body)
            card = {"chat_id": GROUP, "title": "围巾", "path": "pages/p?id=1"}
            await play.sim("POST", "/members/WangLei/send_card", **card)
            outbox = await play.sim("GET", "/outbox")
            return [{**one, "at": one["at"][:16]} for one in outbox] + [openid]

    assert await play_once() == await play_once()


async def test_reset_forgets_everything_but_the_configuration() -> None:
    async with playing() as play:
        openid = await play.openid()
        await play.sim("POST", "/users", id="new")
        await play.sim("POST", "/clock", advance_s=3600)

        await play.sim("POST", "/reset")

        assert [one["id"] for one in await play.sim("GET", "/users")] == ["u1", "u2"]
        assert await play.openid() == openid


async def test_the_clock_goes_back_too_and_needs_a_zone() -> None:
    async with playing() as play:
        moved = await play.sim("POST", "/clock", now="2020-01-01T00:00:00+08:00")
        assert moved["now"].startswith("2019-12-31T16:00:00")
        refused = await play.http.post("/_sim/clock", json={"now": "2020-01-01T00:00:00"})
        assert refused.status_code == 422


def message(openid: str, **data: str) -> dict[str, Any]:
    data = data or {"thing1": "羊绒围巾", "amount2": "123.45元", "time3": "2026年11月22日 10:00"}
    values = {key: {"value": value} for key, value in data.items()}
    return {"touser": openid, "template_id": "t1", "page": "pages/order/index", "data": values}


async def test_one_accept_is_one_subscribe_message() -> None:
    async with playing() as play:
        openid, token = await play.openid(), await play.app_token()
        unknown = await play.post(SEND, token, **message(openid))
        await play.sim("POST", "/users/u1/popup", templates={"t1": "accept"})

        first = await play.post(SEND, token, **message(openid))
        second = await play.post(SEND, token, **message(openid))

        assert (unknown["errcode"], first["errcode"], second["errcode"]) == (40037, 0, 43101)
        outbox = await play.sim("GET", "/outbox?to=u1&channel=subscribe")
        assert outbox[0]["body"]["data"]["thing1"] == "羊绒围巾"
        events = [one["event"] for one in await play.sim("GET", "/callbacks")]
        assert events == ["subscribe_msg_popup_event", "subscribe_msg_sent_event"]
        foreign = await play.post(SEND, token, **message("oForeign"))
        assert foreign["errcode"] == 40003
        await play.sim("POST", "/users/u1/popup", templates={"t1": "accept"})
        await play.sim("POST", "/users/u1/switch_off", template_id="t1")
        assert (await play.post(SEND, token, **message(openid)))["errcode"] == 43101


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("thing1", "字" * 20, "字" * 21),
        ("number1", "12.5", "十二"),
        ("letter1", "ABC", "AB1"),
        ("symbol1", "!?", "a"),
        ("character_string1", "TH-2026_1", "订单1"),
        ("time1", "19:41", "明天"),
        ("date1", "2026-11-22", "下周"),
        ("amount1", "¥123.45", "一百元"),
        ("phone_number1", "+86-010-1234", "电话" * 3),
        ("car_number1", "京A12345", "京A12345678"),
        ("name1", "林晓", "字" * 11),
        ("phrase1", "已发货", "已经发货了呢"),
        ("thing1", "x", ""),
    ],
)
async def test_values_must_fit_their_field(key: str, good: str, bad: str) -> None:
    async with playing() as play:
        openid, token = await play.openid(), await play.app_token()
        await play.sim("POST", "/users/u1/popup", templates={"t1": "accept"})

        refused = await play.post(SEND, token, **message(openid, **{key: bad}))
        taken = await play.post(SEND, token, **message(openid, **{key: good}))

        assert (refused["errcode"], taken["errcode"]) == (47003, 0)


async def js(play: Play, step: str, who: str = "WangLei", **given: Any) -> dict[str, Any]:
    answer = await play.http.post(
        f"/_sim/jssdk/{step}",
        content=json.dumps(given),
        headers={"Origin": "http://127.0.0.1:8000", "Cookie": f"sim_person={who}"},
    )
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1:8000"
    return dict(answer.json())


async def test_a_side_panel_must_sign_its_page_before_it_sends_a_card() -> None:
    async with playing() as play:
        token = await play.corp_token()
        got = await play.get("/cgi-bin/ticket/get", access_token=token, type="agent_config")
        url = "http://127.0.0.1:8000/panel?a=1"
        signed: dict[str, Any] = {"nonceStr": "n", "timestamp": 1, "url": url}
        signed |= {"corpid": CORP, "agentid": 1000002}
        signature = page_signature(ticket=got["ticket"], nonce="n", timestamp="1", url=url)

        good = await js(play, "agent_config", **signed, signature=signature)
        bad = await js(play, "agent_config", **{**signed, "url": f"{url}&b"}, signature=signature)

        assert good == {"ok": True}
        assert bad == {"ok": False, "reason": "invalid signature"}
        card = {"appid": MINI, "title": "围巾", "page": "pages/p.html?id=1", "imgUrl": ""}
        args = {"msgtype": "miniprogram", "miniprogram": card}
        nowhere = await js(play, "invoke", api="sendChatMessage", args=args)
        assert not nowhere["ok"]
        await play.sim("POST", "/members/WangLei/panel", chat_id=GROUP)
        assert (await js(play, "invoke", api="getCurExternalChat"))["chatId"] == GROUP
        assert (await js(play, "invoke", api="sendChatMessage", args=args))["ok"]
        sent = (await play.sim("GET", f"/outbox?to={GROUP}"))[0]
        assert (sent["sender"], sent["body"]["path"]) == ("WangLei", "pages/p?id=1")
        assert not (await js(play, "invoke", who="Nobody", api="getContext"))["ok"]
        script = await play.http.get("/jwxwork.js")
        assert f'"{play.world.http}/_sim/jssdk/"' in script.text


def test_it_is_refused_outside_test_and_demo() -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"mode": "production"})
    with pytest.raises(ValidationError):
        Config.model_validate({"mode": "test", "host": "0.0.0.0"})


async def test_peers_from_elsewhere_are_refused() -> None:
    wire = Wire(World(Config(mode="test")), Starlette())
    transport = httpx2.ASGITransport(app=wire, client=("192.0.2.7", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as http:
        assert (await http.get("/_sim/clock")).status_code == 403


async def test_the_command_says_where_it_listens_and_ends_by_a_signal(tmp_path: Path) -> None:
    config = tmp_path / "world.json"
    config.write_text('{"mode": "test"}', encoding="utf-8")
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--config", str(config), stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    ready = json.loads(await program.stdout.readline())
    async with httpx2.AsyncClient(base_url=ready["http"]) as http:
        assert (await http.get("/_sim/clock")).status_code == 200
    program.send_signal(signal.SIGTERM)
    assert await program.wait() == 0


async def test_the_command_refuses_a_production_configuration(tmp_path: Path) -> None:
    config = tmp_path / "world.json"
    config.write_text('{"mode": "production"}', encoding="utf-8")
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--config", str(config), stderr=asyncio.subprocess.PIPE
    )
    _, errors = await program.communicate()

    assert program.returncode == 2
    assert b"does not start" in errors
