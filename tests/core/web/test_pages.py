"""What every page has: a policy, two languages, a way on from an error; and the files beside it."""

import re

import httpx2
import pytest

from core.settings import Settings

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_person_at_an_unknown_address_gets_a_page_and_a_program_json(
    client: httpx2.AsyncClient,
) -> None:
    person = await client.get("/nowhere", headers=BROWSER)
    program = await client.get("/nowhere")
    api = await client.get("/api/v1/nowhere", headers=BROWSER)

    assert (person.status_code, program.status_code, api.status_code) == (404, 404, 404)
    assert "没有这个地址" in person.text
    assert 'href="/"' in person.text
    assert program.json()["error"]["code"] == "core.no_such_route"
    assert api.json()["error"]["code"] == "core.no_such_route"


@pytest.mark.parametrize(
    ("path", "door"), [("/console", "/login"), ("/wecom/panel", "/wecom/login")]
)
async def test_who_has_not_signed_in_is_shown_the_door(
    client: httpx2.AsyncClient, path: str, door: str
) -> None:
    page = await client.get(path)

    assert page.status_code == 401
    assert f'href="{door}"' in page.text


async def test_no_page_runs_a_script_of_its_own_text(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    assert settings.wecom is not None
    for path in ("/", "/login", "/docs", "/i/nothing"):
        page = await client.get(path)
        policy = page.headers["content-security-policy"]

        assert "unsafe" not in policy
        assert f"img-src 'self' data: {settings.wecom.oauth_url};" in policy
        assert re.search(r"<script(?![^>]*src)|\son\w+=|\sstyle=", page.text) is None, path


async def test_a_language_once_chosen_stays(client: httpx2.AsyncClient) -> None:
    chosen = await client.get("/login?lang=en")
    after = await client.get("/login")
    back = await client.get("/login?lang=zh")

    assert "Log in" in chosen.text
    assert 'lang="en"' in after.text
    assert "登录名" in back.text


async def test_files_of_pages_are_packed_and_pages_are_not(client: httpx2.AsyncClient) -> None:
    packed = {"accept-encoding": "gzip"}
    script = await client.get("/static/htmx.min.js", headers=packed)
    page = await client.get("/login", headers=packed)

    assert script.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in page.headers


@pytest.mark.parametrize(
    "name",
    ["shell.css", "app/landing.css", "bot/panel.js", "people/console.css", "invoicing/scan.css"],
)
async def test_every_room_serves_the_files_of_its_pages(
    client: httpx2.AsyncClient, name: str
) -> None:
    answer = await client.get(f"/static/{name}")

    assert answer.status_code == 200


async def test_a_browser_finds_the_icon_where_it_looks(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/favicon.ico", follow_redirects=True)

    assert answer.headers["content-type"] == "image/svg+xml"
