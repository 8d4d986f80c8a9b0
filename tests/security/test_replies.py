"""Nothing personal and no secret in any answer or log line (S5, S24), over all operations."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
from pydantic import BaseModel, SecretStr

from app.web import build
from core.settings import Settings, current
from tests.scenes.full_shop import BUYER, PHONES
from tests.scenes.logs import written_lines
from tests.security.callers import Caller
from tests.security.conftest import Crowd
from tests.security.table import TABLE, name_of, operations

PHONE = re.compile(r"(?<![\w-])1[3-9]\d{9}(?![\w-])")  # not a piece of a hash or an id
HASH = re.compile(r"scrypt[$:]|\b[0-9a-f]{64}\b")
FORM_TOKEN = re.compile(r'(?:name="csrf" value=|"x-csrf-token":|data-csrf=)"[0-9a-f]{64}"')
UNSAID = re.compile(r"(?i)session_?key|union_?id|open_?id|password|secret|cipher|hash$|index$")
NAMES_OF_MACHINES = "GET /openapi.json"  # says how fields are called, and holds no value
OWN_COPY = "GET /api/v1/me/data"  # members take all that is kept of them; test_own_data reads it
LOOK_ON_RECORD = "POST /console/members/{member_id}/phone"  # with a reason


def keys_of(tree: Any) -> Iterator[str]:
    """Every name of a JSON tree."""
    if isinstance(tree, dict):
        yield from tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from keys_of(part)


def found_in(answer: httpx2.Response, planted: dict[str, str]) -> Iterator[str]:
    """What this answer should not have said."""
    text = FORM_TOKEN.sub("", answer.text).replace(answer.headers["x-request-id"], "")
    yield from (what for what, value in planted.items() if value in text)
    yield from (f"phone {found}" for found in PHONE.findall(text))
    yield from (f"hash {found[:12]}" for found in HASH.findall(text))
    if answer.headers.get("content-type", "").startswith("application/json"):
        names = [name for name in keys_of(answer.json()) if UNSAID.search(name)]
        yield from (f"a field named {name}" for name in names)


def secrets_of(node: Any) -> Iterator[str]:
    """Every secret of the settings in the clear."""
    if isinstance(node, SecretStr):
        yield node.get_secret_value()
    elif isinstance(node, BaseModel | dict):
        for part in node.values() if isinstance(node, dict) else (value for _, value in node):
            yield from secrets_of(part)


async def test_no_answer_holds_a_phone_an_id_of_wechat_a_hash_or_a_secret(crowd: Crowd) -> None:
    """But for the one look on record that the office has."""
    secrets = {f"secret {value[:4]}": value for value in secrets_of(current()) if value}
    planted = crowd.shop.planted | secrets | {name: BUYER[name] for name in ("title", "mail")}
    told, phones = [], set()
    with written_lines() as lines:
        for operation in operations():
            for caller in crowd.callers.values():
                entry, name = TABLE[name_of(operation)], name_of(operation)
                if name in {OWN_COPY, NAMES_OF_MACHINES}:
                    continue
                answer = await caller.ask(operation, entry, caller.asker.own)
                for what in found_in(answer, planted):
                    told.append(f"{caller.asker.name}: {name}: {what}")
                    phones.add((caller.asker.name, name, what.partition(" ")[0]))

    may_see = {(who, LOOK_ON_RECORD, "phone") for who in ("marketer", "head office")}
    may_see.add(("head office", "GET /console/exports/{export}", "hash"))  # of the file itself
    assert phones - may_see == set(), told
    assert phones == may_see
    assert [what for what, value in planted.items() if value in lines.getvalue()] == []
    assert not any(phone in lines.getvalue() for phone in PHONES)
    assert len(secrets) > 15


BAD = ("{", '{"code": "\\u0000"}', "<xml/>", "a=%ff&b=%00", json.dumps({"lines": [1] * 99}))


async def fail_everywhere(caller: Caller) -> str:
    """Everything that was answered to every operation with every kind of bad body."""
    told = []
    for operation in operations():
        path = re.sub(r"{\w+}", "nothing", operation.path)
        for body in BAD if operation.method != "GET" else [""]:
            headers = caller.headers(kind=operation.kind) | {"idempotency-key": "failing-1"}
            answer = await caller.http.request(
                operation.method, path, headers=headers, content=body.encode()
            )
            told.append(f"{answer.headers} {answer.text}")
    return "\n".join(told)


async def test_no_secret_is_told_or_logged_by_a_request_that_fails(crowd: Crowd) -> None:
    with written_lines() as lines:
        told = [
            await fail_everywhere(crowd.callers[name])
            for name in ("nobody", "member", "guide", "head office")
        ]
    everywhere = "\n".join([*told, lines.getvalue(), repr(current()), str(current())])

    assert lines.getvalue().count('"event"') > 400
    assert [each[:6] for each in secrets_of(current()) if each and each in everywhere] == []
    assert [each for each in crowd.shop.planted.values() if each in everywhere] == []


async def test_a_crash_tells_nothing_but_its_number(settings: Settings) -> None:
    """The database is away, its password in the URL: 500 for people, the reason in the log."""
    away = "postgres://shop:planted-password@127.0.0.1:9/shop"
    app = build(settings.model_copy(update={"database_url": away}))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://shop") as http,
    ):
        with written_lines() as lines:
            bearer = {"authorization": "Bearer planted-token"}
            answer = await http.get("/api/v1/me", headers=bearer)
            ready = await http.get("/readyz")

    assert (answer.status_code, ready.status_code) == (500, 503)
    assert answer.json()["error"]["facts"] == {}
    assert "a request broke" in lines.getvalue()
    for word in ("planted-password", "planted-token"):
        assert word not in answer.text + ready.text + lines.getvalue()
