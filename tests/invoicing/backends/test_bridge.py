"""Tax discs behind an agent: one request at a time, several discs, nothing issued twice."""

import asyncio
import json
import os
import pty
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from core.database import sql
from core.web.api import EXCEPTION_HANDLERS, routes_of
from invoicing.backends.bridge import tasks
from invoicing.backends.bridge.agent.line import NoReply, NotAsked, SerialLine, line_of
from invoicing.backends.bridge.agent.running import Agent, add_device, load, make
from invoicing.backends.bridge.agent.running import Settings as AgentSettings
from invoicing.backends.bridge.frames import BadFrame, encode, take
from invoicing.backends.bridge.gateway import Bridge
from invoicing.backends.pages.bridge import router
from invoicing.backends.port import Accepted, Held, Hold, Issued, Pending, Refused
from sandbox.world import World
from tests.scenes.backends import NO, SELLER, a_disc, agent_for, an_order

in_shop = pytest.mark.usefixtures("settings", "db")


@pytest.fixture
async def shop() -> AsyncIterator[httpx2.AsyncClient]:
    app = Starlette(routes=routes_of(router), exception_handlers=EXCEPTION_HANDLERS)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as http:
        yield http


def place(world: World, disc: str) -> str:
    return f"tcp://127.0.0.1:{world.discs[disc]}"


@in_shop
async def test_several_discs_of_a_seller_issue_side_by_side(
    bureau: World, shop: httpx2.AsyncClient
) -> None:
    issued = []
    for disc in ("D1", "D2"):
        account = await a_disc(disc)
        agent, backend = agent_for(account, place(bureau, disc), shop), Bridge(account.id)
        await agent.look(account.public_id)
        await backend.submit(an_order(request_no=f"{NO[:-2]}{disc}"))
        await agent.look(account.public_id)
        issued.append(await backend.query(f"{NO[:-2]}{disc}", "", SELLER))

    assert [one.code for one in issued if isinstance(one, Issued)] == [
        "031002600111",
        "031002600112",
    ]
    [first, _] = issued
    assert isinstance(first, Issued)
    assert len(first.check_code) == 20
    assert first.cipher


@in_shop
async def test_an_agent_that_dies_after_the_disc_has_issued_is_followed_without_a_second_one(
    bureau: World, shop: httpx2.AsyncClient
) -> None:
    account = await a_disc()
    agent, backend = agent_for(account, place(bureau, "D1"), shop), Bridge(account.id)
    await agent.look(account.public_id)
    await backend.submit(an_order())
    work = await tasks.next_work(account.id)
    assert work is not None
    await line_of(place(bureau, "D1")).ask({"do": "ISSUE", "order": work.order})

    await agent.look(account.public_id)
    assert isinstance(await backend.query(NO, "", SELLER), Pending)  # the first lease still runs
    await sql("UPDATE backends_task SET leased_until = now() - interval '1 second'")
    await agent.look(account.public_id)
    assert isinstance(await backend.query(NO, "", SELLER), Issued)
    assert len(bureau.collection("tax_issued")) == 1


@in_shop
async def test_a_disc_that_is_off_holds_and_nothing_is_written_down(
    bureau: World, shop: httpx2.AsyncClient
) -> None:
    account = await a_disc()
    agent, backend = agent_for(account, "tcp://127.0.0.1:9", shop), Bridge(account.id)
    await agent.look(account.public_id)

    held = await backend.submit(an_order())
    assert isinstance(held, Held)
    assert held.why is Hold.DEVICE
    assert await sql("SELECT id FROM backends_task") == []


@in_shop
async def test_a_title_the_disc_cannot_print_costs_no_number(bureau: World) -> None:
    refused = await Bridge((await a_disc()).id).submit(an_order(buyer_title="𠮷野家有限公司"))

    assert isinstance(refused, Refused)
    assert "𠮷" in refused.text


