"""How fast a list of 100,000 members leaves as CSV, in how much memory, and what orders feel of it.

The worker is a process of its own, as in a shop; orders are placed here meanwhile, at a steady pace
and not as fast as they go: what is asked is whether buyers wait longer.
"""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from tortoise.context import TortoiseContext

from app.bench.crm.brand import Brand
from app.bench.crm.figures import Figure
from app.wiring import orm_config, wire
from app.worker import give_way
from core.database import sql
from core.security.scope import Role, Scope
from core.security.vault import encrypt
from core.settings import Settings, configure, current
from crm.exports.queries import Format, Use, export_view
from crm.exports.service import Order, make_list, want_export, write_file
from trade.orders.service import OrderedLine, PlaceOrder, place_order
from trade.stock.service import receive_stock

ROWS, PACE_S, QUIET_S, ROUNDS = 100_000, 0.02, 15.0, 3
COLUMNS = (
    "people.phone",
    "people.joined",
    "people.entrance",
    "points.balance",
    "orders.total",
    "orders.last",
    "tags.has",
)
STAFF = """
INSERT INTO stores_staff (user_id, name, display_name, role, is_active)
VALUES ('bench', '导出', '导出', 'marketer', true) RETURNING id
"""
PHONES = "SELECT id, member_id FROM people_identity WHERE kind = 'phone' AND member_id <= $1"
SEAL = """
UPDATE people_identity AS p SET cipher = s.cipher
FROM unnest($1::bigint[], $2::text[]) AS s (id, cipher) WHERE p.id = s.id
"""
PRICES = """
INSERT INTO promotions_program_rate (version, points_per_yuan, commission_bp, share_bp,
    points_a_yuan, points_step, points_cap_bp, valid_from)
SELECT 1, 1, 300, 7000, 100, 100, 1000, '2020-01-01'
WHERE NOT EXISTS (SELECT FROM promotions_program_rate)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What the worker process saw: seconds for list and file, and its greatest size in MB."""

    seconds: float
    peak_mb: float
    idle_mb: float
    cpu_s: float


async def measure(brand: Brand) -> list[Figure]:
    """Exports of the first 100,000 members, masked, alone and beside orders."""
    rows = min(ROWS, brand.members)
    configure(current().model_copy(update={"export_rows_alone": rows, "max_open_orders": 10**6}))
    await _seal_phones(rows)
    scope = Scope(Role.MARKETER, staff_id=(await sql(STAFF))[0]["id"])
    await sql(PRICES)
    await receive_stock(cause="bench:export", sku_id=1, store_id=1, quantity=100_000)
    csv, book = [await _export_alone(scope, kind) for kind in (Format.CSV, Format.XLSX)]
    about = f"{rows:,} rows of {len(COLUMNS) + 2} cells, {csv.cpu_s:.1f} s of them its worker's CPU"
    quiet, busy = await _orders_beside(scope)
    return [
        Figure("CSV export of 100,000 rows", csv.seconds, "s", 10, note=about),
        Figure(
            "  its worker's memory, at most",
            csv.peak_mb,
            "MB",
            200,
            note=f"{csv.idle_mb:.0f} MB idle",
        ),
        Figure(
            "XLSX export of the same", book.seconds, "s", note=f"{book.cpu_s:.1f} s of them CPU"
        ),
        Figure("  its worker's memory, at most", book.peak_mb, "MB", 200),
        Figure(
            "order p99 beside exports over p99 alone",
            busy / quiet,
            "x",
            1.2,
            note=_p99s(quiet, busy),
        ),
    ]


def _p99s(quiet: float, busy: float) -> str:
    return f"{quiet:.1f} ms alone, {busy:.1f} ms beside, an order every {PACE_S * 1000:.0f} ms"


async def _seal_phones(rows: int) -> None:
    """Real ciphers, since opening and masking them is half the work."""
    found = await sql(PHONES, rows)
    for at in range(0, len(found), 10_000):
        ids = [row["id"] for row in found[at : at + 10_000]]
        texts = [f"138{id_ % 10**8:08}" for id_ in ids]
        ciphers = [
            encrypt(text, bound_to=f"identity:{id_}") for id_, text in zip(ids, texts, strict=True)
        ]
        await sql(SEAL, ids, ciphers)


