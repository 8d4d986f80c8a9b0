"""Our bytes on a real socket: the sandbox printer, and printers worse than it."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image

from devices.agent.ports import FilePort, port_of
from devices.gateway.tcp import WAITS, TcpPrinter, Waits
from devices.protocol.escpos import render
from devices.protocol.port import NotSent, Place, Printed, Sent, Ticket, Unknown
from devices.protocol.profile import Profile
from devices.rules import PrinterCondition, Transport
from sandbox.server import running
from sandbox.world import World
from tests.scenes.devices import INVOICE_URL, a_receipt_of, a_sale
from tests.scenes.outside import outside

PAPER = render(a_receipt_of(a_sale()), Profile())
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


async def deliver(host: str, port: int, payload: bytes, waits: Waits = WAITS) -> Sent:
    printer = TcpPrinter(Place(Transport.TCP, f"{host}:{port}"), waits)
    return await printer.send(Ticket("1", payload))


async def condition_of(world: World) -> PrinterCondition:
    place = Place(Transport.TCP, f"{HOST}:{world.printers['S001']}")
    return await TcpPrinter(place, Waits(status=0.2, close=0.2)).condition()


async def sent_to(serve: Serve) -> Sent:
    server = await asyncio.start_server(serve, HOST, 0)
    async with server:
        return await deliver(HOST, server.sockets[0].getsockname()[1], PAPER)


async def test_a_healthy_printer_confirms_and_the_qr_is_read_from_its_paper(
    world: World, http: httpx2.AsyncClient
) -> None:
    assert await deliver(HOST, world.printers["S001"], PAPER) == Printed()

    [job] = (await http.get("/_sim/printers/S001/jobs")).json()
    assert job["is_cut"]
    picture = Image.open(io.BytesIO((await http.get(job["png_url"])).content))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [INVOICE_URL]


async def test_paper_that_runs_low_still_prints(world: World, http: httpx2.AsyncClient) -> None:
    await set_printer(http, paper="low")

    assert await deliver(HOST, world.printers["S001"], PAPER) == Printed()


async def test_an_unplugged_printer_got_nothing(world: World, http: httpx2.AsyncClient) -> None:
    await set_printer(http, off=True)

    outcome = await deliver(HOST, world.printers["S001"], PAPER)

    assert outcome == NotSent("unreachable")


async def test_a_silent_printer_may_have_printed(world: World, http: httpx2.AsyncClient) -> None:
    await set_printer(http, silent=True)

    outcome = await deliver(HOST, world.printers["S001"], PAPER, IMPATIENT)

    assert outcome == Unknown("no_answer")


async def test_a_printer_without_paper_may_print_later(
    world: World, http: httpx2.AsyncClient
) -> None:
    await set_printer(http, paper="out")

    outcome = await deliver(HOST, world.printers["S001"], PAPER, IMPATIENT)

    assert isinstance(outcome, Unknown)


async def test_a_reset_in_the_middle_may_have_printed(
    world: World, http: httpx2.AsyncClient
) -> None:
    await set_printer(http, reset_after=60)

    assert isinstance(await deliver(HOST, world.printers["S001"], PAPER), Unknown)


async def test_an_answer_that_says_no_paper_is_no_confirmation() -> None:
    async def out_of_paper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x1dr\x01")
        writer.write(b"\x0c")
        writer.close()

    assert await sent_to(out_of_paper) == Unknown("paper_out")


async def test_all_bytes_arrive_in_order_and_the_line_is_half_closed_first() -> None:
    got: list[bytes] = []

    async def reads_to_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\x1dr\x01"))
        writer.write(b"\x00")
        got.append(await reader.read())
        writer.close()

    assert await sent_to(reads_to_the_end) == Printed()
    assert got == [PAPER + b"\x1dr\x01", b""]


@pytest.mark.parametrize(
    ("how", "condition"),
    [
        ({}, PrinterCondition.ONLINE),
        ({"paper": "low"}, PrinterCondition.ONLINE),
        ({"paper": "out"}, PrinterCondition.NO_PAPER),
        ({"cover_open": True}, PrinterCondition.ABNORMAL),
        ({"off": True}, PrinterCondition.OFFLINE),
        ({"silent": True}, PrinterCondition.UNKNOWN),
    ],
)
async def test_a_printer_is_what_it_says_and_silence_says_nothing(
    world: World, http: httpx2.AsyncClient, how: dict[str, Any], condition: PrinterCondition
) -> None:
    await set_printer(http, **how)

    assert await condition_of(world) is condition


@pytest.mark.parametrize(
    "url", ["tcp://host", "usb://lp0", "serial:///dev/ttyS0?baud=1", "file:///etc/passwd", "x"]
)
def test_a_printer_of_an_agent_is_one_of_three(url: str) -> None:
    with pytest.raises(ValueError, match="a printer is"):
        port_of(url)


async def test_a_device_that_is_no_serial_line_is_not_sent_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    assert await FilePort(str(tmp_path / "file"), 9_600).send(b"x") == NotSent("unreachable")
