"""The crowd of the order bench: raw sockets, requests built before the clock starts.

A process of its own, so that the shop's process has its core for itself. It reads one line of JSON
on standard input and writes one on standard output.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

import uvloop


@dataclass(slots=True)
class Run:
    """What is asked, how often, and what came of it. `rate` 0: as fast as answers come."""

    requests: list[bytes]
    seconds: float
    rate: float = 0.0
    began: float = 0.0
    sent: int = 0
    spent: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def next(self) -> tuple[bytes, float] | None:
        """A request and the moment it is due; None when the run is over."""
        now = time.perf_counter()
        due = self.began + self.sent / self.rate if self.rate else now
        if max(now, due) > self.began + self.seconds or self.sent >= len(self.requests):
            return None
        self.sent += 1
        return self.requests[self.sent - 1], due

    def note(self, head: bytes, body: bytes, due: float) -> None:
        status = int(head[9:12])
        self.spent.append(time.perf_counter() - due)
        self.statuses[status] += 1
        if status >= 400:
            self.codes[json.loads(body)["error"]["code"]] += 1


class Connection(asyncio.Protocol):
    """One shopper: asks, waits for the whole answer, asks again."""

    def __init__(self, run: Run) -> None:
        self.run, self.ended = run, asyncio.get_running_loop().create_future()
        self.buffer, self.due = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._ask()

    def _ask(self) -> None:
        asked = self.run.next()
        if asked is None:
            self.transport.close()
            return
        request, self.due = asked
        wait = self.due - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self.transport.write, request)
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, body = self.buffer.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self.buffer = b""
        self.run.note(head, body, self.due)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


async def drive(run: Run, ports: list[int], connections: int) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    run.began = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", ports[n % len(ports)])
        for n in range(connections)
    ]
    await asyncio.wait_for(
        asyncio.gather(*[protocol.ended for _, protocol in made]), run.seconds + 60
    )
    spent = sorted(run.spent)
    return {
        "count": len(spent),
        "ok": sum(count for status, count in run.statuses.items() if status < 400),
        "seconds": time.perf_counter() - run.began,
        "statuses": dict(run.statuses),
        "codes": dict(run.codes),
        **{f"p{rank}_ms": _rank(spent, rank) for rank in (50, 95, 99)},
    }


def _rank(spent: list[float], rank: int) -> float:
    return round(1000 * spent[min(len(spent) - 1, len(spent) * rank // 100)], 2) if spent else 0.0


def requests_of(spec: dict[str, Any]) -> list[bytes]:
    """`asks` are [method, path, token, body or None]; a body gets a key of its own."""
    return [_request(*ask) for ask in spec["asks"]]


def _request(method: str, path: str, token: str, body: str | None) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "host: bench", f"authorization: Bearer {token}"]
    raw = (body or "").encode()
    if body is not None:
        head += ["content-type: application/json", f"idempotency-key: {uuid4().hex}"]
        head += [f"content-length: {len(raw)}"]
    return "\r\n".join([*head, "", ""]).encode() + raw


def main() -> None:
    spec = json.loads(sys.stdin.readline())
    run = Run(requests_of(spec), spec["seconds"], spec.get("rate", 0.0))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()  # the word to begin
    uvloop.install()
    answer = asyncio.run(drive(run, spec["ports"], spec["connections"]))
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
