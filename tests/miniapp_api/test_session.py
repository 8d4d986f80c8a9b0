"""Logging in over HTTP: a code once, a token that ends, and nothing secret in any answer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from core import clock
from core.security.source_code import mint_source
from core.settings import Settings
from crm.behaviour.models import Event
from crm.people.models import Member
from sandbox.world import World
from tests.scenes.people import login_code, played
from tests.scenes.stores import a_member_of_staff


@pytest.fixture
async def world(
    settings: Settings, secrets: dict[str, Any], client: AsyncClient
) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


async def log_in(client: AsyncClient, code: str, **more: Any) -> Response:
    return await client.post("/api/v1/login", json={"code": code, **more})


async def test_a_code_becomes_a_token_and_a_member(client: AsyncClient, world: World) -> None:
    guide = await a_member_of_staff()
    source = mint_source(guide.id, guide.store_id or 0)
    answer = await log_in(
        client, login_code(world), source=source, consentVersion="membership-2026-01"
    )
    entered = answer.json()
    headers = {"authorization": f"Bearer {entered['token']}"}
    me = (await client.get("/api/v1/me", headers=headers)).json()

    assert answer.status_code == 200
    assert entered["isNew"]
    assert entered["member"] == me
    assert (me["points"], me["phone"], me["phoneWanted"]) == (0, None, False)
    assert me["guide"] == {"displayName": "小林"}
    assert me["memberId"].startswith("mem_")


async def test_the_same_code_twice_is_log_in_again(client: AsyncClient, world: World) -> None:
    code = login_code(world)
    first, second = await log_in(client, code), await log_in(client, code)

    assert (first.status_code, second.status_code) == (200, 401)
    assert second.json()["error"]["code"] == "people.log_in_again"
    assert await Member.all().count() == 1


async def test_after_logging_out_the_token_is_worth_nothing(
    client: AsyncClient, world: World
) -> None:
    entered = (await log_in(client, login_code(world))).json()
    headers = {"authorization": f"Bearer {entered['token']}"}
    out = await client.post("/api/v1/logout", headers=headers)
    after = await client.get("/api/v1/me", headers=headers)

    assert (out.status_code, after.status_code) == (204, 401)


async def test_what_was_seen_on_the_phone_before_the_login_becomes_the_members(
    client: AsyncClient, world: World
) -> None:
    phone = "phone-0123456789abcdef"
    at = clock.now().isoformat()
    steps = {"visitor": phone, "sentAt": at, "steps": [{"id": "1", "kind": "visit", "at": at}]}
    told = await client.post("/api/v1/behaviour", json=steps)
    nobody = (await Event.get()).member_id
    entered = await log_in(client, login_code(world), visitor=phone)
    member = await Member.get()

    assert (told.status_code, entered.status_code, nobody) == (200, 200, None)
    assert (await Event.get()).member_id == member.id


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": ""},
        {"code": "x" * 129},
        {"code": "c", "openId": "o1"},
        {"code": "c", "tier": "gold"},
        {"code": "c", "consentVersion": 3},
        {"code": "c", "visitor": "short"},
    ],
)
async def test_a_body_that_says_more_or_less_is_refused(
    client: AsyncClient, body: dict[str, Any]
) -> None:
    answer = await client.post("/api/v1/login", json=body)

    assert answer.status_code == 422
    assert not await Member.exists()


async def test_no_answer_holds_the_app_secret_or_a_session_key(
    client: AsyncClient, world: World, settings: Settings
) -> None:
    assert settings.mini_program is not None
    code = login_code(world)
    answers = [await log_in(client, code), await log_in(client, code)]
    keys = [doc["session_key"] for doc in world.collection("sessions").values()]
    planted = [settings.mini_program.secret.get_secret_value(), *keys]
    told = "".join(answer.text for answer in answers)

    assert keys
    assert [secret for secret in planted if secret in told] == []


async def test_a_world_that_does_not_answer_is_unavailable(client: AsyncClient) -> None:
    answer = await log_in(client, "some-code")

    assert answer.status_code == 503
    assert answer.json()["error"]["retryable"]
