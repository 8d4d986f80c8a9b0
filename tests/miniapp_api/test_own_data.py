"""A member's own facts over HTTP: told, corrected, copied, erased; joining by a sent code."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from core.settings import Settings
from crm.people.models import Member
from crm.people.service import give_card
from sandbox.world import World
from tests.scene import signed_in_member
from tests.scenes.people import a_member, played, with_open_id, with_phone


@pytest.fixture
async def world(
    settings: Settings, secrets: dict[str, Any], client: AsyncClient
) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


def once() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def test_a_member_tells_corrects_and_takes_back(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    said = {"name": "林晓", "birthday": "1990-02-28", "gender": "female"}
    told = await client.put("/api/v1/me/profile", headers=me, json=said)
    left = await client.put("/api/v1/me/profile", headers=me, json={"forget": ["birthday"]})

    assert told.json() == said | {"email": None, "cardNo": None}
    assert left.json()["birthday"] is None
    assert left.json()["name"] == "林晓"


WILD: list[Any] = [
    {"birthday": "2999-01-01"},
    {"birthday": "1700-01-01"},
    {"birthday": "soon"},
    {"birthday": 5},
    {"name": "x" * 61},
    {"name": "a\u202eb"},
    {"name": "a\u0000b"},
    {"name": ["x"]},
    {"gender": "F"},
    {"forget": ["phone"]},
    {"forget": ["name"] * 4},
    {"memberId": "mem_x"},
    [],
    None,
]


@pytest.mark.parametrize("body", WILD)
async def test_wild_words_are_refused_and_change_nothing(client: AsyncClient, body: Any) -> None:
    me = await signed_in_member((await a_member()).id)
    answer = await client.put("/api/v1/me/profile", headers=me, json=body)
    shown = await client.get("/api/v1/me/profile", headers=me)

    assert answer.status_code in {400, 422}, answer.text
    assert set(shown.json().values()) == {None}


async def test_a_child_is_told_to_ask_a_guardian(client: AsyncClient) -> None:
    me = await signed_in_member((await a_member()).id)
    answer = await client.put("/api/v1/me/profile", headers=me, json={"birthday": "2020-01-01"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "people.guardian_needed")


async def test_a_card_is_claimed_once_it_is_proven_and_tries_are_few(client: AsyncClient) -> None:
    old = await with_phone(await a_member(), "13900139000")
    await give_card(member_id=old.id, card_no="CARD-1001", source="import")
    online = await with_open_id(await a_member(), "wx", "o-1")
    me = await signed_in_member(online.id)

    async def claim(end: str) -> int:
        body = {"cardNo": "CARD-1001", "phoneEnd": end}
        answer = await client.post("/api/v1/me/card", headers=me | once(), json=body)
        return answer.status_code

    assert await claim("0000") == 404
    assert await claim("9000") == 200
    assert [await claim("0001"), await claim("0002")][-1] == 429


async def test_the_copy_is_read_by_machines_and_names_everything(client: AsyncClient) -> None:
    member = await with_phone(await a_member(), "13900139000")
    me = await signed_in_member(member.id)
    await client.put("/api/v1/me/profile", headers=me, json={"name": "欧阳静安"})
    copied = await client.get("/api/v1/me/data", headers=me)
    tables = copied.json()["tables"]

    assert tables["people_member"][0]["name"] == "欧阳静安"
    assert tables["people_identity"][0]["cipher"] == "13900139000"
    assert [row["purpose"] for row in tables["people_consent"]] == ["phone"]


async def test_leaving_ends_the_session_at_once(client: AsyncClient) -> None:
    member = await with_phone(await a_member(), "13900139000")
    me = await signed_in_member(member.id)
    left = await client.delete("/api/v1/me", headers=me)
    after = await client.get("/api/v1/me", headers=me)

    assert left.json() == {"isDone": True}
    assert after.status_code == 401
    assert (await Member.get(id=member.id)).erased_at is not None


async def test_somebody_joins_by_a_code_sent_to_the_phone(
    client: AsyncClient, world: World
) -> None:
    sent = await client.post("/api/v1/register/code", json={"contact": "13700137000"})
    assert sent.status_code == 204, sent.text
    code = await the_code(world)
    body = {"contact": "137 0013 7000", "code": code, "consentVersion": "membership-2026-01"}
    joined = await client.post("/api/v1/register", json=body)
    again = await client.post("/api/v1/register", json=body)

    assert joined.json()["isNew"] is True
    assert joined.json()["member"]["phone"] == "137****7000"
    assert (again.status_code, again.json()["error"]["code"]) == (422, "people.code_refused")


async def the_code(world: World) -> str:
    for _ in range(50):
        inbox = str(list(world.collection("sms").values()))
        if found := re.search(r"是 (\d{6})", inbox):
            return found[1]
        await asyncio.sleep(0.05)
    raise AssertionError("no SMS came")


async def test_one_number_gets_one_code_a_minute(client: AsyncClient, world: World) -> None:
    first = await client.post("/api/v1/register/code", json={"contact": "13600136000"})
    again = await client.post("/api/v1/register/code", json={"contact": " 13600136000"})
    other = await client.post("/api/v1/register/code", json={"contact": "12"})

    assert (first.status_code, again.status_code, other.status_code) == (204, 429, 422)
