"""What a member sees and says of themselves."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core.settings import Settings
from sandbox.world import World
from tests.scene import signed_in_member, signed_in_staff
from tests.scenes.people import a_member, phone_code, played, with_open_id
from tests.scenes.stores import a_member_of_staff


@pytest.fixture
async def world(
    settings: Settings, secrets: dict[str, Any], client: AsyncClient
) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


def once() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def test_a_member_saves_a_phone_and_sees_it_masked(client: AsyncClient, world: World) -> None:
    me = await signed_in_member((await a_member()).id)
    saved = await client.post(
        "/api/v1/phone", headers=me | once(), json={"code": phone_code(world)}
    )
    shown = await client.get("/api/v1/me", headers=me)

    assert saved.json() == {"phone": "138****8000"}
    assert shown.json()["phone"] == "138****8000"
    assert "13800138000" not in saved.text + shown.text


async def test_a_repeated_phone_post_gets_the_first_answer(
    client: AsyncClient, world: World
) -> None:
    me, key = await signed_in_member((await a_member()).id), once()
    body = {"code": phone_code(world)}
    first = await client.post("/api/v1/phone", headers=me | key, json=body)
    again = await client.post("/api/v1/phone", headers=me | key, json=body)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_phone_of_another_member_is_a_conflict(client: AsyncClient, world: World) -> None:
    known = [await with_open_id(await a_member(), "wx", f"o-{n}") for n in range(2)]
    first, second = [await signed_in_member(member.id) for member in known]
    given, refused = [
        await client.post("/api/v1/phone", headers=me | once(), json={"code": phone_code(world)})
        for me in (first, second)
    ]

    assert (given.status_code, refused.status_code) == (200, 409)
    assert refused.json()["error"]["code"] == "people.phone_taken"


async def test_phone_codes_are_tried_five_times_a_minute(client: AsyncClient, world: World) -> None:
    last = [await a_member() for _ in range(30)][-1]  # tries of other tests count by member, too
    me = await signed_in_member(last.id)
    answers = [
        await client.post("/api/v1/phone", headers=me | once(), json={"code": f"guess-{number}"})
        for number in range(6)
    ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


async def test_consents_are_given_one_by_one_and_taken_back_as_easily(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    offered = (await client.get("/api/v1/consents", headers=me)).json()
    wanted = {"purpose": "marketing", "version": "marketing-2026-01"}
    given = await client.post("/api/v1/consents", headers=me | once(), json=wanted)
    during = (await client.get("/api/v1/consents", headers=me)).json()
    taken = await client.delete("/api/v1/consents/marketing", headers=me)
    after = (await client.get("/api/v1/consents", headers=me)).json()

    assert {each["givenVersion"] for each in offered} == {None}
    assert (given.status_code, taken.status_code) == (204, 204)
    assert {each["purpose"] for each in during if each["givenVersion"]} == {"marketing"}
    assert after == offered


async def test_an_old_text_and_an_unknown_purpose_are_refused(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    old = {"purpose": "marketing", "version": "marketing-2020-01"}
    answer = await client.post("/api/v1/consents", headers=me | once(), json=old)
    unknown = await client.delete("/api/v1/consents/everything", headers=me)

    assert answer.json()["error"]["code"] == "people.consent_text_unknown"
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "people.no_such_purpose")


async def test_a_guide_is_no_member(client: AsyncClient) -> None:
    guide = await a_member_of_staff()
    headers = await signed_in_staff(guide.id, guide.role)

    assert (await client.get("/api/v1/me", headers=headers)).status_code == 403
    assert (await client.get("/api/v1/me")).status_code == 401
