"""Orders survive a dead box, a torn disk and an absent platform, and arrive once."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from devices.box.spool import Entry, Spool
from devices.box.upload import Uploader

ROOT = Path(__file__).parents[3]
BODY = (
    "街角面馆\n单号:A7\n2025-11-09 10:33:20\n牛肉面 2 36.00\n合计 36.00\n现金 50.00\n找零 14.00\n"
)
SALE = b"\x1b@" + BODY.encode("gb18030") + b"\n\n\x1bd\x03\x1dV\x00"


def until(holds: Callable[[], object], seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_what_waits_is_there_again_after_a_restart_and_what_is_done_is_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert [spool.add(key, {"no": key}) for key in ("a", "b", "a")] == [True, True, False]
    spool.done("a")
    spool.close()
    again = Spool(tmp_path)

    assert again.waiting() == [Entry("b", {"no": "b"})]
    assert not again.add("a", {})
    again.close()


@pytest.mark.parametrize("torn", [1, 9, 20])
def test_a_line_torn_by_a_power_cut_is_left_behind_alone(tmp_path: Path, torn: int) -> None:
    spool = Spool(tmp_path)
    spool.add("a", {"n": 1})
    spool.add("b", {"n": 2})
    spool.close()
    log = tmp_path / "orders.log"
    log.write_bytes(log.read_bytes()[:-torn])
    again = Spool(tmp_path)
    again.add("c", {"n": 3})
    again.close()

    # one byte short, only the line's end is missing: the line itself is whole
    kept = ["a", "b", "c"] if torn == 1 else ["a", "c"]
    last = Spool(tmp_path)
    assert [entry.key for entry in last.waiting()] == kept
    last.close()


async def test_a_platform_away_for_long_gets_everything_later_once_and_in_order(
    tmp_path: Path,
) -> None:
    spool, got, fails = Spool(tmp_path), list[str](), iter([True, True, False, False, True, False])

    async def send(entry: Entry) -> bool:
        if next(fails, False):
            raise ConnectionRefusedError
        got.append(entry.key)
        return True

    uploader = Uploader(spool, send, first_wait=0.001)
    running = asyncio.create_task(uploader.run())
    for key in "abc":
        spool.add(key, {})
    uploader.ring()
    async with asyncio.timeout(5):
        while spool.waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()

    assert got == ["a", "b", "c"]
    spool.close()


class Shop:
    """A printer, a platform and a box process between them, on this machine."""

    def __init__(self, home: Path) -> None:
        self.home, self.paper, self.orders = home, bytearray(), list[dict[str, Any]]()
        self.is_platform_away = False
        self._printer = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._print, daemon=True).start()
        self._platform = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._platform.serve_forever, daemon=True).start()
        self.box: subprocess.Popen[str] | None = None
        self.port = 0
        settings = {
            "box": "box-1",
            "store_id": 3,
            "url": "https://e.example.cn/r/",
            "key": {"kid": 7, "secret": b"0123456789abcdef".hex()},
            "printer": {
                "printer_host": "127.0.0.1",
                "printer_port": self._printer.getsockname()[1],
                "host": "127.0.0.1",
                "port": 0,
            },
            "platform": {"url": f"http://127.0.0.1:{self._platform.server_port}/box/orders"},
        }
        (home / "box.json").write_text(json.dumps(settings))

    def _print(self) -> None:
        while True:
            try:
                connection, _ = self._printer.accept()
            except OSError:
                return
            threading.Thread(target=self._take, args=(connection,), daemon=True).start()

    def _take(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(4096):
                    self.paper += data
            except OSError:
                return

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not shop.is_platform_away:
                    shop.orders.append(body)
                self.send_response(503 if shop.is_platform_away else 201)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        return Handler

    def start(self) -> None:
        self.box = subprocess.Popen(
            [sys.executable, "-m", "app", "box", "run", "--settings", str(self.home / "box.json")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.box.stdout
        self.port = json.loads(self.box.stdout.readline())["listening"]

    def stop(self, how: signal.Signals) -> None:
        assert self.box
        assert self.box.stdout
        self.box.send_signal(how)
        self.box.wait(10)
        self.box.stdout.close()

    def close(self) -> None:
        if self.box and self.box.poll() is None:
            self.stop(signal.SIGTERM)
        self._printer.close()
        self._platform.shutdown()
        self._platform.server_close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


def till(shop: Shop, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", shop.port))
    connection.sendall(data)
    return connection


def test_a_box_killed_inside_a_paper_prints_it_whole_the_second_time_and_tells_one_order(
    shop: Shop,
) -> None:
    shop.start()
    with till(shop, SALE[:70]):
        until(lambda: len(shop.paper) == 70)
        shop.stop(signal.SIGKILL)
    shop.paper.clear()
    shop.start()
    with till(shop, SALE):  # the till saw the connection break and prints again
        until(lambda: shop.paper.endswith(b"\x1dV\x00"))
    until(lambda: shop.orders)

    assert shop.paper.startswith(SALE[:-9])
    assert b"https://e.example.cn/r/" + shop.orders[0]["code"].encode() in shop.paper
    assert [order["order"]["order_no"] for order in shop.orders] == ["A7"]


def test_a_box_killed_before_the_upload_tells_the_order_once_when_it_is_back(shop: Shop) -> None:
    shop.is_platform_away = True
    shop.start()
    with till(shop, SALE):
        until(lambda: shop.paper.endswith(b"\x1dV\x00"))
    shop.stop(signal.SIGKILL)  # the QR is on the paper: the order must be on the disk
    shop.is_platform_away = False
    shop.start()
    with till(shop, SALE):  # a copy of the same sale
        until(lambda: shop.paper.count(b"\x1dV\x00") == 2)
    until(lambda: shop.orders)
    time.sleep(0.2)

    assert [order["order"]["totals"]["due"] for order in shop.orders] == ["36.00"]


def test_a_box_starts_within_a_second_and_stays_small(shop: Shop) -> None:
    began = time.monotonic()
    shop.start()
    took = time.monotonic() - began
    assert shop.box
    with till(shop, SALE * 50):
        until(lambda: shop.paper.count(b"\x1dV\x00") == 50)
    status = Path(f"/proc/{shop.box.pid}/status").read_text(encoding="ascii")
    kilobytes = int(status.split("VmHWM:")[1].split()[0])

    assert took < 2.0  # one second on a machine that does nothing else
    assert kilobytes < 60_000


async def test_a_day_without_the_platform_costs_disk_alone_and_ends_in_order(
    tmp_path: Path,
) -> None:
    spool, got = Spool(tmp_path), list[int]()
    for at in range(300):
        spool.add(f"{at:032x}", {"n": at, "text": "x" * 500}, raw=b"paper" * 100)
    spool.close()
    again = Spool(tmp_path)  # the box was switched off at night
    assert again.count == 300
    assert not any("x" * 100 in str(place) for place in vars(again)["_waiting"].values())

    async def send(entry: Entry) -> bool:
        got.append(entry.body["n"])
        return True

    assert await Uploader(again, send).round()
    assert (got, again.count) == (list(range(300)), 0)
    assert list((tmp_path / "raw").iterdir()) == []
    again.close()
