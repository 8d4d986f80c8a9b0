"""`daogou bench box`: what a code box adds to the way from till to printer, in one run.

Till and printer are this process, the box is one of its own, with one thread that works.
Receipts go alternately straight to the printer and through the box; a receipt is there when
its cut is.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CUT = b"\x1dV\x00"
GOODS = [("牛肉面", 1800), ("蓝月亮洗衣液薰衣草3kg", 4990), ("女士羊毛混纺双面呢外套", 119900)]
LINES = 12


class Printer:
    """Counts the cuts that arrive."""

    def __init__(self) -> None:
        self._cuts = 0
        self._more = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self._cuts += data.count(CUT)
            self._more.set()
        writer.close()

    async def reach(self, cuts: int) -> None:
        while self._cuts < cuts:
            self._more.clear()
            await self._more.wait()

    @property
    def cuts(self) -> int:
        return self._cuts


def a_receipt(number: int) -> bytes:
    """A receipt of twelve lines, with its feeds and cut."""
    chosen = [GOODS[(number + at) % len(GOODS)] for at in range(LINES)]
    rows = [f"{name:<16}{fen / 100:>9.2f}{1:>6}{fen / 100:>11.2f}" for name, fen in chosen]
    due = sum(fen for _, fen in chosen) / 100
    head = ["街角百货", f"单号:B{number:08d}", "时间:2026-03-04 10:33:20", "-" * 48]
    foot = ["-" * 48, f"合计 {due:.2f}", f"应收 {due:.2f}", f"微信支付 {due:.2f}", "谢谢惠顾"]
    text = "\n".join([*head, "品名      单价  数量   金额", "-" * 48, *rows, *foot, "", "", ""])
    return b"\x1b@" + text.encode("gb18030") + b"\x1bd\x03" + CUT


def measure_box(*, receipts: int) -> dict[str, Any]:
    """Run it all; milliseconds and jobs a minute."""
    with tempfile.TemporaryDirectory(prefix="daogou-bench-") as home:
        return asyncio.run(_measure(Path(home), receipts))


async def _measure(home: Path, receipts: int) -> dict[str, Any]:
    printer = Printer()
    server = await asyncio.start_server(printer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = time.perf_counter()
    box, box_port = await _start(home, port)
    started = time.perf_counter() - began
    try:
        direct, through = await _alternately(printer, (port, box_port), receipts)
        a_minute = await _burst(printer, box_port, receipts)
        peak = _peak_mb(box.pid)
    finally:
        box.terminate()
        await box.wait()
        server.close()
    return _report(direct, through) | {
        "jobs_a_minute": a_minute,
        "start_s": round(started, 2),
        "peak_mb": peak,
        "receipts": receipts,
        "orders_kept": (home / "spool" / "orders.log").read_bytes().count(b'"body"'),
    }


async def _start(home: Path, port: int) -> tuple[asyncio.subprocess.Process, int]:
    settings = {
        "box": "bench",
        "store_id": 1,
        "url": "https://e.example.cn/r/",
        "key": {"kid": 1, "secret": os.urandom(16).hex()},
        "printer": {
            "printer_host": "127.0.0.1",
            "printer_port": port,
            "host": "127.0.0.1",
            "port": 0,
        },
    }
    path = home / "box.json"
    path.write_text(json.dumps(settings))
    box = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "box", "run", "--settings", str(path)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert box.stdout
    return box, json.loads(await box.stdout.readline())["listening"]


async def _alternately(
    printer: Printer, ports: tuple[int, int], receipts: int
) -> tuple[list[float], list[float]]:
    tills = [await asyncio.open_connection("127.0.0.1", port) for port in ports]
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(receipts):
        for (_, writer), seen in zip(tills, times, strict=True):
            wanted = printer.cuts + 1
            began = time.perf_counter()
            writer.write(a_receipt(number))
            await printer.reach(wanted)
            seen.append((time.perf_counter() - began) * 1000)
    for _, writer in tills:
        writer.close()
    return times


async def _burst(printer: Printer, port: int, receipts: int) -> int:
    """As fast as the box takes them, on one connection."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    wanted, began = printer.cuts + receipts, time.perf_counter()
    for number in range(receipts, 2 * receipts):
        writer.write(a_receipt(number))
        await writer.drain()
    await printer.reach(wanted)
    writer.close()
    return int(receipts / (time.perf_counter() - began) * 60)


def _report(direct: list[float], through: list[float]) -> dict[str, Any]:
    added = [box - statistics.median(direct) for box in through]
    ms = {"direct": direct, "through": through, "added": added}
    return {
        f"{name}_{at}_ms": _quantile(seen, part) for name, seen in ms.items() for at, part in _AT
    }


_AT = (("p50", 0.50), ("p99", 0.99))


def _quantile(values: list[float], part: float) -> float:
    return round(sorted(values)[min(int(len(values) * part), len(values) - 1)], 2)


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1)


def show(report: dict[str, Any]) -> str:
    """The report for people."""
    return "\n".join(f"{name:<16} {value}" for name, value in report.items())
