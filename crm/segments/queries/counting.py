"""How many members a condition is true of, while somebody writes it: exact, or a sample, said so.

The database is asked what an exact answer would cost. If that is too much, blocks of 64
neighbouring ids of members are drawn at random, first a few to see how long they take, then as
many as the time left allows. The answer is (all blocks / drawn blocks) x found, and the interval
comes from how much the blocks differ: sd of their counts x sqrt(blocks) x Student's t for 95 %,
with the correction for a finite population (cluster sampling, Cochran 1977, 9A.2).
"""

import contextlib
import json
import math
import random
import statistics
import time
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.audience import populations
from core.database import sql
from crm.segments.compiling import Compiled, compile_count, compile_members
from crm.segments.errors import TooSlow
from crm.segments.queries.asking import ask
from crm.segments.rules import Condition, parse

BLOCK = 64  # neighbouring ids: close in every index that begins with the member
PILOT = 24  # blocks of the first draw
MOST_BLOCKS = 1_024
BUDGET_S = 0.16  # for the second draw
CHEAP = 40_000  # cost units of PostgreSQL's planner under which the exact answer is tried
EXACT_MS, PATIENT_MS, PILOT_MS, MORE_MS = 200, 20_000, 2_000, 250
T95 = 2.07  # Student's t for the 23 degrees of freedom of the pilot; more blocks need less


@dataclass(frozen=True, slots=True)
class Count:
    """`members` is the count, or where it is not `is_exact` the best guess, which lies between
    `low` and `high` 95 times of 100. `looked_at` are the members a guess was made from."""

    members: int
    low: int
    high: int
    is_exact: bool
    took_ms: int
    looked_at: int = 0


async def count_now(condition: Condition, *, is_exact: bool = False) -> Count:
    """How many members it is true of at this moment.

    Never slower than a second or two: `is_exact` waits up to 20 s for the whole truth instead.
    Raises TooSlow.
    """
    began, at = time.monotonic(), clock.now()
    if is_exact:
        return _exact(await _count(condition, at, PATIENT_MS), began)
    blocks = await _blocks()
    if blocks <= 4 * PILOT or await _is_cheap(compile_count(condition, at)):
        try:
            return _exact(await _count(condition, at, EXACT_MS), began)
        except TooSlow:
            pass
    return await _sampled(condition, at, blocks, began)


async def _count(condition: Condition, at: datetime, within_ms: int) -> int:
    [row] = await ask(compile_count(condition, at), within_ms=within_ms)
    return int(row["count"])


def _exact(count: int, began: float) -> Count:
    return Count(count, count, count, is_exact=True, took_ms=_since(began))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


async def _blocks() -> int:
    """How many blocks of ids there are, empty ones too."""
    query = f"SELECT coalesce(max(member_id), 0) AS most FROM ({populations[0]}) AS p"  # noqa: S608
    [row] = await sql(query)
    return int(row["most"]) // BLOCK + 1


async def _is_cheap(compiled: Compiled) -> bool:
    """What the planner thinks it costs; it plans with the values, and runs nothing."""
    asked = Compiled(f"EXPLAIN (FORMAT JSON) {compiled.text}", compiled.values)
    [row] = await ask(asked, within_ms=EXACT_MS)
    told = row["QUERY PLAN"]
    plan = json.loads(told) if isinstance(told, str) else told
    return float(plan[0]["Plan"]["Total Cost"]) < CHEAP


async def _sampled(condition: Condition, at: datetime, blocks: int, began: float) -> Count:
    order = random.sample(range(blocks), min(blocks, MOST_BLOCKS))
    started = time.monotonic()
    counts = await _found(condition, at, order[:PILOT], PILOT_MS)
    one_s = max(time.monotonic() - started, 0.001) / PILOT
    more = order[PILOT : PILOT + int(BUDGET_S / one_s)]
    if more:
        with contextlib.suppress(TooSlow):  # then the few must do: their interval is wider
            counts += await _found(condition, at, more, MORE_MS)
    return estimate(counts, blocks, _since(began))


async def _found(condition: Condition, at: datetime, drawn: list[int], within_ms: int) -> list[int]:
    """How many members of each drawn block it is true of."""
    ids = [block * BLOCK + place for block in drawn for place in range(BLOCK)]
    counts = dict.fromkeys(drawn, 0)
    for row in await ask(compile_members(condition, at, ids), within_ms=within_ms):
        counts[row["member_id"] // BLOCK] += 1
    return list(counts.values())


def estimate(counts: list[int], blocks: int, took_ms: int) -> Count:
    """From the counts of some of all `blocks`. With nothing found the rule of three gives `high`:
    3 / n is the highest share that still hides from n members 5 times of 100."""
    drawn, found = len(counts), sum(counts)
    scale = blocks / drawn
    spread = statistics.stdev(counts) if drawn > 1 else float(BLOCK)
    error = T95 * spread * math.sqrt(drawn) * scale * math.sqrt(max(0.0, 1 - drawn / blocks))
    if not found:
        error = 3 * scale
    guess = found * scale
    return Count(
        members=round(guess),
        low=max(found, round(guess - error)),
        high=max(found, round(guess + error)),
        is_exact=drawn == blocks,
        took_ms=took_ms,
        looked_at=drawn * BLOCK,
    )


async def matching(condition: Condition, member_ids: list[int]) -> set[int]:
    """Of whom of these it is true now. Raises TooSlow."""
    asked = compile_members(condition, clock.now(), member_ids)
    return {row["member_id"] for row in await ask(asked, within_ms=PATIENT_MS)}


async def members_of(data: object) -> list[int]:
    """Everybody a condition, given as data, is true of now, by id. Raises BadCondition, TooSlow."""
    compiled = compile_members(parse(data), clock.now())
    return sorted(row["member_id"] for row in await ask(compiled, within_ms=PATIENT_MS))


async def members_matching(
    condition: Condition, *, after: int = 0, limit: int = 10_000
) -> list[int]:
    """Everybody it is true of now, by id, at most 10,000 a page, beginning after one.

    Each page asks anew: a large file is better made of `members_in` or a snapshot. Raises TooSlow.
    """
    asked = compile_members(condition, clock.now())
    n = len(asked.values)
    text = f"""
    SELECT member_id FROM ({asked.text}) AS m
    WHERE member_id > ${n + 1}::bigint ORDER BY member_id LIMIT ${n + 2}::bigint
    """  # noqa: S608  compiled, and parameters
    paged = Compiled(text, [*asked.values, after, min(limit, 10_000)])
    return [row["member_id"] for row in await ask(paged, within_ms=PATIENT_MS)]
