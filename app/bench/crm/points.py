"""Points posted per second: by the ledger, and by plain SQL into the same tables."""

import asyncio
import random
import tempfile
import time
from datetime import timedelta

from app.bench.crm.brand import Brand
from app.bench.crm.figures import Figure
from app.bench.orders.floor import pgbench, run_script
from core import clock
from core.database import sql, use_case
from core.ledger import Account, AccountKind, Cause, Entry, house, post
from crm.points.service import give_points

CLIENTS, SECONDS = 8, 8.0
ACCOUNTS = """
INSERT INTO core_ledger_account (kind, owner, balance)
SELECT 'points', 'member:' || id, 0 FROM people_member ON CONFLICT DO NOTHING
"""
ISSUED = """
INSERT INTO core_ledger_account (kind, owner) VALUES ('points_issued', 'house')
ON CONFLICT DO NOTHING
"""
# What one earning leaves in the book, written one by one as a straightforward program would.
FLOOR = """
BEGIN;
UPDATE core_ledger_account SET balance = balance + 10
WHERE kind = 'points' AND owner = 'member:' || :member::text;
INSERT INTO core_ledger_journal (cause_kind, cause_key, act, book, at, memo, digest)
VALUES ('bench.floor', :no::text, 'post', 'points', now(), '{"order_no": "0", "paid_fen": 1000}',
    decode(repeat('00', 32), 'hex'));
INSERT INTO core_ledger_entry (journal_id, account_id, amount, expires_at)
SELECT currval('core_ledger_journal_id_seq'), id,
    CASE kind WHEN 'points' THEN 10 ELSE -10 END,
    CASE kind WHEN 'points' THEN timestamptz '2099-01-01' END
FROM core_ledger_account WHERE (kind, owner) IN
    (('points', 'member:' || :member::text), ('points_issued', 'house'));
INSERT INTO core_ledger_lot AS kept (account_id, expires_at, remaining)
SELECT id, '2099-01-01', 10 FROM core_ledger_account
WHERE kind = 'points' AND owner = 'member:' || :member::text
ON CONFLICT (account_id, expires_at) DO UPDATE SET remaining = kept.remaining + 10;
COMMIT;
"""


async def measure(brand: Brand) -> list[Figure]:
    """Eight at once, members at random; the second figure is a whole gift with its own row."""
    await sql(ACCOUNTS)
    await sql(ISSUED)
    posted = await _rate(_post, brand.members)
    gifts = await _rate(_give, brand.members)
    floor = await _floor(brand)
    share = f"{posted / floor:.0%} of the floor" if floor else "no pgbench here"
    return [
        Figure("points postings", posted, "/s", note=share),
        Figure("gifts of points, each with its row and news", gifts, "/s"),
        Figure("the same postings by pgbench", floor, "/s", note=f"{CLIENTS} clients"),
    ]


@use_case
async def _post(member_id: int, number: int) -> None:
    mine = Account(AccountKind.POINTS, f"member:{member_id}")
    expires_at = clock.now().replace(hour=16, minute=0, second=0, microsecond=0)
    entries = [
        Entry(mine, 10, expires_at + timedelta(days=365)),
        Entry(house(AccountKind.POINTS_ISSUED), -10),
    ]
    await post(Cause("bench.points", str(number)), entries, {"order_no": "0", "paid_fen": 1_000})


async def _give(member_id: int, number: int) -> None:
    await give_points(member_id=member_id, points=10, cause=f"bench:{number}", days=365)


async def _rate(work: object, members: int) -> float:
    assert callable(work)
    ends, done = time.perf_counter() + SECONDS, 0

    async def client(which: int) -> None:
        nonlocal done
        draw = random.Random(which)  # noqa: S311  no secret
        while time.perf_counter() < ends:
            await work(draw.randint(1, members), draw.getrandbits(60))
            done += 1

    await asyncio.gather(*(client(which) for which in range(CLIENTS)))
    return done / SECONDS


async def _floor(brand: Brand) -> float:
    program = pgbench()
    if program is None:
        return 0.0
    drawn = f"\\set member random(1, {brand.members})\n\\set no random(1, 1000000000000000)\n"
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write(drawn + FLOOR)
        file.flush()
        return await asyncio.to_thread(run_script, program, brand.url, file.name, CLIENTS, SECONDS)