async def _ask(scope: Scope, kind: Format) -> tuple[str, int]:
    order = Order(
        condition={"everyone": True},
        columns=COLUMNS,
        format=kind,
        use=Use.SERVICE,
        reason="量一量导出",
        receiver="压测",
        keep_days=1,
    )
    public_id = await want_export(scope=scope, order=order, key=str(time.monotonic_ns()))
    [row] = await sql("SELECT id FROM exports_export WHERE public_id = $1", public_id)
    return public_id, row["id"]


async def _export(worker: "Worker", scope: Scope, kind: Format) -> Written:
    public_id, export_id = await _ask(scope, kind)
    written = await worker.write(export_id)
    view = await export_view(scope, public_id)
    if view.state != "ready" or not view.members:
        raise RuntimeError(f"the export is {view.state}: {view.why} {view.members}")
    return written


async def _export_alone(scope: Scope, kind: Format) -> Written:
    """By a worker that did nothing before, so that its greatest size is this list's."""
    with worker() as fresh:
        return await _export(fresh, scope, kind)


@dataclass(frozen=True, slots=True)
class Worker:
    """A process of its own that waits for work, as in a shop."""

    pipe: Connection

    async def write(self, export_id: int) -> Written:
        self.pipe.send(export_id)
        return Written(*await asyncio.to_thread(self.pipe.recv))


@contextmanager
def worker() -> Iterator[Worker]:
    """Ready when it is there: what it imports is no part of a list."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(current(), theirs))
    process.start()
    try:
        ours.recv()
        yield Worker(ours)
    finally:
        ours.send(None)
        process.join()


def _work(settings: Settings, pipe: Connection) -> None:
    give_way()
    wire(settings)
    asyncio.run(_serve(settings, pipe))


async def _serve(settings: Settings, pipe: Connection) -> None:
    assert settings.database_url
    async with TortoiseContext() as context:
        await context.init(config=orm_config(settings.database_url))
        idle = _size_mb()
        pipe.send("ready")
        while export_id := await asyncio.to_thread(pipe.recv):
            began, before = time.monotonic(), time.process_time()
            await make_list(export_id)
            await write_file(export_id)
            spent = time.monotonic() - began
            pipe.send((spent, _size_mb(), idle, time.process_time() - before))


def _size_mb() -> float:
    """At its greatest; `getrusage` would count the process that began this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


async def _orders_beside(scope: Scope) -> tuple[float, float]:
    """p99 of placing an order in ms: alone, and while lists are written one after the other."""
    quiet, busy = [], []
    async with _buyers() as times:
        with worker() as there:
            await asyncio.sleep(QUIET_S)  # compiled and warm
            for _ in range(ROUNDS):
                times.clear()
                await asyncio.sleep(QUIET_S)
                quiet.append(_p99(times))
                times.clear()
                ends = time.monotonic() + QUIET_S
                while time.monotonic() < ends:
                    await _export(there, scope, Format.CSV)
                busy.append(_p99(times))
    return median(quiet), median(busy)


@asynccontextmanager
async def _buyers() -> AsyncIterator[list[float]]:
    times: list[float] = []
    placing = asyncio.create_task(_buy(times))
    try:
        yield times
    finally:
        placing.cancel()
        await asyncio.gather(placing, return_exceptions=True)


async def _buy(times: list[float]) -> None:
    number = 0
    while True:
        began = time.perf_counter()
        cart = PlaceOrder(
            store_id=1,
            lines=(OrderedLine(1, 1),),
            member_id=1 + number,
            idempotency_key=f"beside-{number:08}",
        )
        await place_order(cart)
        times.append((time.perf_counter() - began) * 1000)
        number += 1
        await asyncio.sleep(max(PACE_S - (time.perf_counter() - began), 0))


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]
