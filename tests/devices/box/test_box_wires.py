"""Serial lines, print-queue folders, pictures and what a program reads in them."""

import asyncio
import json
import os
import signal
import sys
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from core.security.receipt_code import ReceiptKey
from devices.box.folder import AGAIN, Drop, FolderLine
from devices.box.ocr import lines_by
from devices.box.pictures import picture_of, png_of
from devices.box.pump import Pump
from devices.box.running import Box, line_of, load
from devices.box.serial import SerialLine, Wires
from devices.box.stamp import Stamping
from devices.box.tail import Seen
from tests.scenes.boxes import a_picture_paper

STAMPING = Stamping(ReceiptKey(7, b"0123456789abcdef"), 3, "https://e.example.cn/r/")
BODY = "街角面馆\n单号:A7\n2025-11-09 10:33:20\n牛肉面 2 36.00\n合计 36.00\n现金 36.00\n"
SALE = b"\x1b@" + BODY.encode("gb18030") + b"\n\n\x1bd\x03\x1dV\x00"
CUT = b"\x1dV\x00"
EYE = "import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r}.encode())"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Remembered:
    def __init__(self) -> None:
        self.papers: list[Seen] = []

    async def keep(self, seen: Seen) -> None:
        self.papers.append(seen)


async def until(holds: Callable[[], object], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def a_line() -> tuple[int, str]:
    """One end to hold, and the name of the other."""
    held, other = os.openpty()
    tty.setraw(other)
    os.set_blocking(held, False)
    return held, os.ttyname(other)


def heard(held: int, so_far: bytearray) -> bytearray:
    with suppress(BlockingIOError):
        so_far += os.read(held, 65536)
    return so_far


async def test_a_serial_till_prints_through_the_box_and_hears_its_printer() -> None:
    (till, till_name), (printer, printer_name) = a_line(), a_line()
    kept, paper, said = Remembered(), bytearray(), bytearray()
    line = SerialLine(Wires(till_name, printer_name), Pump(STAMPING, kept.keep))
    await line.open()
    await until(lambda: line.has_printer)
    for byte in (SALE[:40], SALE[40:]):
        os.write(till, byte)
        await asyncio.sleep(0.05)
    await until(lambda: heard(printer, paper).endswith(CUT))
    os.write(printer, b"\x12")
    await until(lambda: heard(till, said) == b"\x12")
    await line.close()

    assert paper.startswith(SALE[:-9])
    assert f"https://e.example.cn/r/{kept.papers[0].code}".encode() in paper
    assert [one.reading.order_no for one in kept.papers] == ["A7"]


async def test_a_serial_device_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(OSError, match="No such"):
        await SerialLine(Wires("/dev/none", "/dev/none"), Pump(STAMPING, Remembered().keep)).open()


class Printer:
    def __init__(self) -> None:
        self.paper = bytearray()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            self.paper += data
        writer.close()


async def test_files_are_printed_in_order_when_the_printer_is_on_again(tmp_path: Path) -> None:
    printer, kept = Printer(), Remembered()
    server = await asyncio.start_server(printer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    line = FolderLine(Drop(str(tmp_path), "127.0.0.1", port), Pump(STAMPING, kept.keep))
    await line.open()
    (tmp_path / "0001.tmp").write_bytes(b"not whole yet")
    (tmp_path / "0002.prn").write_bytes(SALE)
    (tmp_path / "0003.prn").write_bytes(SALE.replace(b"A7", b"A8"))
    await until(lambda: line.has_printer is False)
    server = await asyncio.start_server(printer.serve, "127.0.0.1", port)
    await until(lambda: names(tmp_path / "done") == ["0002.prn", "0003.prn"])
    await line.close()
    server.close()

    assert [one.reading.order_no for one in kept.papers] == ["A7", "A8"]
    assert [printer.paper.index(b"A7") < printer.paper.index(b"A8")] == [True]
    assert printer.paper.count(CUT) == 2
    assert names(tmp_path) == ["0001.tmp", "done"]


async def test_a_file_that_was_begun_is_printed_again_whole_and_marked(tmp_path: Path) -> None:
    printer, kept = Printer(), Remembered()
    server = await asyncio.start_server(printer.serve, "127.0.0.1", 0)
    (tmp_path / "0001.prn.printing").write_bytes(SALE)
    port = server.sockets[0].getsockname()[1]
    line = FolderLine(Drop(str(tmp_path), "127.0.0.1", port), Pump(STAMPING, kept.keep))
    await line.open()
    await until(lambda: names(tmp_path / "done") == ["0001.prn"])
    await line.close()
    server.close()

    assert printer.paper.startswith(AGAIN + SALE[:-9])


def a_box_at(home: Path, **more: Any) -> Box:
    said = {
        "box": "box-1",
        "store_id": 3,
        "url": "https://e.example.cn/r/",
        "key": {"kid": 7, "secret": b"0123456789abcdef".hex()},
        "printer": {"printer_host": "127.0.0.1", "host": "127.0.0.1", "port": 0},
        **more,
    }
    (home / "box.json").write_text(json.dumps(said))
    return Box(load(home / "box.json"))


def test_settings_of_no_mode_are_told_in_words(tmp_path: Path) -> None:
    for odd in ({"mode": "pigeon"}, {"mode": "serial", "till": "x"}, {"printer_hos": "x"}):
        box = a_box_at(tmp_path, printer=odd)
        with pytest.raises(ValueError, match=r"mode|printer"):
            line_of(box.settings, Pump(box.stamp, box.keep))
        box.spool.close()


async def seen_by(box: Box, raw: bytes) -> list[dict[str, Any]]:
    """What waits for the platform after a paper of these bytes."""
    pump = Pump(box.stamp, box.keep)
    tail = pump.tail()
    for part in [*tail.feed(raw), *tail.end()]:
        if isinstance(part, Seen):
            await pump.remember(part)
    await pump.settle(2)
    return [entry.body for entry in box.spool.waiting()]


async def test_a_picture_waits_for_a_person_once_and_a_logo_does_not(tmp_path: Path) -> None:
    box = a_box_at(tmp_path)
    await seen_by(box, a_picture_paper(20))
    await seen_by(box, a_picture_paper())
    [task] = await seen_by(box, a_picture_paper())  # printed again
    [key] = box.spool.waiting_keys()

    assert (task["doubts"], "order" in task) == (["picture"], False)
    assert box.spool.raw_of(key) is not None
    box.spool.done(key)
    assert box.spool.raw_of(key) is None
    box.spool.close()


async def test_what_a_program_reads_in_a_picture_is_a_proposal(tmp_path: Path) -> None:
    box = a_box_at(tmp_path, ocr=[sys.executable, "-c", EYE.format(said=BODY)])
    await seen_by(box, a_picture_paper())
    await until(lambda: box.spool.count == 1)
    [task] = [entry.body for entry in box.spool.waiting()]

    assert (task["doubts"], task["order"]["order_no"]) == (["picture"], "A7")
    box.spool.close()


async def test_a_program_that_fails_reads_nothing() -> None:
    assert await lines_by([sys.executable, "-c", "raise SystemExit(3)"], b"") == []
    assert await lines_by(["/nowhere/eye"], b"") == []


def test_pictures_of_every_command_are_drawn_alike() -> None:
    rows = [bytes([1 << (at % 8)] * 2) for at in range(24)]
    raster = b"\x1dv0\x00\x02\x00\x18\x00" + b"".join(rows)
    graphics = b"\x1d(L\x3a\x000p0\x01\x011\x10\x00\x18\x00" + b"".join(rows)
    columns = bytearray()
    for x in range(16):
        for strip in range(3):
            bits = [rows[strip * 8 + y][x // 8] >> (7 - x % 8) & 1 for y in range(8)]
            columns.append(int("".join(map(str, bits)), 2))
    column_mode = b"\x1b*\x21\x10\x00" + bytes(columns)

    drawn = [picture_of(raw) for raw in (raster, graphics, column_mode)]
    assert [picture.rows for picture in drawn if picture] == [tuple(rows)] * 3
    assert drawn[0] is not None
    assert png_of(drawn[0]).startswith(b"\x89PNG")
    assert picture_of(b"no picture") is None


async def test_a_box_on_a_folder_killed_inside_a_job_prints_it_whole(tmp_path: Path) -> None:
    printer = Printer()
    server = await asyncio.start_server(printer.serve, "127.0.0.1", 0)
    folder = tmp_path / "queue"
    port = server.sockets[0].getsockname()[1]
    drop = {"mode": "files", "folder": str(folder), "printer_host": "127.0.0.1"}
    box = a_box_at(tmp_path, printer={**drop, "printer_port": port})
    box.spool.close()
    folder.mkdir()
    (folder / "1.prn.printing").write_bytes(SALE)
    (folder / "2.prn").write_bytes(SALE.replace(b"A7", b"A8"))
    words = ("-m", "app", "box", "run", "--settings", str(tmp_path / "box.json"))
    for how in (signal.SIGKILL, signal.SIGTERM):
        child = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=Path(__file__).parents[3], stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout
        await child.stdout.readline()
        await until(lambda: b"A8" in printer.paper)
        await asyncio.sleep(0.3)
        child.send_signal(how)
        await child.wait()
    server.close()
    orders = a_box_at(tmp_path).spool
    found = [entry.body["order"]["order_no"] for entry in orders.waiting()]
    orders.close()

    assert printer.paper.count(CUT) == 2
    assert found == ["A7", "A8"]
