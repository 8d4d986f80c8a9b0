"""The one way out: HTTP to a callback address on this machine, timed and never redirected."""

import ssl
from collections.abc import Mapping
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2

from sandbox.world import World

LOCAL = ("localhost", "::1")
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once, with no authorities: addresses on this machine are plain HTTP."""


def is_local(url: str) -> bool:
    """Whether the address lies on this machine; the sandbox calls no other."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and (host in LOCAL or host.startswith("127."))


async def call(
    world: World,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """POST the body, or GET without one; what came of it as `{at, status, ms, answer, error}`.

    Status 0 means no answer: refused address, no connection or no answer in time.
    """
    begun = perf_counter()
    tried: dict[str, Any] = {"at": world.now().isoformat(), "status": 0, "answer": "", "error": ""}
    if is_local(url):
        full = f"{url}?{urlencode(query, quote_via=quote, safe='')}" if query else url
        try:
            answer = await _send(world, full, body, dict(headers or {}))
            tried.update(status=answer.status_code, answer=answer.text[:2000])
        except httpx2.HTTPError as failure:
            tried["error"] = type(failure).__name__
    else:
        tried["error"] = "not an address on this machine"
    tried["ms"] = round((perf_counter() - begun) * 1000, 1)
    return tried


async def _send(
    world: World, url: str, body: bytes | None, headers: dict[str, str]
) -> httpx2.Response:
    timeout = world.config.limits.callback_timeout_s
    headers = {"User-Agent": "Mozilla/4.0", **headers}
    async with httpx2.AsyncClient(verify=TLS, trust_env=False, timeout=timeout) as http:
        if body is None:
            return await http.get(url, headers=headers)
        return await http.post(url, content=body, headers=headers)
