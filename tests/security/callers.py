"""Send one operation of the table as one asker, and say what is comparable in the answer."""

import re
import secrets
from contextlib import AsyncExitStack
from typing import Any

import httpx2
from starlette.applications import Starlette

from app.wiring import ROOMS
from core.web.operations import Operation
from core.web.pages import VISIT_COOKIE
from core.web.policy import SESSION_COOKIE
from tests.scenes.full_shop import Asker
from tests.security.table import Entry

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
TOOK = re.compile(r"\d+ (?:ms|毫秒)")  # how long a count took
KEY = re.compile(r'name="key" value="[^"]+"')  # a form's own idempotency key
CODE = re.compile(rf"\b(core|{'|'.join(ROOMS)})\.[a-z_]+")
VISIT = "a-visit-of-this-browser"


def filled(value: Any, things: dict[str, str]) -> Any:
    """`value` with things in place of their names."""
    if isinstance(value, str):
        return value.format_map(things)
    if isinstance(value, list):
        return [filled(each, things) for each in value]
    if isinstance(value, dict):
        return {name: filled(each, things) for name, each in value.items()}
    return value


class Caller:
    """An asker at an address of their own: limits are counted by address."""

    def __init__(self, asker: Asker, http: httpx2.AsyncClient) -> None:
        self.asker, self.http = asker, http
        self.token, self.csrf = "", ""

    async def sign_in(self) -> None:
        """A fresh session, and the form token that goes with it."""
        self.token = await self.asker.session()
        page = await self.http.get("/login", headers=self.headers(kind="page"))
        found = CSRF.search(page.text)
        assert found
        self.csrf = found[1]

    def headers(self, *, kind: str) -> dict[str, str]:
        self.http.cookies.clear()
        session = f"; {SESSION_COOKIE}={self.token}" if self.token else ""
        cookie = {"cookie": f"{VISIT_COOKIE}={VISIT}{session}"}
        bearer = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return (
            bearer
            if kind in {"json", "file"}
            else cookie
            if kind == "page"
            else {**cookie, **bearer}
        )

    async def ask(
        self, operation: Operation, entry: Entry, things: dict[str, str]
    ) -> httpx2.Response:
        """The answer to the operation about these things."""
        path = operation.path
        for param in operation.params:
            path = path.replace(f"{{{param}}}", things.get(entry.thing, "none-such"))
        headers = self.headers(kind=operation.kind)
        if operation.needs_key:
            headers["idempotency-key"] = secrets.token_hex(16)
        sent: dict[str, Any] = {"params": filled(entry.query, things) or None}
        if entry.body is not None:
            sent["json"] = filled(entry.body, things)
            if operation.kind == "page":
                headers["x-csrf-token"] = self.csrf
        if entry.form is not None:
            sent["data"] = {**filled(entry.form, things), "csrf": self.csrf}
        answer = await self.http.request(operation.method, path, headers=headers, **sent)
        if entry.ends_session:
            await self.sign_in()
        return answer


async def a_caller(
    app: Starlette, asker: Asker, stack: AsyncExitStack, *, base_url: str = "http://shop"
) -> Caller:
    """Signed in, at a random address."""
    address = ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))])
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    http = await stack.enter_async_context(
        httpx2.AsyncClient(transport=transport, base_url=base_url)
    )
    caller = Caller(asker, http)
    await caller.sign_in()
    return caller


def comparable(answer: httpx2.Response, *asked: str) -> tuple[int, str, str]:
    """Status, kind and text, without request id, form token and key, and what was asked for."""
    text = answer.text.replace(answer.headers["x-request-id"], "<request>")
    for word in asked:
        text = text.replace(word, "<asked>")
    text = TOOK.sub("<took>", KEY.sub("<key>", CSRF.sub("<csrf>", text)))
    return answer.status_code, answer.headers.get("content-type", ""), text


def code_of(answer: httpx2.Response) -> str:
    """The stable code of a refusal, of JSON or of a page."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        return str(answer.json().get("error", {}).get("code", ""))
    found = CODE.search(answer.text)
    return found[0] if found else ""
