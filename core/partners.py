"""One question to a partner and its whole answer: bounded in time and size, one kind of failure."""

import asyncio
from dataclasses import dataclass

import httpx2

from core.errors import Unavailable
from core.http import TOTAL_S, AddressRefused, PartnerResting

MAX_ANSWER_BYTES = 4 * 1024 * 1024


class NoAnswer(Unavailable):
    """Nobody knows whether the partner heard us: a late, lost, broken or endless answer."""

    code = "core.no_answer"
    zh = "外部系统没有及时答复，请稍后重试"
    en = "The outside system did not answer in time: try again later."


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


async def exchange(
    http: httpx2.AsyncClient, request: httpx2.Request, *, timeout_s: float = TOTAL_S
) -> Answer:
    """Send `request`, a request of a `core.http.client`, and read the answer of any status.

    Raises NoAnswer, and nothing else.
    """
    try:
        async with asyncio.timeout(timeout_s):
            response = await http.send(request, stream=True)
            try:
                body = await _read(response)
            finally:
                await response.aclose()
    except (httpx2.HTTPError, httpx2.StreamError, TimeoutError) as lost:
        raise NoAnswer(why=type(lost).__name__) from None
    except (AddressRefused, PartnerResting) as refused:
        raise NoAnswer(why=refused.code) from None
    return Answer(response.status_code, tuple(response.headers.multi_items()), body)


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise NoAnswer(why="too large")
    return bytes(body)
