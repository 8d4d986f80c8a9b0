"""Who plays in the demo: a shopper's phone, a guide's WeCom window, and the world's own records."""

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx2

from app.household import Household
from app.story import wait_for

SHOPPER, GUIDE, STORE = "u1", "JiangYue", "S003"  # a franchise store with a till


class Answered(Exception):
    """The shop or the world answered something else than expected."""


def expect(answer: httpx2.Response, status: int = 200) -> Any:
    """The JSON of an answer. Raises Answered when its status is another."""
    if answer.status_code != status:
        raise Answered(f"{answer.request.method} {answer.request.url.path}: "
                       f"{answer.status_code} {answer.text[:300]}")  # fmt: skip
    with contextlib.suppress(ValueError):
        return answer.json()
    return None


class Players:
    """HTTP clients for everybody in the story. Use it as a context manager."""

    def __init__(self, house: Household) -> None:
        self.house = house
        self.phone = httpx2.Client(base_url=house.url, timeout=15, trust_env=False)
        self.window = httpx2.Client(
            base_url=house.url, timeout=15, trust_env=False, follow_redirects=False
        )
        self.world = httpx2.Client(base_url=house.world["http"], timeout=15, trust_env=False)

    def __enter__(self) -> "Players":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in (self.phone, self.window, self.world):
            client.close()

    @property
    def folder(self) -> Path:
        return self.house.home

    def change(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        """A POST of the phone with a fresh Idempotency-Key."""
        key = {"idempotency-key": uuid4().hex}
        return expect(self.phone.post(path, json=body, headers=key), status)

    def sim(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the world's admin: a POST where there is a body."""
        url = f"/_sim{path}"
        return expect(self.world.get(url) if body is None else self.world.post(url, json=body))

    def paid_order(self, order_id: str) -> Any:
        """The order, as soon as it is paid."""

        def look() -> Any:
            order = expect(self.phone.get(f"/api/v1/orders/{order_id}"))
            return order if order["state"] != "placed" else None

        return wait_for("the paid order", look, seconds=20)
