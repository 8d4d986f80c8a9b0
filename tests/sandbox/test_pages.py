"""The sandbox's pages: each answers, shows what happened, and lets nothing of a stranger run."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from sandbox import messages
from sandbox.server import running
from sandbox.world import World
from tests.scenes.outside import (
    CUT,
    RECEIPT,
    URL,
    Listening,
    an_invoice_mail,
    outside,
    print_and_wait,
    send,
)

CORP = {"corp_id": "ww1", "agent_id": 1000002, "secret": "a", "contact_secret": "b"}
CARD = "pages/product/index?id=prd_1&source=s1"
PEOPLE: dict[str, Any] = {
    "apps": [{"app_id": "wx1", "secret": "s"}],
    "corps": [{**CORP, "members": [{"userid": "JiangYue", "name": "江月"}]}],
    "users": [
        {"id": "u1", "name": "林晓", "phone": "13800138000"},
        {"id": "u2", "name": "<b>何苗</b>", "phone": "13900139000"},
    ],
    "groups": [
        {"chat_id": "wr1", "name": "老友群", "owner": "JiangYue", "members": ["JiangYue", "u1"]}
    ],
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside(**PEOPLE)) as started:
        yield started


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as client:
        yield client


def say(world: World, text: str) -> None:
    body = {"msgtype": "text", "content": text}
    messages.keep(world, channel="group", to="wr1", sender="JiangYue", body=body, chat_id="wr1")


def share(world: World) -> None:
    body = {"msgtype": "miniprogram", "title": "真丝方巾", "path": CARD, "appid": "wx1"}
    messages.keep(world, channel="group", to="wr1", sender="JiangYue", body=body, chat_id="wr1")


@pytest.mark.parametrize(
    "path",
    ["/", "/paper", "/mail", "/sms", "/chats", "/wecom/JiangYue", "/phone/u1", "/static/live.js"],
)
async def test_every_page_answers_in_an_empty_world(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/phone/u9", "/wecom/Nobody", "/mail/M000009", "/mail/x/html"])
async def test_what_is_not_there_is_not_found(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_pages_run_their_own_scripts_only(http: httpx2.AsyncClient) -> None:
    page = await http.get("/chats")

    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    assert "style=" not in page.text


async def test_a_name_is_text_and_never_markup(http: httpx2.AsyncClient) -> None:
    page = (await http.get("/")).text

    assert "&lt;b&gt;何苗" in page
    assert "<b>何苗" not in page


async def test_a_card_in_a_group_opens_the_phone_of_a_customer_in_it(
    world: World, http: httpx2.AsyncClient
) -> None:
    share(world)
    page = (await http.get("/chats", params={"chat": "group:wr1"})).text

    assert "真丝方巾" in page
    assert "/phone/u1?path=pages/product/index%3Fid%3Dprd_1%26source%3Ds1" in page


async def test_a_guide_sees_their_groups_and_is_known_to_the_side_panel(
    world: World, http: httpx2.AsyncClient
) -> None:
    say(world, "新到的方巾")
    page = await http.get("/wecom/JiangYue", params={"chat": "group:wr1"})

    assert "新到的方巾" in page.text
    assert "sim_person=JiangYue" in page.headers["set-cookie"]
    assert 'data-src="http://127.0.0.1:8000/wecom/login"' in page.text


async def test_messages_of_every_kind_are_shown(world: World, http: httpx2.AsyncClient) -> None:
    card = {"title": "新订单", "description": "<div>佣金 ￥12.45</div>", "url": "http://127.0.0.1/"}
    notice = {"title": "已支付", "content_item": [{"key": "佣金", "value": "￥12.45"}]}
    bodies = [
        {"msgtype": "textcard", "textcard": card},
        {"msgtype": "miniprogram_notice", "miniprogram_notice": notice},
        {"msgtype": "markdown", "markdown": {"content": "**今日** 3 单"}},
        {"msgtype": "news", "news": {"articles": [{"title": "图文"}]}},
        {"msgtype": "image", "image": {"media_id": "m1"}},
    ]
    for body in bodies:
        messages.keep(world, channel="wecom_app", to="JiangYue", sender="ww1/1000002", body=body)
    page = (await http.get("/wecom/JiangYue", params={"chat": "app:JiangYue"})).text

    assert page.count("￥12.45") == 2
    assert "&lt;div" not in page
    assert "图文" in page


async def test_a_group_send_shows_its_words_and_its_card(
    world: World, http: httpx2.AsyncClient
) -> None:
    card = {
        "msgtype": "miniprogram",
        "miniprogram": {"title": "新品", "appid": "wx1", "page": CARD},
    }
    body = {"msgtype": "group_send", "text": {"content": "上新啦"}, "attachments": [card]}
    messages.keep(world, channel="group", to="wr1", sender="JiangYue", body=body, chat_id="wr1")
    page = (await http.get("/chats")).text

    assert "上新啦" in page
    assert "/phone/u1?path=pages/product/index" in page


async def test_a_receipt_hangs_on_the_paper_page_with_its_code(
    world: World, http: httpx2.AsyncClient
) -> None:
    await print_and_wait(world, RECEIPT + CUT)
    page = (await http.get("/paper")).text

    assert "/_sim/printers/S001/jobs/P000001/png" in page
    assert URL in page
    assert URL in (await http.get("/phone/u1")).text


async def test_the_newest_paper_is_a_picture_and_before_it_a_blank_slip(
    world: World, http: httpx2.AsyncClient
) -> None:
    before = await http.get("/paper/newest")
    await print_and_wait(world, RECEIPT + CUT)
    after = await http.get("/paper/newest")

    assert before.headers["content-type"] == "image/svg+xml"
    assert after.headers["content-type"] == "image/png"


async def test_a_mail_is_read_with_its_attachment(world: World, http: httpx2.AsyncClient) -> None:
    await send(world, an_invoice_mail(html="<script>alert(1)</script><p>您好</p>"))
    page = (await http.get("/mail")).text
    html = await http.get("/mail/M000001/html")

    assert "发票 25440000.pdf" in page
    assert "<script>alert" not in page
    assert html.headers["content-security-policy"].startswith("sandbox;")


async def test_the_phone_asks_the_shop_and_carries_token_and_key() -> None:
    async with Listening.open('{"orderId":"ord_1"}') as shop:
        base = shop.url.removesuffix("/callback")
        async with (
            running(outside(**PEOPLE, shop_url=base)) as world,
            httpx2.AsyncClient(base_url=world.http, trust_env=False) as http,
        ):
            head = {"Authorization": "Bearer t1", "Idempotency-Key": "k1", "Cookie": "no"}
            asked = {"method": "POST", "path": "/api/v1/orders", "headers": head, "body": {"a": 1}}
            answer = await http.post("/phone/u1/request", json=asked)

    assert answer.json() == {"status": 200, "body": {"orderId": "ord_1"}}
    assert "authorization: bearer t1" in shop.heads[0]
    assert "idempotency-key: k1" in shop.heads[0]
    assert "cookie" not in shop.heads[0]


async def test_the_phone_hears_that_the_shop_is_closed(http: httpx2.AsyncClient) -> None:
    world_without_shop = outside(**PEOPLE, shop_url="http://127.0.0.1:9")
    async with (
        running(world_without_shop) as world,
        httpx2.AsyncClient(base_url=world.http, trust_env=False) as phone,
    ):
        asked = {"method": "GET", "path": "/api/v1/stores"}
        answer = await phone.post("/phone/u1/request", json=asked)

    assert answer.json()["status"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"method": "GET", "path": "/console"},
        {"method": "GET", "path": "/api/v1/../console"},
        {"method": "TRACE", "path": "/api/v1/me"},
        {"path": "/api/v1/me"},
        [],
    ],
)
async def test_the_phone_reaches_nothing_but_the_shops_api(
    http: httpx2.AsyncClient, asked: Any
) -> None:
    assert (await http.post("/phone/u1/request", json=asked)).status_code == 422
