"""The OpenAPI 3.1 document, made from the operations themselves."""

import re
from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from core.security.api_keys import KeyRefused
from core.web.api import status_of
from core.web.limits import TooManyTries
from core.web.operations import Operation, Router, Schema

REF = "#/components/schemas/{model}"
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "facts", "requestId", "retryable"],
            "properties": {
                "code": {"type": "string", "description": "stable; for programs"},
                "message": {"type": "string", "description": "for people, zh-CN or en"},
                "facts": {
                    "type": "object",
                    "additionalProperties": {"type": ["string", "integer"]},
                },
                "requestId": {"type": "string"},
                "retryable": {"type": "boolean"},
            },
        }
    },
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key gets the first answer again and nothing is done twice.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{8,80}$"},
}


def _item(answer: Any) -> type[Schema] | None:
    found: type[Schema] | None = get_args(answer)[0] if get_origin(answer) is list else answer
    return found


def _shapes(operations: Iterable[Operation]) -> list[tuple[type[Schema], Any]]:
    found: dict[tuple[type[Schema], str], None] = {}
    for operation in operations:
        for shape, mode in (
            (operation.body, "validation"),
            (operation.query, "validation"),
            (_item(operation.answer), "serialization"),
        ):
            if shape is not None:
                found[shape, mode] = None
    return list(found)


class _Document:
    def __init__(self, operations: list[Operation]) -> None:
        self.refs, defs = models_json_schema(_shapes(operations), ref_template=REF, by_alias=True)
        self.schemas = {**defs.get("$defs", {}), "Error": ERROR}

    def parameters(self, operation: Operation) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {
                "name": to_camel(name),
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 0} if kind is int else {"type": "string"},
            }
            for name, kind in operation.params.items()
        ]
        if operation.query is not None:
            shape = operation.query.model_json_schema(by_alias=True, ref_template=REF)
            self.schemas.update(shape.pop("$defs", {}))
            needed = set(shape.get("required", ()))
            found += [
                {"name": name, "in": "query", "required": name in needed, "schema": schema}
                for name, schema in shape.get("properties", {}).items()
            ]
        return [*found, KEY_PARAMETER] if operation.needs_key else found

    def answers(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = {}
        shape = _item(operation.answer)
        if shape is None:
            found["204" if operation.status == 200 else str(operation.status)] = {
                "description": "done"
            }
        else:
            ref = self.refs[shape, "serialization"]
            is_list = get_origin(operation.answer) is list
            schema = {"type": "array", "items": ref} if is_list else ref
            found[str(operation.status)] = _content("done", schema)
        for status, codes in self.refusals(operation).items():
            text = ", ".join(sorted(codes)) or "refused"
            found[str(status)] = _content(text, {"$ref": REF.format(model="Error")})
        return found

    def refusals(self, operation: Operation) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {422: {"core.bad_query"}, 500: {"core.broken"}}
        if not operation.who.is_open:
            found |= {401: {"core.sign_in_needed"}, 403: {"core.not_allowed"}}
        if operation.who.grant is not None:
            found[401].add(KeyRefused.code)
            found[429] = {TooManyTries.code}
        if operation.body is not None:
            found[422].add("core.bad_body")
            found[413] = {"core.too_large"}
        if operation.needs_key:
            found[422] |= {"core.idempotency_key_needed", "core.idempotency_key_reused"}
            found[409] = {"core.still_running"}
        for error in operation.errors:
            found.setdefault(status_of(error), set()).add(error.code)
        if operation.params:
            found.setdefault(404, set()).add("core.no_such_route")
        return found

    def operation(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = {
            "operationId": operation.name,
            "tags": [operation.tag],
            "summary": operation.summary,
            "description": (operation.endpoint.__doc__ or "").strip(),
            "parameters": self.parameters(operation),
            "responses": self.answers(operation),
            "x-policy": operation.who.name,
            "security": [] if operation.who.is_open else [{"bearer": []}],
        }
        if operation.body is not None:
            ref = self.refs[operation.body, "validation"]
            found["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": ref}},
            }
        return found


def _content(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def document(*routers: Router, version: str = "0.1.0") -> dict[str, Any]:
    """Every JSON operation, with its shapes, its refusals and who may use it."""
    operations = [o for router in routers for o in router.operations if o.kind == "json"]
    made = _Document(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        methods = paths.setdefault(_path_of(operation), {})
        methods[operation.method.lower()] = made.operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "daogou", "version": version},
        "paths": paths,
        "components": {
            "schemas": made.schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def whole_document(*routers: Router) -> dict[str, Any]:
    """The same, and beside it the routes that speak no JSON: pages, callbacks, files."""
    api = document(*routers)
    made = _Document([])
    for operation in [o for router in routers for o in router.operations if o.kind != "json"]:
        methods = api["paths"].setdefault(_path_of(operation), {})
        spelled = f"{operation.method} {operation.path}".lower()
        methods[operation.method.lower()] = {
            "operationId": re.sub(r"\W+", "_", spelled).strip("_"),
            "tags": [operation.tag],
            "summary": operation.summary,
            "description": (operation.endpoint.__doc__ or "").strip(),
            "parameters": made.parameters(operation),
            "responses": {"default": {"description": "a page, a file or a partner's answer"}},
            "x-policy": operation.who.name,
            "x-kind": operation.kind,
            "security": [],
        }
    return api


def _path_of(operation: Operation) -> str:
    path = operation.path
    for name in operation.params:
        path = path.replace(f"{{{name}}}", f"{{{to_camel(name)}}}")
    return path
