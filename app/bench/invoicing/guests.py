"""The guests of the peak: raw sockets, one phone each, arriving whether or not the shop keeps up.

A process of its own, so that what it costs is not counted as the shop's. It reads one line of JSON
on standard input (`port`, `codes`, `a_second`) and writes one on standard output.
"""

import asyncio
import json
import resource
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

import uvloop

FORM = urlencode(
    {
        "kind": "enterprise",
        "title": "某某商贸（上海）有限公司",
        "tax_no": "11310115MA4R207G5L",
        "pressed": "send",
    }
).encode()
PATIENCE_S = 60


@dataclass(slots=True)
class Crowd:
    """What the guests met: seconds of each page and of each form, and everything but a yes."""

    pages: list[float] = field(default_factory=list)
    forms: list[float] = field(default_factory=list)
    refused: int = 0

    def report(self) -> dict[str, Any]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "page_p50_ms": _rank(self.pages, 50),
            "page_p95_ms": _rank(self.pages, 95),
            "page_p99_ms": _rank(self.pages, 99),
            "form_p95_ms": _rank(self.forms, 95),
            "refused": self.refused,
            "cpu_s": used.ru_utime + used.ru_stime,
        }


class Guest(asyncio.Protocol):
    """One scan: the page, then the form, then away."""

    def __init__(self, crowd: Crowd, code: str) -> None:
        self.crowd, self.code, self.buffer = crowd, code, b""
        self.began, self.has_page = time.perf_counter(), False
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.transport.write(f"GET /i/{self.code} HTTP/1.1\r\nhost: bench\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, body = self.buffer.partition(b"\r\n\r\n")
        if gap and len(body) >= _length(head):
            self.buffer = b""
            self._answered(int(head[9:12]))

    def _answered(self, status: int) -> None:
        now = time.perf_counter()
        spent, wanted = (self.crowd.forms, 303) if self.has_page else (self.crowd.pages, 200)
        spent.append(now - self.began)
        self.crowd.refused += status != wanted
        if self.has_page or status != wanted:
            self.transport.close()
            return
        self.has_page, self.began = True, now
        self.transport.write(_form(self.code))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def _form(code: str) -> bytes:
    head = f"POST /i/{code} HTTP/1.1\r\nhost: bench\r\ncontent-length: {len(FORM)}\r\n"
    return f"{head}content-type: application/x-www-form-urlencoded\r\n\r\n".encode() + FORM


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


async def _come(crowd: Crowd, port: int, code: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            loop = asyncio.get_running_loop()
            _, guest = await loop.create_connection(lambda: Guest(crowd, code), "127.0.0.1", port)
            await guest.ended
    except (OSError, TimeoutError):
        crowd.refused += 1


async def arrive(port: int, codes: list[str], a_second: float) -> Crowd:
    """All of them, evenly; answers when the last one has gone."""
    crowd, began = Crowd(), time.perf_counter()
    async with asyncio.TaskGroup() as guests:
        for number, code in enumerate(codes):
            await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
            guests.create_task(_come(crowd, port, code))
    return crowd


def _rank(spent: list[float], rank: int) -> float:
    if len(spent) < 2:
        return 0.0
    return round(1000 * statistics.quantiles(spent, n=100, method="inclusive")[rank - 1], 1)


def main() -> None:
    spec = json.loads(sys.stdin.readline())
    uvloop.install()
    crowd = asyncio.run(arrive(spec["port"], spec["codes"], spec["a_second"]))
    sys.stdout.write(json.dumps(crowd.report()) + "\n")


if __name__ == "__main__":
    main()
