"""From a request to the arguments of an endpoint; a refusal says where and what kind of fault."""

import json
import re
from contextlib import suppress
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from core.errors import Invalid, NotFound
from core.web.operations import Operation, Schema

MAX_DEPTH = 32
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")  # what a path can name: PostgreSQL takes no U+0000


class NoSuchRoute(NotFound):
    code = "core.no_such_route"
    zh = "没有这个地址，请检查网址"
    en = "There is nothing at this address: check the URL."


class BadBody(Invalid):
    code = "core.bad_body"
    zh = "请求内容不符合要求，请按 facts 所示位置修改后重试"
    en = "The request does not fit: correct the places named in facts and try again."


class BadQuery(Invalid):
    code = "core.bad_query"
    zh = "查询参数不符合要求，请按 facts 所示位置修改后重试"
    en = "A query parameter does not fit: correct the places named in facts and try again."


S = TypeVar("S", bound=Schema)


def _faults(place: str, error: ValidationError) -> dict[str, str]:
    return {"/".join([place, *map(str, e["loc"])]): e["type"] for e in error.errors()}


def _whole(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _refuse_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _depth(value: Any) -> int:
    deepest, open_now = 0, [(value, 1)]
    while open_now:
        item, level = open_now.pop()
        deepest = max(deepest, level)
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        open_now += [(child, level + 1) for child in inner]
    return deepest


async def read(request: Request, schema: type[S]) -> S:
    """Raises BadBody, which repeats no value of the body."""
    raw = await request.body()
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in {"application/json", ""}:
        raise BadBody(body="not_json")
    if b"\\u0000" in raw:  # JSON knows it, PostgreSQL's text does not
        raise BadBody(body="nul_character")
    if _is_plain(raw):
        with suppress(ValidationError):  # what is wrong, or said otherwise, is looked at slowly
            return schema.model_validate_json(raw, strict=True, by_alias=True, by_name=False)
    return _read_slowly(raw, schema)


def _is_plain(raw: bytes) -> bool:
    """So few brackets cannot be too deep, and no word is there that JSON does not know."""
    brackets = raw.count(b"{") + raw.count(b"[")
    return brackets <= MAX_DEPTH and b"NaN" not in raw and b"Infinity" not in raw


def _read_slowly(raw: bytes, schema: type[S]) -> S:
    try:
        # 1.0 is an integer in JSON; pydantic's strict mode would refuse it
        value = json.loads(raw, parse_float=_whole, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadBody(body="json_invalid") from None
    if _depth(value) > MAX_DEPTH:
        raise BadBody(body="too_deep")
    try:
        text = json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadBody(body="string_unicode") from None
    try:
        return schema.model_validate_json(text, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        raise BadBody(**_faults("body", error)) from None


def _pairs(request: Request) -> list[tuple[str, str]]:
    return request.query_params.multi_items()


def read_query(request: Request, schema: type[S]) -> S:
    """Raises BadQuery; a parameter given twice or unknown is refused too."""
    pairs = _pairs(request)
    twice = {
        name: "given_twice" for name, _ in pairs if len(request.query_params.getlist(name)) > 1
    }
    if twice:
        raise BadQuery(**twice)
    try:
        return schema.model_validate(dict(pairs), by_alias=True, by_name=False)
    except ValidationError as error:
        raise BadQuery(**_faults("query", error)) from None


def _check_address(operation: Operation, request: Request) -> None:
    """Raises NoSuchRoute and BadQuery. Callbacks read their own query and refuse in their way."""
    named = [request.path_params[name] for name in operation.params]
    if not all(NAME.fullmatch(value) for value in named if isinstance(value, str)):
        raise NoSuchRoute
    odd = {f"query/{name}": "nul_character" for name, value in _pairs(request) if "\0" in value}
    if odd and operation.kind != "raw":
        raise BadQuery(**odd)


async def arguments_of(operation: Operation, request: Request, scope: object) -> dict[str, Any]:
    _check_address(operation, request)
    known: dict[str, Any] = {"request": request, "scope": scope}
    arguments = {name: known[name] for name in known if name in operation.takes}
    if operation.body is not None:
        arguments["body"] = await read(request, operation.body)
    if operation.kind == "json":
        given = request.query_params
        if operation.query is not None:
            arguments["query"] = read_query(request, operation.query)
        elif given:
            raise BadQuery(**{f"query/{name}": "extra_forbidden" for name in given})
    for name in operation.params:
        if name in operation.takes:
            arguments[name] = request.path_params[name]
    return arguments
