"""The JSON kit, on an application of its own: two routes over a counter."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx2
import pytest
from pydantic import Field
from starlette.applications import Starlette

from core.errors import Conflict
from core.security.scope import Role, Scope
from core.security.sessions import open_session
from core.web.api import EXCEPTION_HANDLERS, Router, Schema, routes_of
from core.web.edge import middleware
from core.web.policy import PUBLIC, allow

pytestmark = pytest.mark.usefixtures("db")

router = Router("/api/v1", tag="lamps")
lit: list[str] = []


class LampFull(Conflict):
    code = "tests.lamp_full"
    zh = "灯位已满，请先熄灭一盏"
    en = "No place is left: put one out first."


class LampIn(Schema):
    colour: str = Field(max_length=10)
    watts: int = 5
    since: datetime | None = None


class LampOut(Schema):
    colour: str
    total_lit: int


class LampQuery(Schema):
    page_size: int = Field(default=20, ge=1, le=200)


@router.post("/lamps/{room}", who=allow(Role.MEMBER), status=201, errors=(LampFull,))
async def light(scope: Scope, room: str, body: LampIn) -> LampOut:
    if body.colour == "full":
        raise LampFull(room=room)
    lit.append(body.colour)
    return LampOut(colour=body.colour, total_lit=len(lit))


@router.get("/lamps/{room}", who=PUBLIC)
async def count(room: str, query: LampQuery) -> list[LampOut]:
    return [LampOut(colour=colour, total_lit=query.page_size) for colour in lit]


@router.delete("/lamps/{room}", who=allow(Role.HEAD_OFFICE))
async def put_out(room: str) -> None:
    lit.clear()


@pytest.fixture
async def lamps() -> AsyncIterator[httpx2.AsyncClient]:
    lit.clear()
    app = Starlette(
        routes=routes_of(router),
        middleware=middleware(10_000),
        exception_handlers=EXCEPTION_HANDLERS,
    )
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as http:
        token = await open_session(role=Role.MEMBER, member_id=1)
        http.headers["authorization"] = f"Bearer {token}"
        yield http


def keyed(key: str = "order-0001") -> dict[str, str]:
    return {"idempotency-key": key}


async def test_the_same_key_gets_the_first_answer_and_nothing_twice(
    lamps: httpx2.AsyncClient,
) -> None:
    first = await lamps.post("/api/v1/lamps/hall", json={"colour": "red"}, headers=keyed())
    again = await lamps.post("/api/v1/lamps/hall", json={"colour": "red"}, headers=keyed())

    assert (first.status_code, first.json()) == (201, {"colour": "red", "totalLit": 1})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert lit == ["red"]


async def test_a_key_belongs_to_one_request_and_one_caller(lamps: httpx2.AsyncClient) -> None:
    await lamps.post("/api/v1/lamps/hall", json={"colour": "red"}, headers=keyed())
    other = await lamps.post("/api/v1/lamps/hall", json={"colour": "blue"}, headers=keyed())
    token = await open_session(role=Role.MEMBER, member_id=2)
    lamps.headers["authorization"] = f"Bearer {token}"
    neighbour = await lamps.post("/api/v1/lamps/hall", json={"colour": "blue"}, headers=keyed())

    assert other.status_code == 422
    assert other.json()["error"]["code"] == "core.idempotency_key_reused"
    assert neighbour.status_code == 201


async def test_a_refusal_frees_the_key(lamps: httpx2.AsyncClient) -> None:
    full = await lamps.post("/api/v1/lamps/hall", json={"colour": "full"}, headers=keyed())
    again = await lamps.post("/api/v1/lamps/hall", json={"colour": "full"}, headers=keyed())

    assert [full.status_code, again.status_code] == [409, 409]
    assert full.json()["error"]["code"] == "tests.lamp_full"
    assert full.json()["error"]["facts"] == {"room": "hall"}


@pytest.mark.parametrize("key", ["", "short", "x" * 81, "with space"])
async def test_a_change_without_a_good_key_is_refused(lamps: httpx2.AsyncClient, key: str) -> None:
    answer = await lamps.post("/api/v1/lamps/hall", json={"colour": "red"}, headers=keyed(key))

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "core.idempotency_key_needed"
    assert lit == []


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        ('{"colour": "red", "price": 1}', {"body/price": "extra_forbidden"}),
        ('{"colour": "12345678901"}', {"body/colour": "string_too_long"}),
        ('{"colour": "red", "watts": "5"}', {"body/watts": "int_type"}),
        ('{"colour": "red", "watts": 5.5}', {"body/watts": "int_type"}),
        ('{"colour": "red", "watts": NaN}', {"body": "json_invalid"}),
        ('{"colour": "a\\u0000b"}', {"body": "nul_character"}),
        ('{"colour": "\\ud800"}', {"body": "string_unicode"}),
        ("[" * 5000, {"body": "json_invalid"}),
        ('{"colour":' + "[" * 50 + "]" * 50 + "}", {"body": "too_deep"}),
        ("", {"body": "json_invalid"}),
        ("\xff", {"body": "json_invalid"}),
    ],
)
async def test_a_bad_body_is_refused_by_place_and_kind(
    lamps: httpx2.AsyncClient, body: str, facts: dict[str, str]
) -> None:
    answer = await lamps.post("/api/v1/lamps/hall", content=body.encode("latin-1"), headers=keyed())

    assert answer.status_code == 422
    assert answer.json()["error"]["facts"] == facts
    assert lit == []


async def test_a_whole_number_may_be_written_with_a_point(lamps: httpx2.AsyncClient) -> None:
    body = '{"colour": "red", "watts": 5.0}'
    answer = await lamps.post("/api/v1/lamps/hall", content=body, headers=keyed())

    assert answer.status_code == 201


async def test_too_much_is_refused_before_it_is_read(lamps: httpx2.AsyncClient) -> None:
    answer = await lamps.post("/api/v1/lamps/hall", content=b" " * 10_001, headers=keyed())

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "core.too_large")


async def test_unknown_and_doubled_query_names_are_refused(lamps: httpx2.AsyncClient) -> None:
    wrong = [
        await lamps.get(f"/api/v1/lamps/hall?{query}")
        for query in ("order_by=-secret", "pageSize=1&pageSize=2", "pageSize=0")
    ]

    assert [answer.status_code for answer in wrong] == [422, 422, 422]
    assert wrong[0].json()["error"]["facts"] == {"query/order_by": "extra_forbidden"}


async def test_no_login_and_the_wrong_role_are_refused(lamps: httpx2.AsyncClient) -> None:
    wrong_role = await lamps.delete("/api/v1/lamps/hall")
    del lamps.headers["authorization"]
    nobody = await lamps.post("/api/v1/lamps/hall", json={"colour": "red"}, headers=keyed())

    assert (wrong_role.status_code, nobody.status_code) == (403, 401)
    assert nobody.json()["error"]["code"] == "core.sign_in_needed"


async def test_a_wrong_method_is_told_all_right_ones(lamps: httpx2.AsyncClient) -> None:
    answer = await lamps.put("/api/v1/lamps/hall", json={})

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"DELETE", "GET", "HEAD", "POST"}


async def test_english_is_answered_to_who_asks_for_it(lamps: httpx2.AsyncClient) -> None:
    zh = await lamps.put("/api/v1/nowhere", json={})
    en = await lamps.get("/api/v1/nowhere", headers={"accept-language": "en-US,en;q=0.9"})

    assert zh.json()["error"]["message"].startswith("没有这个地址")
    assert en.json()["error"]["message"].startswith("There is nothing")
    assert en.json()["error"]["requestId"] == en.headers["x-request-id"]
