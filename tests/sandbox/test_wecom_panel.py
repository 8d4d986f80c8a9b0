"""The stand-in for WeCom's page script, in a real browser on a page of another origin."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.server import Server
from sandbox.wxa_crypto import page_signature
from tests.scenes.phone import a_phone
from tests.scenes.wechat_world import CORP, GROUP, MINI, Play, playing

SEND = """
(card) => new Promise((resolve) =>
  wx.invoke("sendChatMessage", { msgtype: "miniprogram", miniprogram: card },
            (answer) => resolve(answer.err_msg)))
"""
CONFIGURE = """
(given) => new Promise((resolve) => wx.agentConfig({
  ...given, jsApiList: ["sendChatMessage"],
  success: (answer) => resolve(answer.errMsg), fail: (answer) => resolve(answer.errMsg) }))
"""


@asynccontextmanager
async def a_shop_page(play: Play) -> AsyncIterator[str]:
    """A page on a port of its own that loads the script; its address."""

    async def show(request: Request) -> Response:
        icon = '<link rel="icon" href="data:,">'
        return HTMLResponse(f'{icon}<script src="{play.world.http}/jwxwork.js"></script>')

    tcp = socket.IPPROTO_TCP
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, tcp)
    listening.bind(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/panel", show)])
    server = Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await server.is_listening.wait()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/panel?store=1"
    server.stop()
    await serving


async def test_a_page_in_the_side_panel_sends_a_card_as_its_member() -> None:
    async with playing() as play, a_shop_page(play) as url, a_phone() as (page, complaints):
        token = await play.corp_token()
        got = await play.get("/cgi-bin/ticket/get", access_token=token, type="agent_config")
        signature = page_signature(ticket=got["ticket"], nonce="n", timestamp="7", url=url)
        given = {"corpid": CORP, "agentid": 1000002, "timestamp": 7, "nonceStr": "n"}
        card = {"appid": MINI, "title": "羊绒围巾", "page": "pages/p.html?id=1", "imgUrl": ""}
        member = {"name": "sim_person", "value": "WangLei", "url": play.world.http}
        await page.context.add_cookies([member])  # type: ignore[list-item]
        await play.sim("POST", "/members/WangLei/panel", chat_id=GROUP)
        await page.goto(url + "#here")

        wrong = await page.evaluate(CONFIGURE, {**given, "signature": "0" * 40})
        right = await page.evaluate(CONFIGURE, {**given, "signature": signature})
        sent = await page.evaluate(SEND, card)

        assert wrong == "agentConfig:fail invalid signature"
        assert right == "agentConfig:ok"
        assert sent == "sendChatMessage:ok"
        outbox = await play.sim("GET", f"/outbox?to={GROUP}")
        assert [(one["sender"], one["body"]["title"]) for one in outbox] == [
            ("WangLei", "羊绒围巾")
        ]
        assert complaints == []
