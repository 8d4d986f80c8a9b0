"""How fast a segment is counted while it is written, and how fast fifty are worked out."""

import time

from app.bench.crm.brand import Brand
from app.bench.crm.figures import Figure, p95
from app.bench.crm.references import TEN, fifty
from core.database import sql
from core.security.scope import Role, Scope
from crm.segments.queries import Count, count_now, parse
from crm.segments.service import (
    SegmentDraft,
    follow_changes,
    mark_changed,
    refresh_due,
    save_segment,
)

ROUNDS = 5
MARKETER = Scope(Role.MARKETER, staff_id=1)
CHANGED = 200


async def measure(brand: Brand) -> list[Figure]:
    """Needs a brand in which nothing was saved yet."""
    return [*await _live(brand), *await _full(brand), await _followed()]


async def _live(brand: Brand) -> list[Figure]:
    every, found = list[float](), list[Figure]()
    for name, data in TEN.items():
        condition = parse(data)
        exact = await count_now(condition, is_exact=True)
        counts = [await count_now(condition) for _ in range(ROUNDS)]
        times = [float(count.took_ms) for count in counts]
        every += times
        found.append(Figure(f"  {name}", p95(times), "ms", note=_about(counts, exact)))
        brand.tell(f"  {name}: {times} ms; {_about(counts, exact)}")
    held = f"{len(TEN)} segments x {ROUNDS}"
    return [Figure("live segment count, p95", p95(every), "ms", 500, note=held), *found]


def _about(counts: list[Count], exact: Count) -> str:
    told = f"exactly {exact.members:,} in {exact.took_ms} ms"
    if all(count.is_exact for count in counts):
        return f"{told}; told exactly"
    right = sum(count.low <= exact.members <= count.high for count in counts)
    last = counts[-1]
    return f"{told}; sampled {last.low:,} to {last.high:,}, held {right} of {len(counts)} times"


async def _full(brand: Brand) -> list[Figure]:
    for code, data in fifty().items():
        await save_segment(scope=MARKETER, draft=SegmentDraft(code, code, data))
    scan = await _scan()
    began = time.monotonic()
    refreshed = await refresh_due()
    spent = time.monotonic() - began
    await sql("UPDATE segments_segment SET due_at = now()")
    began = time.monotonic()
    await refresh_due()
    again = time.monotonic() - began
    brand.tell(f"  {refreshed} refreshed in {spent:.1f} s, again {again:.1f} s, scan {scan:.2f} s")
    rows = "orders, lines and steps read once each"
    return [
        Figure("full refresh of 50 segments, first time", spent, "s"),
        Figure("full refresh of 50 segments, again", again, "s"),
        Figure("plain sequential scan", scan, "s", note=rows),
        Figure("full refresh / sequential scan", again / scan, "x"),
    ]


async def _scan() -> float:
    """The best of three: every order, line and step is read and nothing is done with it."""
    found = []
    for _ in range(3):
        began = time.monotonic()
        for table in ("orders_order", "orders_line", "behaviour_event"):
            await sql(f"SELECT count(*) FROM {table} WHERE id + 0 > 0")  # noqa: S608  our own
        found.append(time.monotonic() - began)
    return min(found)


async def _followed() -> Figure:
    """Members of whom something changed, looked at in all fifty segments."""
    await sql("DELETE FROM segments_changed")
    await mark_changed(range(1, CHANGED + 1))
    began = time.monotonic()
    await follow_changes()
    spent = time.monotonic() - began
    return Figure(f"{CHANGED} changed members in 50 segments", spent * 1000, "ms")
