"""Guessing the code of a receipt is useless, and slow on top (S9)."""

import base64
import math
from ipaddress import IPv4Network
from itertools import pairwise
from secrets import token_bytes
from typing import Any

import httpx2
import pytest
import uvicorn

from app.serving import options
from app.web import build
from core.security.receipt_code import MAC_BYTES
from core.settings import Settings
from tests.security.conftest import Crowd

GUESSES = 200
A_MINUTE = 10


def guess(code: str) -> str:
    """A code of another order of the same store, with a signature out of the air."""
    raw = bytearray(base64.urlsafe_b64decode(code + "=="))
    raw[7:13] = token_bytes(6)
    raw[-MAC_BYTES:] = token_bytes(MAC_BYTES)
    return base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")


async def test_an_address_that_guesses_hears_nothing_after_ten_tries(crowd: Crowd) -> None:
    guesser, guest = crowd.callers["nobody"], crowd.callers["member"]
    code = guest.asker.own["code"]
    statuses = [
        (await guesser.http.get(f"/i/{guess(code)}/status")).status_code for _ in range(GUESSES)
    ]
    there = await guest.http.get(f"/i/{code}")

    assert statuses == [404] * A_MINUTE + [429] * (GUESSES - A_MINUTE)
    assert there.status_code == 200


async def guessed_by(peer: str, settings: Settings, code: str) -> set[int]:
    """What thirty guesses hear that claim to come from thirty places, by way of `peer`."""
    served = uvicorn.Config(build(settings), **options(settings))
    served.load()
    transport = httpx2.ASGITransport(app=served.loaded_app, client=(peer, 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as http:
        return {
            (
                await http.get(f"/i/{guess(code)}/status", headers={"x-forwarded-for": place})
            ).status_code
            for place in (f"198.51.100.{number}" for number in range(30))
        }


async def test_only_a_named_proxy_says_who_asks(crowd: Crowd, settings: Settings) -> None:
    code = crowd.callers["nobody"].asker.own["code"]
    named = settings.model_copy(update={"trusted_proxies": {IPv4Network("192.0.2.0/24")}})

    assert await guessed_by("192.0.2.7", settings, code) == {404, 429}
    assert await guessed_by("203.0.113.9", named, code) == {404, 429}
    assert await guessed_by("192.0.2.8", named, code) == {404}


def test_everybody_is_no_proxy(secrets: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="everybody is no proxy"):
        Settings.model_validate({**secrets["shop"], "trusted_proxies": ["0.0.0.0/0"]})


def test_a_million_guesses_are_a_millionth_of_a_billionth_of_a_chance() -> None:
    chance = 10**6 / 2 ** (8 * MAC_BYTES)

    assert chance < 1e-17
    assert math.log2(32**26) >= 128  # ids that the outside sees


async def test_two_ids_of_one_kind_have_nothing_in_common(crowd: Crowd) -> None:
    """Not a count, not a time: no id helps to guess the next."""
    things = [caller.asker.own for caller in crowd.callers.values()]
    ids = sorted({each[kind] for each in things for kind in ("order", "unpaid", "regretted")})

    assert len(ids) == 6
    for one, other in pairwise(ids):
        same = sum(a == b for a, b in zip(one[4:], other[4:], strict=True))
        assert same <= 8
