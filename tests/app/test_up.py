"""`daogou up` as a person uses it: Ctrl-C closes all of it, kill -9 too, and the data stay."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from socket import create_server
from uuid import uuid4

import httpx2
import pytest

from app.embedded import data_home
from app.household import ROOT
from app.opening import PRINTERS, SMTP, WORLD
from app.ports import PortTaken, check_free

STORE, SKU = "S003", "P1001-11"


def a_port() -> int:
    """One whose neighbours, which the sandbox takes, are free too; below those the kernel lends."""
    while True:
        port = random.SystemRandom().randrange(20_000, 30_000)
        try:
            check_free(port + far for far in (0, WORLD, SMTP, *range(PRINTERS, PRINTERS + 8)))
        except PortTaken:
            continue
        return port


def descendants(pid: int) -> set[int]:
    """Everybody that a process started, and whom they started."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, asked = set[int](), [pid]
    while asked:
        new = children.get(asked.pop(), [])
        found |= set(new)
        asked += new
    return found


def wait_until_gone(pids: set[int], seconds: float = 30) -> set[int]:
    """Who is still there in the end."""
    end, left = time.monotonic() + seconds, pids
    while left and time.monotonic() < end:
        left = {pid for pid in pids if is_alive(pid)}
        time.sleep(0.1)
    return left


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Shop:
    """One home, opened again and again on the same port."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, a_port()
        self.url, self.world = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port + 1}"
        self.process: subprocess.Popen[str] | None = None

    def open(self) -> str:
        """What it printed until it was open."""
        command = [sys.executable, "-m", "app", "up"]
        self.process = subprocess.Popen(
            [*command, "--home", str(self.home), "--port", str(self.port)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                return "".join(said)
        raise AssertionError(f"it did not open: {''.join(said)}")

    def end(self, number: signal.Signals) -> tuple[int, set[int]]:
        """Its exit code, and who of its processes is still there half a minute later."""
        assert self.process is not None
        family = descendants(self.process.pid)
        assert len(family) >= 5, "data servers, sandbox, worker and web"
        self.process.send_signal(number)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code, wait_until_gone(family)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home: Path = tmp_path_factory.mktemp("up")
    opened = Shop(home)
    yield opened
    if opened.process is not None and opened.process.poll() is None:
        opened.end(signal.SIGTERM)
    shutil.rmtree(data_home(home), ignore_errors=True)


class Shopper:
    """Somebody who orders, and comes back with the same session."""

    def __init__(self, shop: Shop) -> None:
        code = httpx2.post(f"{shop.world}/_sim/users/u1/login", json={}).json()["js_code"]
        answer = httpx2.post(f"{shop.url}/api/v1/login", json={"code": code}).json()
        self.headers = {"authorization": f"Bearer {answer['token']}"}

    def order(self, shop: Shop) -> None:
        wanted = {
            "storeCode": STORE,
            "lines": [{"skuCode": SKU, "quantity": 1}],
            "delivery": "pickup",
        }
        key = {"idempotency-key": uuid4().hex}
        headers = self.headers | key
        placed = httpx2.post(f"{shop.url}/api/v1/orders", json=wanted, headers=headers, timeout=30)
        assert placed.status_code == 201, placed.text

    def sees(self, shop: Shop) -> tuple[str, list[str]]:
        """Who they are, and their orders."""
        me = httpx2.get(f"{shop.url}/api/v1/me", headers=self.headers, timeout=30).json()
        mine = httpx2.get(f"{shop.url}/api/v1/orders", headers=self.headers, timeout=30).json()
        return me["memberId"], [order["orderNo"] for order in mine["items"]]


def test_ctrl_c_closes_all_of_it_and_the_next_start_finds_the_data_even_after_kill_9(
    shop: Shop,
) -> None:
    said = shop.open()
    assert "zongbu" in said
    assert "daogou-demo" in said
    shopper = Shopper(shop)
    shopper.order(shop)
    before = shopper.sees(shop)
    assert len(before[1]) == 1
    assert shop.end(signal.SIGINT) == (0, set())

    shop.open()
    assert shopper.sees(shop) == before
    assert shop.end(signal.SIGKILL) == (-signal.SIGKILL, set())

    shop.open()
    assert shopper.sees(shop) == before
    shopper.order(shop)
    assert shop.end(signal.SIGTERM) == (0, set())


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "app", "up", "--home", str(tmp_path), "--port", str(port)]
        answer = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)

    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Error: Port {port} is in use.")
    assert "Traceback" not in answer.stderr
    assert list(tmp_path.iterdir()) == []
