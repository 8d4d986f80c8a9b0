"""The box between a till and a printer: real sockets, a printer that behaves as printers do."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from core.security.receipt_code import ReceiptKey
from devices.box.proxy import Proxy, Route, is_local
from devices.box.pump import Pump
from devices.box.stamp import Stamping
from devices.box.tail import Seen

BODY = (
    "街角面馆\n单号:A7\n2025-11-09 10:33:20\n牛肉面 2 36.00\n合计 36.00\n现金 50.00\n找零 14.00\n"
)
SALE = b"\x1b@" + BODY.encode("gb18030")
END = b"\n\n\x1bd\x03\x1dV\x00"
STAMPING = Stamping(ReceiptKey(7, b"0123456789abcdef"), 3, "https://e.example.cn/r/")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Printer:
    """Takes bytes as a printer does: it may answer, stop reading, or reset."""

    def __init__(self) -> None:
        self.paper = bytearray()
        self.has_paper = asyncio.Event()
        self.has_paper.set()
        self.connections = 0
        self.was_reset = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                await self.has_paper.wait()
                data = await reader.read(4096)
                if not data:
                    break
                self.paper += data
                if data.endswith(b"\x10\x04\x01"):
                    writer.write(b"\x16")
        except ConnectionError:
            self.was_reset = True
        writer.close()


Bench = tuple[Printer, list[Seen], Proxy]


@asynccontextmanager
async def bench(
    stamping: Stamping = STAMPING, keep: Callable[[Seen], Awaitable[None]] | None = None
) -> AsyncIterator[Bench]:
    printer, seen = Printer(), list[Seen]()

    async def remember(paper: Seen) -> None:
        seen.append(paper)

    server = await asyncio.start_server(printer.serve, "127.0.0.1", 0, limit=4096)
    port = server.sockets[0].getsockname()[1]
    proxy = Proxy(Route("127.0.0.1", port, "127.0.0.1", 0), Pump(stamping, keep or remember))
    await proxy.open()
    try:
        yield printer, seen, proxy
    finally:
        printer.has_paper.set()
        await proxy.close()
        server.close()


async def till(proxy: Proxy) -> Streams:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - paper rings no bell
            await asyncio.sleep(0.005)


async def test_a_receipt_is_printed_whole_with_its_qr_and_the_order_is_told() -> None:
    async with bench() as (printer, seen, proxy):
        _, writer = await till(proxy)
        writer.write(SALE + END)
        await until(lambda: printer.paper.endswith(END))

        assert printer.paper.startswith(SALE)
        assert b"https://e.example.cn/r/" + seen[0].code.encode() in printer.paper
        writer.close()


async def test_body_bytes_do_not_wait_for_the_end_and_the_end_not_longer_than_agreed() -> None:
    async with bench() as (printer, _, proxy):
        _, writer = await till(proxy)
        writer.write(SALE)
        await until(lambda: bytes(printer.paper) == SALE, 0.25)
        began = time.monotonic()
        writer.write(b"\n\n")
        await until(lambda: bytes(printer.paper) == SALE + b"\n\n")

        assert 0.2 < time.monotonic() - began < 0.45
        writer.close()


async def test_half_close_is_passed_and_the_answer_still_comes_back() -> None:
    async with bench() as (printer, _, proxy):
        reader, writer = await till(proxy)
        writer.write(SALE + b"\x10\x04\x01")
        writer.write_eof()

        assert await asyncio.wait_for(reader.read(), 5) == b"\x16"
        writer.close()
        assert printer.paper.startswith(SALE)


async def test_one_byte_at_a_time_and_several_papers_on_one_connection() -> None:
    async with bench() as (printer, seen, proxy):
        _, writer = await till(proxy)
        for at in range(len(SALE + END)):
            writer.write((SALE + END)[at : at + 1])
            await writer.drain()
        await until(lambda: len(seen) == 1)
        writer.write(SALE.replace(b"A7", b"A8") + END)
        await until(lambda: len(seen) == 2)

        assert [paper.reading.order_no for paper in seen] == ["A7", "A8"]
        assert all(paper.code for paper in seen)
        assert printer.connections == 1
        writer.close()


async def test_a_paper_without_a_cut_gets_its_qr_after_silence() -> None:
    async with bench() as (printer, seen, proxy):
        _, writer = await till(proxy)
        writer.write(SALE)
        await until(lambda: len(seen) == 1, 3)
        await until(lambda: seen[0].code.encode() in printer.paper)

        assert printer.paper.startswith(SALE)
        writer.close()


async def test_a_printer_without_paper_stops_the_till_and_nothing_is_lost() -> None:
    async with bench() as (printer, _, proxy):
        printer.has_paper.clear()
        reader, writer = await till(proxy)
        picture = b"\x1dv0\0" + (72).to_bytes(2, "little") + (60_000).to_bytes(2, "little")
        data = (picture + bytes(72 * 60_000)) * 4 + SALE + END
        writer.write(data)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writer.drain(), 0.5)
        printer.has_paper.set()
        await asyncio.wait_for(writer.drain(), 20)
        writer.write_eof()

        assert await asyncio.wait_for(reader.read(), 20) == b""
        assert bytes(printer.paper) == data
        writer.close()


async def test_a_dead_printer_is_seen_by_the_till() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        route = Route("127.0.0.1", nobody.getsockname()[1], "127.0.0.1", 0)
        proxy = Proxy(route, Pump(STAMPING, _forget))
        await proxy.open()
        reader, _ = await till(proxy)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(reader.read(), 5)
        await proxy.close()


async def _forget(_seen: Seen) -> None:
    return


async def test_a_reset_of_the_till_loses_nothing_that_it_had_sent() -> None:
    async with bench() as (printer, seen, proxy):
        _, writer = await till(proxy)
        writer.write(SALE)
        await until(lambda: bytes(printer.paper) == SALE)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await until(lambda: printer.was_reset)

        assert printer.paper.startswith(SALE)
        assert [paper.reading.order_no for paper in seen] == ["A7"]


async def test_a_probe_without_bytes_is_no_paper() -> None:
    async with bench() as (printer, seen, proxy):
        _, writer = await till(proxy)
        writer.close()
        await until(lambda: printer.connections == 1)

        assert (bytes(printer.paper), seen) == (b"", [])


async def test_a_failing_disk_or_reader_never_touches_the_paper() -> None:
    async def broken(_seen: Seen) -> None:
        raise OSError("disk full")

    async with bench(keep=broken) as (printer, _, proxy):
        _, writer = await till(proxy)
        writer.write(SALE + END)
        await until(lambda: printer.paper.endswith(END))
        writer.close()


@pytest.mark.parametrize(
    ("peer", "is_inside"),
    [
        ("192.168.1.7", True),
        ("10.0.0.1", True),
        ("127.0.0.1", True),
        ("fe80::1%eth0", True),
        ("::ffff:172.16.0.9", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2606:4700::1111", False),
    ],
)
def test_only_machines_of_the_shop_print_here(peer: str, is_inside: bool) -> None:  # noqa: FBT001
    assert is_local((peer, 9_100)) is is_inside
    assert not is_local(None)
