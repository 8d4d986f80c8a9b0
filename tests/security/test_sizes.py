"""How much a request may bring: one byte, one field and one file too many are refused (S20)."""

import time
from collections.abc import AsyncIterator, Iterator

import httpx2

from app.web import MAX_BODY
from core.web.operations import Operation
from tests.security.callers import Caller, code_of
from tests.security.conftest import Crowd
from tests.security.table import TABLE, Entry, name_of, operations
from tests.security.test_bad_input import let_in, path_of

CALLBACK_BYTES = 64 * 1024
READ_AS_BYTES = "POST /callbacks/tax/{token}"  # each provider's words are other ones


def is_sealed(operation: Operation) -> bool:
    """A callback that is read up to a limit of its own."""
    return operation.kind == "raw" and TABLE[name_of(operation)].form is None


def readers(crowd: Crowd) -> Iterator[tuple[Operation, Entry, Caller]]:
    """Each operation that reads a body up to the limit of the process."""
    for operation, entry, caller in let_in(crowd):
        if (operation.body is not None or entry.form is not None) and not is_sealed(operation):
            yield operation, entry, caller


def of_size(operation: Operation, size: int) -> tuple[dict[str, str], bytes]:
    """A body of that many bytes, of the kind the operation reads."""
    if operation.kind == "json":
        return {"content-type": "application/json"}, b'"' + b"a" * (size - 2) + b'"'
    form = {"content-type": "application/x-www-form-urlencoded"}
    return form, b"a=" + b"b" * (size - 2)


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    """Without a content-length."""
    for at in range(0, len(body), 60_000):
        yield body[at : at + 60_000]


async def test_one_byte_too_many_is_refused_by_every_operation(crowd: Crowd) -> None:
    """With the length said, and in parts without it."""
    wrong = []
    for operation, entry, caller in readers(crowd):
        for size in (MAX_BODY, MAX_BODY + 1):
            kind, body = of_size(operation, size)
            headers = caller.headers(kind=operation.kind) | kind | {"idempotency-key": "sizes-01"}
            path = path_of(operation, entry, caller)
            for content in (body, in_parts(body)):
                answer = await caller.http.request(
                    operation.method, path, headers=headers, content=content
                )
                is_refused = (answer.status_code, code_of(answer)) == (413, "core.too_large")
                if is_refused != (size > MAX_BODY) or answer.status_code >= 500:
                    wrong.append(f"{name_of(operation)} {size}: {answer.status_code}")

    assert "\n".join(wrong) == ""


async def test_a_callback_is_never_longer_than_64_kb(crowd: Crowd) -> None:
    sealed = [each for each in operations() if each.method == "POST" and is_sealed(each)]
    nobody = crowd.callers["nobody"]
    for operation in sealed:
        began = time.perf_counter()
        answer = await nobody.http.post(operation.path, content=b"<" * (CALLBACK_BYTES + 1))

        assert (answer.status_code, time.perf_counter() - began < 1) == (400, True)
    assert len(sealed) >= 7


def part(name: str, *, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + b"x\r\n"


def bombs() -> Iterator[tuple[str, bytes]]:
    """Forms that cost more than they say, each below the limit of a body."""
    end = b"--edge--\r\n"
    yield "201 fields", b"".join(part(f"f{number}") for number in range(201)) + end
    yield "10 000 fields", b"".join(part("f") for _ in range(10_000)) + end
    yield "a file", part("f", file="a.png") + end
    yield "a thousand files", b"".join(part("f", file="a.png") for _ in range(1_000)) + end
    yield "an endless head", b"--edge\r\n" + b"X-A: b\r\n" * 80_000 + end
    yield "a head of one line", b"--edge\r\nX-A: " + b"b" * 900_000 + b"\r\n\r\n" + end
    yield "edges only", b"--edge\r\n" * 100_000
    yield "no end", part("f")[:-2]
    yield "odd bytes", b"\xff\x00" * 1_000
    yield "nothing", b""


def read_forms(crowd: Crowd) -> Iterator[tuple[Operation, Caller, str]]:
    for operation, entry, caller in let_in(crowd):
        if entry.form is not None and name_of(operation) != READ_AS_BYTES:
            yield operation, caller, path_of(operation, entry, caller)


async def posted(
    caller: Caller, path: str, kind: str, body: bytes
) -> tuple[httpx2.Response, float]:
    headers = caller.headers(kind="page") | {"content-type": kind, "x-csrf-token": caller.csrf}
    began = time.perf_counter()
    answer = await caller.http.post(path, headers=headers, content=body)
    return answer, time.perf_counter() - began


async def test_no_form_is_a_bomb(crowd: Crowd) -> None:
    wrong = []
    for operation, caller, path in read_forms(crowd):
        for what, body in bombs():
            answer, seconds = await posted(caller, path, "multipart/form-data; boundary=edge", body)
            if answer.status_code >= 500 or seconds > 2:
                wrong.append(f"{name_of(operation)} {what}: {answer.status_code} {seconds:.1f} s")
            if what[0].isdigit() and answer.status_code != 400:
                wrong.append(f"{name_of(operation)} takes {what}: {answer.status_code}")
            if "file" in what and answer.status_code != 400:
                wrong.append(f"{name_of(operation)} takes {what}: {answer.status_code}")

    assert "\n".join(wrong) == ""


async def test_a_form_has_no_more_fields_than_it_needs(crowd: Crowd) -> None:
    wrong = []
    for operation, caller, path in read_forms(crowd):
        for count in (201, 100_000):
            body = b"&".join(b"f=1" for _ in range(count))
            answer, seconds = await posted(caller, path, "application/x-www-form-urlencoded", body)
            if answer.status_code != 400 or seconds > 2:
                wrong.append(f"{name_of(operation)} {count}: {answer.status_code} {seconds:.1f} s")

    assert "\n".join(wrong) == ""