@in_shop
async def test_what_waits_is_sealed_and_emptied_when_it_is_issued(
    bureau: World, shop: httpx2.AsyncClient
) -> None:
    account = await a_disc()
    agent, backend = agent_for(account, place(bureau, "D1"), shop), Bridge(account.id)
    await agent.look(account.public_id)
    assert isinstance(await backend.submit(an_order()), Accepted)
    [before] = await sql("SELECT payload FROM backends_task")
    assert before["payload"].startswith("v1.")

    await agent.look(account.public_id)
    [after] = await sql("SELECT payload, answer::text AS answer FROM backends_task")
    assert after["payload"] == ""
    assert "某某商贸" not in after["answer"]


@in_shop
@pytest.mark.parametrize("change", ["key", "account", "again", "old"])
async def test_words_that_are_not_the_agents_own_are_refused(
    bureau: World, shop: httpx2.AsyncClient, change: str, tmp_path: Path
) -> None:
    account = await a_disc()
    agent = agent_for(account, place(bureau, "D1"), shop)
    if change == "key":
        make(tmp_path / "other.json", url="http://shop")
        stranger = load(tmp_path / "other.json").key
        devices = {account.public_id: place(bureau, "D1")}
        agent = Agent(AgentSettings("http://shop", stranger, devices), shop)
    if change == "account":
        await sql("UPDATE backends_account SET public_id = 'tba_other'")
    if change in {"again", "old"}:
        await agent.look(account.public_id)
        ahead = 10**9 if change == "again" else 0
        await sql("UPDATE backends_device SET last_stamp = last_stamp + $1", ahead or 10**12)

    with pytest.raises(httpx2.HTTPStatusError) as refused:
        await agent.look(account.public_id)
    assert refused.value.response.status_code == 401


def test_an_agents_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "bridge.json"
    public = make(file, url="https://shop.example.cn")
    add_device(file, account="tba_1", device="tcp://127.0.0.1:9200")

    assert len(public) == 44
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert load(file).devices == {"tba_1": "tcp://127.0.0.1:9200"}
    with pytest.raises(FileExistsError):
        make(file, url="https://shop.example.cn")
    for odd in ("http://x", "serial://ttyS0", "serial:///dev/ttyS0?baud=12", "tcp://host"):
        with pytest.raises(ValueError, match=r"device|literal"):
            add_device(file, account="tba_1", device=odd)


async def test_a_disc_on_a_serial_line_is_asked_and_answers() -> None:
    master, slave = pty.openpty()
    name = os.ttyname(slave)

    async def disc() -> None:
        buffer = bytearray()
        while (question := take(buffer)) is None:
            buffer += await asyncio.to_thread(os.read, master, 4096)
        os.write(master, b"\x00noise" + encode({"heard": question["do"], "text": "税控盘"}))

    playing = asyncio.create_task(disc())
    answer = await SerialLine(name).ask({"do": "STATUS"})
    await playing
    os.close(master)
    os.close(slave)

    assert answer == {"heard": "STATUS", "text": "税控盘"}


async def test_a_line_says_whether_anything_was_asked() -> None:
    with pytest.raises(NotAsked):
        await line_of("tcp://127.0.0.1:9").ask({"do": "STATUS"})
    with pytest.raises(NotAsked):
        await line_of("serial:///dev/nothing").ask({"do": "STATUS"})

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(deaf, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoReply):
            await line_of(f"tcp://127.0.0.1:{port}").ask({"do": "STATUS"})


TEXT = st.text(st.sampled_from('abc 税控盘发票{}"\\'), max_size=12)


@given(st.dictionaries(TEXT, TEXT, max_size=4), st.binary(max_size=6).filter(lambda b: 2 not in b))
def test_frames_come_back_whole_through_noise(doc: dict[str, str], noise: bytes) -> None:
    buffer = bytearray(noise + encode(doc) + encode({"next": "1"}))

    assert take(buffer) == doc
    assert take(buffer) == {"next": "1"}


@given(st.binary(max_size=60))
def test_no_bytes_break_the_line(raw: bytes) -> None:
    buffer = bytearray(raw)
    for _ in range(70):
        try:
            if take(buffer) is None:
                break
        except BadFrame:
            continue
    assert json.dumps(len(buffer))
