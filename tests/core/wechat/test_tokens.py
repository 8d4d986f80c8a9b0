"""Access tokens are shared, sealed, fetched by one at a time and replaced once when refused."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.database import sql
from core.partners import NoAnswer
from core.settings import Settings, current
from core.wechat.api import Account, PlatformRefused, call
from core.wechat.errcodes import Meaning
from core.wechat.tokens import Fetched, TokenMissing, forget_token, token_of
from tests.scenes.platform import the_platform
from tests.scenes.wechat_world import Play

pytestmark = pytest.mark.usefixtures("db")

SEND = "/cgi-bin/message/subscribe/send"


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


def account() -> Account:
    mini = current().mini_program
    assert mini
    return Account(
        partner="mini_program",
        name="mini",
        base_url=mini.base_url,
        token_path="/cgi-bin/token",
        token_query={
            "grant_type": "client_credential",
            "appid": mini.app_id,
            "secret": mini.secret.get_secret_value(),
        },
    )


async def paths(play: Play) -> list[str]:
    return [line["path"] for line in await play.sim("GET", "/calls")]


async def ask(meaning: Meaning) -> None:
    """A call that the platform answers with a no of this meaning, for want of a real openid."""
    with pytest.raises(PlatformRefused) as refused:
        await call(account(), "POST", SEND, body={"touser": "o1", "template_id": "t", "data": {}})

    assert refused.value.meaning is meaning


async def test_many_calls_at_once_fetch_one_token(play: Play) -> None:
    await asyncio.gather(*[ask(Meaning.NOBODY) for _ in range(12)])

    assert (await paths(play)).count("/cgi-bin/token") == 1


async def test_a_refused_token_is_replaced_and_the_call_repeated_once(play: Play) -> None:
    await ask(Meaning.NOBODY)
    play.world.collection("tokens").clear()  # as if another had fetched one, or it had expired
    await ask(Meaning.NOBODY)

    called = await paths(play)
    assert (called.count("/cgi-bin/token"), called.count(SEND)) == (2, 3)


async def test_a_token_that_is_always_refused_is_replaced_once_and_no_more(play: Play) -> None:
    await play.sim("POST", "/faults", match=SEND, kind="errcode:42001", times=50)
    await ask(Meaning.STALE)

    called = await paths(play)
    assert (called.count("/cgi-bin/token"), called.count(SEND)) == (2, 2)


async def test_a_busy_platform_is_asked_three_times(play: Play) -> None:
    await play.sim("POST", "/faults", match=SEND, kind="errcode:-1", times=2)
    await ask(Meaning.NOBODY)
    await play.sim("POST", "/faults", match=SEND, kind="errcode:-1", times=50)
    await ask(Meaning.BUSY)

    assert (await paths(play)).count(SEND) == 6


async def test_no_answer_is_said_so_and_not_asked_again(play: Play) -> None:
    kinds = ["garbage", "http500", "429", "reset"]
    for kind in kinds:
        await play.sim("POST", "/faults", match=SEND, kind=kind, times=1)
        with pytest.raises(NoAnswer):
            await call(account(), "POST", SEND, body={})

    assert (await paths(play)).count(SEND) <= len(kinds)  # a cut line is noted a moment later


async def test_a_code_we_do_not_know_is_a_bug_of_ours_and_tells_its_rid(play: Play) -> None:
    await play.sim("POST", "/faults", match=SEND, kind="errcode:99999", times=1)
    with pytest.raises(PlatformRefused) as refused:
        await call(account(), "POST", SEND, body={})

    assert refused.value.meaning is Meaning.BUG
    assert refused.value.facts["rid"] == "ordered"


async def test_a_token_stands_sealed_in_the_database(settings: Settings) -> None:
    async def fetch() -> Fetched:
        return Fetched("secret-token", 7200)

    assert await token_of("one", fetch) == "secret-token"

    [row] = await sql("SELECT cipher, expires_at - now() AS left FROM core_access_token")
    assert "secret-token" not in row["cipher"]
    assert 6880 < row["left"].total_seconds() <= 6900


async def test_forgetting_an_old_token_leaves_the_new_one(settings: Settings) -> None:
    fetched: list[str] = []

    async def fetch() -> Fetched:
        fetched.append(f"t{len(fetched)}")
        return Fetched(fetched[-1], 7200)

    await token_of("one", fetch)
    await forget_token("one", "t0")
    await token_of("one", fetch)
    await forget_token("one", "t0")

    assert await token_of("one", fetch) == "t1"
    assert fetched == ["t0", "t1"]


async def test_a_failed_fetch_gives_the_lease_back(settings: Settings) -> None:
    async def fail() -> Fetched:
        raise NoAnswer(why="lost")

    async def fetch() -> Fetched:
        return Fetched("t", 7200)

    with pytest.raises(NoAnswer):
        await token_of("one", fail)

    assert await token_of("one", fetch) == "t"


async def test_who_waits_too_long_for_another_to_fetch_is_told(settings: Settings) -> None:
    async def fetch() -> Fetched:
        raise AssertionError("the lease is held by somebody else")

    await sql(
        "INSERT INTO core_access_token (name, leased_until)"
        " VALUES ('one', now() + interval '1 hour') RETURNING name"
    )
    with pytest.raises(TokenMissing):
        await token_of("one", fetch, wait_s=0.3)
