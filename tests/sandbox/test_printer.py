"""The network printer as a till meets it: raw TCP, status bytes, and paper that can be read."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image

from sandbox.server import running
from sandbox.world import World
from tests.scenes.outside import CUT, RECEIPT, URL, outside, plugged_in, print_and_wait


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as client:
        yield client


async def jobs(http: httpx2.AsyncClient, printer: str = "S001") -> list[dict[str, Any]]:
    answer = await http.get(f"/_sim/printers/{printer}/jobs")
    return list(answer.json())


async def the_first_job(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    for _ in range(300):
        if found := await jobs(http):
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was printed in 3 s")


async def break_it(http: httpx2.AsyncClient, **how: Any) -> None:
    answer = await http.post("/_sim/printers/S001", json=how)
    assert answer.status_code == 200, answer.text


async def test_a_receipt_lies_there_as_bytes_text_and_picture(
    world: World, http: httpx2.AsyncClient
) -> None:
    await print_and_wait(world, RECEIPT + CUT)

    (job,) = await jobs(http)
    assert (job["is_cut"], job["end"]) == (True, "cut")
    assert job["lines"][0] == "木棉与麻"
    assert job["symbols"] == [{"kind": "QR", "text": URL}]
    assert (await http.get(job["bytes_url"])).content == RECEIPT + CUT
    picture = Image.open(io.BytesIO((await http.get(job["png_url"])).content))
    assert picture.width == 576 + 64
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [URL]


async def test_two_receipts_in_one_burst_are_two_pieces_of_paper(
    world: World, http: httpx2.AsyncClient
) -> None:
    await print_and_wait(world, (RECEIPT + CUT) * 2, "S002")

    assert len(await jobs(http, "S002")) == 2


async def test_a_receipt_without_a_cut_ends_with_the_connection(
    world: World, http: httpx2.AsyncClient
) -> None:
    await print_and_wait(world, RECEIPT)

    assert [(job["is_cut"], job["end"]) for job in await jobs(http)] == [(False, "closed")]


async def test_a_probe_connection_makes_no_job(world: World, http: httpx2.AsyncClient) -> None:
    await print_and_wait(world, b"")

    assert await jobs(http) == []


async def test_a_healthy_printer_says_so(world: World) -> None:
    async with plugged_in(world) as (reader, writer):
        writer.write(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04\x1dr\x01")

        assert await reader.readexactly(5) == b"\x12\x12\x12\x12\x00"


async def test_without_paper_it_waits_and_prints_when_there_is_paper(
    world: World, http: httpx2.AsyncClient
) -> None:
    await break_it(http, paper="out")
    async with plugged_in(world) as (reader, writer):
        writer.write(RECEIPT + CUT + b"\x1dr\x01" + b"\x10\x04\x01\x10\x04\x04")
        assert await reader.readexactly(2) == b"\x1a\x7e"
        assert await jobs(http) == []
        await break_it(http, paper="ok")

        assert await reader.readexactly(1) == b"\x00"
        assert len(await jobs(http)) == 1


async def test_the_answer_to_a_queued_question_proves_the_paper(
    world: World, http: httpx2.AsyncClient
) -> None:
    async with plugged_in(world) as (reader, writer):
        writer.write(RECEIPT + CUT + b"\x1dr\x01")
        await reader.readexactly(1)

        assert len(await jobs(http)) == 1


async def test_an_unplugged_printer_refuses_connections_and_comes_back_on_its_port(
    world: World, http: httpx2.AsyncClient
) -> None:
    await break_it(http, off=True)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", world.printers["S001"])
    await break_it(http, off=False)

    await print_and_wait(world, RECEIPT + CUT)
    assert len(await jobs(http)) == 1


async def test_a_reset_in_the_middle_leaves_half_a_receipt(
    world: World, http: httpx2.AsyncClient
) -> None:
    await break_it(http, reset_after=60)
    async with plugged_in(world) as (reader, writer):
        writer.write(RECEIPT + CUT)
        with pytest.raises(ConnectionResetError):
            await reader.read()

    found = await the_first_job(http)
    assert (found[0]["end"], found[0]["is_cut"], found[0]["symbols"]) == ("reset", False, [])


async def test_a_silent_printer_answers_nothing(world: World, http: httpx2.AsyncClient) -> None:
    await break_it(http, silent=True)
    async with plugged_in(world) as (reader, writer):
        writer.write(b"\x10\x04\x01")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.1)


async def test_a_second_till_waits_for_the_first_to_finish_its_receipt(
    world: World, http: httpx2.AsyncClient
) -> None:
    async with plugged_in(world) as (_, first), plugged_in(world) as (second_in, second):
        first.write(RECEIPT)
        await asyncio.sleep(0.05)
        second.write("另一张\n".encode("gbk") + CUT)
        second.write_eof()
        await asyncio.sleep(0.05)
        first.write(CUT)
        await second_in.read()

    assert [job["lines"][0] for job in await jobs(http)] == ["另一张", "木棉与麻"]


async def test_unknown_switches_are_refused(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/_sim/printers/S001", json={"paper": "wet"})
    missing = await http.get("/_sim/printers/S999/jobs")

    assert (answer.status_code, missing.status_code) == (422, 404)
