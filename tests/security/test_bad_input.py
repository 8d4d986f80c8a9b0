"""Bytes nobody meant: in paths, queries, forms and headers of every operation. Never a crash."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from core.web.operations import Operation
from tests.security.callers import Caller, filled
from tests.security.conftest import Crowd
from tests.security.table import TABLE, Entry, name_of, operations

ODD = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%c0%80",
    "%ed%a0%80",
    "%F0%9F%98%80",
    "..%2f..%2fetc",
    "%27%3B--",
    "%0d%0aX-Forged:%201",
    "9223372036854775808",
    "-1",
    "1e400",
    "a" * 5000,
)
READ_BY_PAGES = ("cursor",), ("category", "text", "lang", "state", "code", "echostr", "timestamp")
VALUES = (
    "null",
    "true",
    "-1",
    "0",
    "9223372036854775808",
    "1" + "0" * 400,
    "1e400",
    "-0.0",
    "1.5",
    "NaN",
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\u202e\\ufeff"',
    '"{{ 7*7 }}"',
    '"' + "a" * 100_000 + '"',
    "[]",
    "{}",
    "[" * 40 + "]" * 40,
    '{"a": {"b": 1}}',
)
LANGUAGES = ("-", ";q=1", "zh_" * 500, "\xff,\x80", "en--us,*", ",,,", "x-" * 40)
MARK = "<odd>"
KEYS = ("\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9", "a" * 5000, " " * 10)


def let_in(crowd: Crowd) -> Iterator[tuple[Operation, Entry, Caller]]:
    """Each operation with one asker who gets past its policy, and so to its code."""
    for operation in operations():
        role = next((role for role in sorted(operation.who.roles)), None)
        caller = next(
            each
            for each in crowd.callers.values()
            if operation.who.is_open or each.asker.role is role
        )
        yield operation, TABLE[name_of(operation)], caller


def broke(answer: httpx2.Response) -> bool:
    """503 says that the outside world, which these tests lack, is away."""
    return answer.status_code >= 500 and answer.status_code != 503


def path_of(operation: Operation, entry: Entry, caller: Caller, odd: str = "") -> str:
    path = operation.path
    for param in operation.params:
        path = path.replace(f"{{{param}}}", odd or caller.asker.own[entry.thing])
    return path


async def send(caller: Caller, operation: Operation, url: str, **more: Any) -> httpx2.Response:
    headers = caller.headers(kind=operation.kind) | {"idempotency-key": "odd-input-1"}
    headers |= more.pop("headers", {})
    return await caller.http.request(operation.method, url, headers=headers, **more)


async def test_odd_paths_never_break_an_operation(crowd: Crowd) -> None:
    broken = []
    for operation, entry, caller in let_in(crowd):
        for odd in ODD if operation.params else ():
            sent: dict[str, Any] = {"data": {"csrf": caller.csrf}} if entry.form else {}
            if entry.body is not None:
                sent = {"json": {}}
            answer = await send(caller, operation, path_of(operation, entry, caller, odd), **sent)
            if broke(answer):
                broken.append(f"{name_of(operation)} {odd[:20]}: {answer.status_code}")

    assert "\n".join(broken) == ""


def names_of_query(operation: Operation) -> tuple[tuple[str, ...], ...]:
    """Names that are made odd together; the API refuses all it does not know (S18)."""
    if operation.query is None:
        return READ_BY_PAGES if operation.kind != "json" else ()
    return tuple((name,) for name in operation.query.model_json_schema(by_alias=True)["properties"])


async def test_odd_queries_never_break_an_operation(crowd: Crowd) -> None:
    broken = []
    for operation, entry, caller in let_in(crowd):
        path, given = path_of(operation, entry, caller), filled(entry.query, caller.asker.own)
        for names in names_of_query(operation):
            known = "".join(f"{name}={each}&" for name, each in given.items() if name not in names)
            for odd in ODD:
                query = "&".join(f"{name}={odd}" for name in names)
                answer = await send(caller, operation, f"{path}?{known}{query}")
                if broke(answer):
                    broken.append(f"{name_of(operation)}?{names}={odd[:20]}: {answer.status_code}")

    assert "\n".join(broken) == ""


async def test_odd_forms_never_break_a_page(crowd: Crowd) -> None:
    broken = []
    for operation, entry, caller in let_in(crowd):
        for name in entry.form or ():
            csrf = f"csrf={caller.csrf}&"
            for odd in ODD:
                answer = await send(
                    caller,
                    operation,
                    path_of(operation, entry, caller),
                    content=f"{csrf}{name}={odd}",
                    headers={"content-type": "application/x-www-form-urlencoded"},
                )
                if broke(answer):
                    broken.append(f"{name_of(operation)} {name}={odd[:20]}: {answer.status_code}")

    assert "\n".join(broken) == ""


@pytest.mark.parametrize(
    ("name", "values"), [("accept-language", LANGUAGES), ("idempotency-key", KEYS)]
)
async def test_odd_headers_never_break_an_operation(
    crowd: Crowd, name: str, values: tuple[str, ...]
) -> None:
    broken = []
    for operation, entry, caller in let_in(crowd):
        for value in values:
            url, odd = path_of(operation, entry, caller), {name: value.encode("latin-1")}
            answer = await send(caller, operation, url, headers=odd)
            if broke(answer):
                broken.append(f"{name_of(operation)} {value[:20]!r}: {answer.status_code}")

    assert "\n".join(broken) == ""


def leaves(body: Any) -> Iterator[str]:
    """The good body as text, each value in turn replaced by a mark."""
    if isinstance(body, dict | list):
        for at in body if isinstance(body, dict) else range(len(body)):
            for text in (json.dumps(MARK), *leaves(body[at])):
                whole = copy.copy(body)
                whole[at] = "<here>"
                yield json.dumps(whole).replace('"<here>"', text)


async def test_odd_values_never_break_a_body(crowd: Crowd) -> None:
    broken = []
    for operation, entry, caller in let_in(crowd):
        good = filled(entry.body, caller.asker.own) if operation.body is not None else {}
        for text in leaves(good):
            for value in VALUES:
                url, body = path_of(operation, entry, caller), text.replace(f'"{MARK}"', value)
                kind = {"content-type": "application/json"}
                answer = await send(caller, operation, url, content=body, headers=kind)
                if broke(answer):
                    place = text.index(MARK)
                    broken.append(f"{name_of(operation)} {value[:20]} at {place} of {text}")

    assert "\n".join(broken) == ""
