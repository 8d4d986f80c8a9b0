"""A body that says more than its route takes is refused and changes nothing (S4)."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx2
from pydantic.alias_generators import to_camel
from tortoise import Tortoise

from core.web.operations import Schema
from tests.security.callers import Caller, filled
from tests.security.conftest import Crowd, database
from tests.security.table import TABLE, name_of, operations

WITH_BODY = {name_of(op): op for op in operations() if op.body is not None}


def columns() -> set[str]:
    """Every column of every table, as we and as the outside would write it."""
    models = [model for app in Tortoise.apps.values() for model in app.values()]
    names = {name for model in models for name in model._meta.fields_map}
    return names | {to_camel(name) for name in names}


def places(body: Any, path: str = "body") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a body and where it stands."""
    if isinstance(body, dict):
        yield path, body
        for name, part in body.items():
            yield from places(part, f"{path}/{name}")
    if isinstance(body, list):
        for number, part in enumerate(body):
            yield from places(part, f"{path}/{number}")


def taken_by(schema: type[Schema]) -> set[str]:
    """The names a body takes anywhere: a name that is good at one place is left out at all."""
    shapes = schema.model_json_schema(by_alias=True)
    all_shapes = [shapes, *shapes.get("$defs", {}).values()]
    return {name for shape in all_shapes for name in shape.get("properties", {})}


def who_may(crowd: Crowd, name: str) -> Caller:
    who = WITH_BODY[name].who
    return next(
        caller for caller in crowd.callers.values() if who.is_open or caller.asker.role in who.roles
    )


async def test_no_column_is_a_field_of_a_body(crowd: Crowd) -> None:
    before, taken = await database(), []
    for name, operation in WITH_BODY.items():
        assert operation.body is not None
        extra, caller = sorted(columns() - taken_by(operation.body)), who_may(crowd, name)
        for place, body in stuffed(name, caller, extra):
            answer = await post(name, caller, body)
            facts = answer.json()["error"]["facts"] if answer.status_code == 422 else {}
            passed = [each for each in extra if facts.get(f"{place}/{each}") != "extra_forbidden"]
            taken += [f"{name}: {place} takes {', '.join(passed)}"] if passed else []
        assert len(extra) > 200

    assert "\n".join(taken) == ""
    assert await database() == before


def stuffed(name: str, caller: Caller, extra: list[str]) -> Iterator[tuple[str, Any]]:
    """The good body with `extra` in one of its objects, for each of them."""
    good = TABLE[name].body
    for number, (place, _) in enumerate(places(filled(good, caller.asker.own))):
        body = filled(good, caller.asker.own)
        list(places(body))[number][1].update(dict.fromkeys(extra, 1))
        yield place, body


async def post(name: str, caller: Caller, body: Any) -> httpx2.Response:
    operation, entry = WITH_BODY[name], TABLE[name]
    headers = caller.headers(kind="json") | {"idempotency-key": secrets.token_hex(16)}
    path = operation.path
    for param in operation.params:
        path = path.replace(f"{{{param}}}", caller.asker.own[entry.thing])
    return await caller.http.request(operation.method, path, json=body, headers=headers)
