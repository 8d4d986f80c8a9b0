"""Our bytes on a real socket: the sandbox printer, and printers worse than it."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image

from devices.gateway import Delivery, Outcome, Waits, deliver
from devices.protocol.escpos import render
from devices.protocol.receipt import receipt
from sandbox.server import running
from sandbox.world import World
from tests.scenes.devices import INVOICE_URL, a_sale
from tests.scenes.outside import outside

PAPER = render(receipt(a_sale()), 48)
HOST = "127.0.0.1"
IMPATIENT = Waits(answer=0.3, close=0.3)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(outside()) as started:
        yield started


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=world.http, trust_env=False) as client:
        yield client


async def set_printer(http: httpx2.AsyncClient, **how: Any) -> None:
    assert (await http.post("/_sim/printers/S001", json=how)).status_code == 200


async def sent_to(serve: Serve) -> Outcome:
    server = await asyncio.start_server(serve, HOST, 0)
    async with server:
        return await deliver(HOST, server.sockets[0].getsockname()[1], PAPER)


async def test_a_healthy_printer_confirms_and_the_qr_is_read_from_its_paper(
    world: World, http: httpx2.AsyncClient
) -> None:
    assert await deliver(HOST, world.printers["S001"], PAPER) == Outcome(Delivery.PRINTED)

    [job] = (await http.get("/_sim/printers/S001/jobs")).json()
    assert job["is_cut"]
    picture = Image.open(io.BytesIO((await http.get(job["png_url"])).content))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [INVOICE_URL]


async def test_paper_that_runs_low_still_prints(world: World, http: httpx2.AsyncClient) -> None:
    await set_printer(http, paper="low")

    assert (await deliver(HOST, world.printers["S001"], PAPER)).delivery is Delivery.PRINTED


async def test_an_unplugged_printer_got_nothing(world: World, http: httpx2.AsyncClient) -> None:
    await set_printer(http, off=True)

    outcome = await deliver(HOST, world.printers["S001"], PAPER)

    assert outcome == Outcome(Delivery.NOT_SENT, "unreachable")


async def test_a_silent_printer_may_have_printed(world: World, http: httpx2.AsyncClient) -> None:
    await set_printer(http, silent=True)

    outcome = await deliver(HOST, world.printers["S001"], PAPER, IMPATIENT)

    assert outcome == Outcome(Delivery.MAYBE, "no_answer")


async def test_a_printer_without_paper_may_print_later(
    world: World, http: httpx2.AsyncClient
) -> None:
    await set_printer(http, paper="out")

    outcome = await deliver(HOST, world.printers["S001"], PAPER, IMPATIENT)

    assert outcome.delivery is Delivery.MAYBE


async def test_a_reset_in_the_middle_may_have_printed(
    world: World, http: httpx2.AsyncClient
) -> None:
    await set_printer(http, reset_after=60)

    assert (await deliver(HOST, world.printers["S001"], PAPER)).delivery is Delivery.MAYBE


async def test_an_answer_that_says_no_paper_is_no_confirmation() -> None:
    async def out_of_paper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x1dr\x01")
        writer.write(b"\x0c")
        writer.close()

    assert await sent_to(out_of_paper) == Outcome(Delivery.MAYBE, "paper_out")


async def test_all_bytes_arrive_in_order_and_the_line_is_half_closed_first() -> None:
    got: list[bytes] = []

    async def reads_to_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\x1dr\x01"))
        writer.write(b"\x00")
        got.append(await reader.read())
        writer.close()

    assert await sent_to(reads_to_the_end) == Outcome(Delivery.PRINTED)
    assert got == [PAPER + b"\x1dr\x01", b""]
