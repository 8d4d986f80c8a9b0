"""Pages are signed for the JS-SDK as the platform checks it, and only pages of ours."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from core.errors import NotConfigured
from core.settings import Settings, configure, current
from core.wechat.official_account import PageNotOurs, page_signature, sign_page
from tests.scenes.platform import the_platform
from tests.scenes.wechat_world import Play

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


async def test_the_signature_is_the_one_of_the_platforms_example() -> None:
    for url in ("http://mp.weixin.qq.com?params=value", "http://mp.weixin.qq.com?params=value#top"):
        assert (
            page_signature(TICKET, nonce="Wm3WZYTPz0wzccnW", timestamp="1414587457", url=url)
            == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
        )


async def test_the_client_takes_a_page_that_we_signed(play: Play) -> None:
    url = f"{current().public_url}/i/abc?lang=en"
    signed = await sign_page(url)
    given = {
        "appId": signed.app_id,
        "nonceStr": signed.nonce,
        "timestamp": signed.timestamp,
        "signature": signed.signature,
    }
    async with httpx2.AsyncClient(base_url=play.world.http, trust_env=False) as http:
        right = await http.post("/_sim/jweixin/config", json={**given, "url": url})
        wrong = await http.post("/_sim/jweixin/config", json={**given, "url": url + "&x=1"})

    assert (right.json()["ok"], wrong.json()["ok"]) == (True, False)


async def test_many_pages_fetch_one_ticket(play: Play) -> None:
    await asyncio.gather(*[sign_page(f"{current().public_url}/i/{n}") for n in range(8)])

    called = [line["path"] for line in await play.sim("GET", "/calls")]
    assert called.count("/cgi-bin/ticket/getticket") == 1


@pytest.mark.usefixtures("play")
async def test_a_page_of_somebody_else_is_not_signed() -> None:
    for url in ("https://evil.example/i/1", "", "//evil.example", "javascript:1"):
        with pytest.raises(PageNotOurs):
            await sign_page(url)


async def test_without_an_account_nothing_is_signed(settings: Settings) -> None:
    configure(settings.model_copy(update={"official_account": None}))
    with pytest.raises(NotConfigured):
        await sign_page(f"{current().public_url}/i/1")
