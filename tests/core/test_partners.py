"""One question, one bounded answer: whatever a partner does, there is one kind of failure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.http import client
from core.partners import MAX_ANSWER_BYTES, Answer, NoAnswer, exchange
from core.settings import Settings, configure


@asynccontextmanager
async def partner(*said: bytes, pause_s: float = 0) -> AsyncIterator[str]:
    """Listens, and says this in parts, whatever it is asked."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for part in said:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause_s)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def ask(base_url: str, timeout_s: float = 5) -> Answer:
    async with client("toy", base_url=base_url) as http:
        return await exchange(http, http.build_request("GET", "/"), timeout_s=timeout_s)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"


@pytest.mark.usefixtures("settings")
async def test_an_answer_of_any_status_is_read_whole() -> None:
    async with partner(b"HTTP/1.1 418 No\r\nx: 1\r\nx: 2\r\ncontent-length: 2\r\n\r\nno") as url:
        answer = await ask(url)

    assert (answer.status, answer.body) == (418, b"no")
    assert answer.headers[:2] == (("x", "1"), ("x", "2"))


@pytest.mark.usefixtures("settings")
async def test_an_answer_that_drips_is_left() -> None:
    async with partner(HEAD % 1000, *[b" "] * 20, pause_s=0.1) as url:
        with pytest.raises(NoAnswer) as lost:
            await ask(url, timeout_s=0.3)

    assert lost.value.facts["why"] == "TimeoutError"


@pytest.mark.usefixtures("settings")
async def test_an_answer_without_end_is_left() -> None:
    async with partner(HEAD % (10 * MAX_ANSWER_BYTES), *[b"x" * 2**20] * 6) as url:
        with pytest.raises(NoAnswer) as lost:
            await ask(url)

    assert lost.value.facts["why"] == "too large"


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    "said", [b"", b"hello\r\n\r\n", HEAD % 10 + b"short", b"HTTP/1.1 200 OK\r\n"]
)
async def test_what_is_no_answer_is_said_so(said: bytes) -> None:
    async with partner(said) as url:
        with pytest.raises(NoAnswer):
            await ask(url)


@pytest.mark.usefixtures("settings")
async def test_nobody_at_home_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        await ask("http://127.0.0.1:9")


async def test_an_address_that_may_not_be_called_is_no_answer(settings: Settings) -> None:
    configure(settings.model_copy(update={"mode": "production"}))
    with pytest.raises(NoAnswer) as lost:
        await ask("http://127.0.0.1:9")

    assert lost.value.facts["why"] == "core.address_refused"
