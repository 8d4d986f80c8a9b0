"""The guide's way in by WeCom and the side panel, over HTTP."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import AsyncClient, Response

from core.security.scope import Role, Scope
from core.security.sessions import SessionRow
from core.settings import Settings
from core.web.policy import SESSION_COOKIE
from sandbox import oauth
from sandbox.world import World
from tests.scenes.catalog import a_product, a_sku
from tests.scenes.orders import a_shelf
from tests.scenes.people import a_group, played
from tests.scenes.stores import a_franchisee, a_member_of_staff
from trade.catalog.models import Product
from trade.catalog.service import take_off_shelf
from trade.stores.models import Staff


@pytest.fixture
async def world(
    settings: Settings, secrets: dict[str, Any], client: AsyncClient
) -> AsyncIterator[World]:
    async with played(settings, secrets, members=["JiangYue", "Stranger"]) as world:
        yield world


@pytest.fixture
async def guide(world: World) -> Staff:
    return await a_member_of_staff(user_id="JiangYue", display_name="导购小江")


async def way_back(client: AsyncClient, world: World, who: str) -> str:
    """Where WeCom sends the browser of `who` after our login page: path and query."""
    asked = await client.get("/wecom/login")
    back = urlsplit(oauth.consent(world, asked.headers["location"], who))
    return f"{back.path}?{back.query}"


async def come_in(client: AsyncClient, world: World, who: str = "JiangYue") -> Response:
    return await client.get(await way_back(client, world, who))


def csrf_of(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def test_a_guide_comes_in_by_wecom_and_sees_their_store(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    await a_shelf(store_id=guide.store_id, units=7)
    entered = await come_in(client, world)
    panel = await client.get("/wecom/panel")

    assert (entered.status_code, entered.headers["location"]) == (303, "/wecom/panel")
    assert "导购小江" in panel.text
    assert "羊绒围巾" in panel.text
    assert "本店可售 7" in panel.text
    assert f'src="{world.http}/jwxwork.js"' in panel.text


async def test_a_franchisee_comes_from_wecom_to_the_console(
    client: AsyncClient, world: World
) -> None:
    company = await a_franchisee()
    owner = await a_member_of_staff(Role.FRANCHISEE, franchisee=company, user_id="JiangYue")
    entered = await come_in(client, world, owner.user_id)

    assert (entered.status_code, entered.headers["location"]) == (303, "/console")


async def test_the_authorize_address_says_what_wecom_needs(
    client: AsyncClient, world: World, settings: Settings
) -> None:
    asked = urlsplit((await client.get("/wecom/login")).headers["location"])
    query = {name: values[0] for name, values in parse_qs(asked.query).items()}

    assert settings.wecom is not None
    assert (asked.path, asked.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert query["appid"] == settings.wecom.corp_id
    assert query["redirect_uri"] == "http://shop/wecom/callback"
    assert re.fullmatch(r"[0-9a-zA-Z]{32,128}", query["state"])


async def test_two_logins_have_two_states(client: AsyncClient, world: World) -> None:
    states = {
        parse_qs(urlsplit((await client.get("/wecom/login")).headers["location"]).query)["state"][0]
        for _ in range(2)
    }

    assert len(states) == 2


async def test_a_state_of_another_browser_is_refused(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    back = await way_back(client, world, "JiangYue")
    client.cookies.clear()
    answer = await client.get(back)

    assert answer.status_code == 403
    assert "bot.forged_login" in answer.text
    assert not await SessionRow.exists()


async def test_a_callback_works_once(client: AsyncClient, world: World, guide: Staff) -> None:
    back = await way_back(client, world, "JiangYue")
    first, second = await client.get(back), await client.get(back)

    assert (first.status_code, second.status_code) == (303, 403)
    assert await SessionRow.all().count() == 1


@pytest.mark.parametrize(("who", "status"), [("u1", 403), ("Stranger", 401)])
async def test_a_customer_and_a_stranger_are_not_staff(
    client: AsyncClient, world: World, guide: Staff, who: str, status: int
) -> None:
    answer = await come_in(client, world, who)

    assert answer.status_code == status
    assert SESSION_COOKIE not in answer.cookies
    assert not await SessionRow.exists()


async def test_who_has_left_does_not_come_in(client: AsyncClient, world: World) -> None:
    leaver = await a_member_of_staff(user_id="JiangYue", is_active=False)

    assert not leaver.is_active
    assert (await come_in(client, world)).status_code == 401


async def test_logging_in_again_gives_another_session_and_ends_the_first(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    first = (await come_in(client, world)).cookies[SESSION_COOKIE]
    second = (await come_in(client, world)).cookies[SESSION_COOKIE]

    assert first != second
    assert await SessionRow.all().count() == 1


async def test_the_session_cookie_is_for_the_browser_alone(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    entered = await come_in(client, world)
    [cookie] = [
        value
        for value in entered.headers.get_list("set-cookie")
        if value.startswith(f"{SESSION_COOKIE}=")
    ]

    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_sharing_answers_a_card_for_the_group(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    await a_shelf(store_id=guide.store_id)
    group, product = await a_group(guide), await Product.get()
    await come_in(client, world)
    panel = await client.get("/wecom/panel")
    wanted = {
        "csrf": csrf_of(panel),
        "product_id": product.public_id,
        "group_id": group.public_id,
    }
    card = (await client.post("/wecom/panel/cards", data=wanted)).json()
    copied = await client.post(
        "/wecom/panel/cards", data=wanted, headers={"accept": "text/html,*/*"}
    )

    assert card["chatId"] == group.chat_id
    assert card["page"].startswith("pages/product/index.html?id=prd_")
    assert card["page"].replace(".html", "") == card["path"]
    assert copied.headers["content-type"].startswith("text/html")
    assert card["page"].replace("&", "&amp;") in copied.text


async def test_sharing_from_another_site_is_refused(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    await a_shelf(store_id=guide.store_id)
    group, product = await a_group(guide), await Product.get()
    await come_in(client, world)
    wanted = {"product_id": product.public_id, "group_id": group.public_id}
    for forged in ({}, {"csrf": "0" * 64}):
        answer = await client.post("/wecom/panel/cards", data=wanted | forged)
        assert answer.status_code == 403


async def test_the_panel_is_for_guides(client: AsyncClient, world: World) -> None:
    nobody = await client.get("/wecom/panel")

    assert nobody.status_code in {303, 401}
    assert "本店" not in nobody.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>"])
async def test_what_is_typed_or_imported_stays_text(
    client: AsyncClient, world: World, guide: Staff, text: str
) -> None:
    await a_shelf(store_id=guide.store_id)
    await Product.all().update(title=text)
    group = await a_group(guide, name=text)
    await come_in(client, world)
    panel = await client.get("/wecom/panel", params={"text": "", "category": text})
    searched = await client.get("/wecom/panel", params={"text": text})

    assert text not in panel.text + searched.text
    assert "<img src=x" not in panel.text + searched.text
    assert group.public_id in panel.text


async def test_leaving_ends_the_session(client: AsyncClient, world: World, guide: Staff) -> None:
    await come_in(client, world)
    panel = await client.get("/wecom/panel")
    await client.post("/wecom/logout", data={"csrf": csrf_of(panel)})

    assert not await SessionRow.exists()


async def test_the_panel_shows_what_the_store_sells_and_finds_it_as_shoppers_do(
    client: AsyncClient, world: World, guide: Staff
) -> None:
    assert guide.store_id is not None
    scarf, vase = await a_sku(), await a_sku(product=await a_product("陶瓷花瓶", category="家居"))
    off, elsewhere = [
        await a_sku(product=await a_product(title)) for title in ("停售围巾", "别店围巾")
    ]
    head = Scope(Role.HEAD_OFFICE, 1)
    await take_off_shelf(scope=head, store_id=guide.store_id, product_id=off.product_id)
    await Product.filter(id=elsewhere.product_id).update(is_limited=True)
    await come_in(client, world)

    async def shown(**query: str) -> list[str]:
        page = await client.get("/wecom/panel", params=query)
        assert page.status_code == 200, page.text
        return re.findall(r"<b>([^<]+)</b>", page.text)

    assert await shown() == ["羊绒围巾", "陶瓷花瓶"]
    assert await shown(text="围巾 羊绒") == ["羊绒围巾"]
    assert await shown(text=vase.code) == ["陶瓷花瓶"]
    assert await shown(text=scarf.code, category="家居") == []
    assert await shown(text="%") == []
    assert (await client.get("/wecom/panel", params={"cursor": "x"})).status_code == 422
