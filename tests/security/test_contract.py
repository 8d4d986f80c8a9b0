"""Our own OpenAPI document against the application: what is said there is what happens.

Schemathesis makes requests that fit the document and requests that do not; whatever comes, the
answer has a status, a shape and a code that the document names, and never is a crash.
"""

import os
from collections.abc import Callable
from typing import Any, TypeAlias

import anyio
import httpx2
import pytest
import requests
import schemathesis
import schemathesis.specs.openapi.schemas  # now: compiling amid examples meets CPython's gh-106905
import schemathesis.transport.asgi
import schemathesis.transport.requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from core.web.openapi import document
from tests.security.callers import Caller
from tests.security.conftest import Crowd
from tests.security.table import all_routers

Operation: TypeAlias = schemathesis.APIOperation[Any, Any, Any, Any]
Case: TypeAlias = schemathesis.Case[Any]
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
BARRED = 1  # requests of each kind; who is barred is asked about in test_access
ADMITTED = 30 if os.environ.get("EXAMPLES") == "explore" else 6
API = document(*all_routers())
REAL = {
    "storeCode": "store_code",
    "skuCode": "sku_code",
    "orderId": "order",
    "productId": "product",
    "groupId": "group",
    "sceneId": "scene",
    "productCode": "product_code",
}


def calm(examples: int) -> settings:
    """The same requests in every run, so that a red run means a change of ours."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def with_things(value: Any, own: dict[str, str]) -> Any:
    """`value` naming what is there, so that a request gets past the first question."""
    if isinstance(value, list):
        return [with_things(each, own) for each in value]
    if isinstance(value, dict):
        return {
            name: own[REAL[name]] if name in REAL else with_things(part, own)
            for name, part in value.items()
        }
    return value


async def send(case: Case, caller: Caller) -> httpx2.Response:
    """The case over the application, with the caller's token and no other login."""
    made = case.as_transport_kwargs(base_url="http://shop", headers=caller.headers(kind="json"))
    ready = requests.Request(**made).prepare()
    assert ready.method
    assert ready.url
    content = ready.body.encode() if isinstance(ready.body, str) else ready.body
    assert content is None or isinstance(content, bytes)
    headers = [(name.encode(), _raw(value)) for name, value in ready.headers.items()]
    return await caller.http.request(ready.method, ready.url, headers=headers, content=content)


def _raw(value: str | bytes) -> bytes:
    return value.encode("latin-1") if isinstance(value, str) else value


def check_answer(case: Case, answer: httpx2.Response) -> None:
    """Raises when the document says nothing of this answer."""
    told = f"{case.as_curl_command()}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code != 500, told
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as found:  # a group would end the loop that serves the application
        raise AssertionError(str(found)) from None
    if answer.status_code >= 400:
        refusals = case.operation.definition.raw["responses"][str(answer.status_code)]
        assert answer.json()["error"]["code"] in refusals["description"].split(", "), told


def story(
    operation: Operation,
    mode: GenerationMode,
    caller: Caller,
    examples: int,
) -> Callable[[], None]:
    @calm(examples)
    @given(case=operation.as_strategy(mode), is_real=st.booleans())
    def run(case: Case, *, is_real: bool) -> None:
        if is_real and mode is GenerationMode.POSITIVE:
            own = caller.asker.own
            case.path_parameters = with_things(case.path_parameters, own)
            case.query = with_things(case.query, own)
            case.body = with_things(case.body, own)
        check_answer(case, anyio.from_thread.run(send, case, caller))

    return run


def modes(operation: Operation, *, is_admitted: bool) -> list[GenerationMode]:
    """An operation that takes nothing cannot be asked wrongly."""
    takes = operation.definition.raw["parameters"] or operation.definition.raw["security"]
    is_askable = takes or "requestBody" in operation.definition.raw
    return list(GenerationMode) if is_askable and is_admitted else [GenerationMode.POSITIVE]


@pytest.mark.parametrize("name", ["nobody", "member", "guide"])
async def test_every_answer_is_one_the_document_names(crowd: Crowd, name: str) -> None:
    caller = crowd.callers[name]
    policy = str(caller.asker.role or "public")
    for found in schemathesis.openapi.from_dict(API).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        is_admitted = policy in operation.definition.raw["x-policy"].split("+")
        if not is_admitted and name != "nobody":
            continue
        await caller.sign_in()  # one of the operations logs out
        for mode in modes(operation, is_admitted=is_admitted):
            examples = ADMITTED if is_admitted else BARRED
            await anyio.to_thread.run_sync(story(operation, mode, caller, examples))
