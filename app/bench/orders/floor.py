"""What this PostgreSQL does by itself: the rows of an order, by plain SQL, into the same tables.

By `pgbench` where it is installed, else by a bare asyncpg loop. Both send the same statements, one
by one, as a straightforward program would.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from app.bench.orders.stage import COUPONS_OUT, HOT, MEMBERS, SKUS

STOCK = """
UPDATE stock_level SET reserved = reserved + 1 WHERE sku_id = :sku{n}
    AND store_id = 1 AND on_hand - reserved - safety >= 1;
"""
# The first `{stock_first}` takes the shelf before all else, as one does who has not thought of it.
ORDER = """
BEGIN;
{stock_first}
INSERT INTO orders_order (public_id, order_no, member_id, store_id, state, entrance, placed_by,
    idempotency_key, fingerprint, goods_fen, discount_fen, freight_fen, payable_fen, points_spent,
    points_earned, reasons, delivery, expires_at, quote_version)
VALUES ('ord_' || :no || 'f', :no || 'f', :member, 1, 'placed', 'mini_program',
    'member:' || :member, :no || 'f', repeat('0', 64), 79800, 0, 0, 79800, 0, 798,
    '[{{"rule": "points", "zh": "积分抵扣 1 元", "en": "Points pay 1 yuan.", "won": true}}]',
    'pickup', now() + interval '15 minutes', '0123456789abcdef');
INSERT INTO orders_line (order_id, sku_id, sku_code, title, spec_text, picture, unit, quantity,
    list_fen, price_fen, discount_fen, payable_fen, tax_code, tax_bp)
VALUES {lines};
INSERT INTO orders_timeline (order_id, action, state, cause, actor)
VALUES (currval('orders_order_id_seq'), 'place', 'placed', 'mini_program', 'member:' || :member);
{offs}
INSERT INTO core_outbox (kind, name, payload, lease_no, tries)
VALUES ('news', 'bench.floor', '{{"order_id": 1, "order_no": "0", "payable_fen": 79800}}', 0, 0);
INSERT INTO stock_reservation (order_no, sku_id, store_id, quantity, state, expires_at)
VALUES {reservations};
{stock_last}
COMMIT;
"""
# What a coupon and points add.
OFFS = """
INSERT INTO promotions_use (order_no, kind, ref, member_id, fen, times, state, expires_at)
VALUES (:no || 'f', 'coupon', :member, :member, 500, 1, 'held', now() + interval '15 minutes');
UPDATE promotions_coupon SET used_at = NULL WHERE id = :coupon;
INSERT INTO core_ledger_journal (cause_kind, cause_key, act, book, at, memo, digest)
VALUES ('bench.spent_points', :no || 'f', 'hold', 'points', now(), '{}',
    decode(repeat('00', 32), 'hex'));
INSERT INTO core_ledger_entry (journal_id, account_id, amount)
VALUES (currval('core_ledger_journal_id_seq'), :member, -100),
    (currval('core_ledger_journal_id_seq'), :member, 100);
UPDATE core_ledger_account SET balance = balance - 100
WHERE kind = 'points' AND owner = 'member:' || :member AND balance >= 100;
UPDATE core_ledger_account SET balance = balance + 100
WHERE kind = 'points_held' AND owner = 'member:' || :member;
INSERT INTO core_ledger_hold (journal_id, kind, owner, amount, expires_at, state)
VALUES (currval('core_ledger_journal_id_seq'), 'points', 'member:' || :member, 100,
    now() + interval '15 minutes', 'held');
"""
LINE = (
    "(currval('orders_order_id_seq'), :sku{n}, 'B1-1', '羊绒围巾', '燕麦色 / M', '', '条', 1,"
    " 39900, 39900, 0, 39900, '1040201990000000000', 1300)"
)
KEPT = "(:no || 'f', :sku{n}, 1, 1, 'held', now() + interval '15 minutes')"
PRODUCT = "SELECT * FROM catalog_sku WHERE id = :sku1;"


def order_script(*, hot: bool) -> str:
    """A full order of two random SKUs, the shelf last; or what the crowd orders of the one hot SKU,
    the shelf first: the same rows as ours, so without a coupon and points."""
    numbers = (1,) if hot else (1, 2)
    stock = "".join(STOCK.format(n=n) for n in numbers)
    return ORDER.format(
        stock_first=stock if hot else "",
        stock_last="" if hot else stock,
        offs="" if hot else OFFS,
        lines=", ".join(LINE.format(n=n) for n in numbers),
        reservations=", ".join(KEPT.format(n=n) for n in numbers),
    )


def pgbench() -> Path | None:
    found = shutil.which("pgbench")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)
    return Path(found) if found else next(iter(known), None)


async def floor(url: str, script: str, *, clients: int, seconds: float, hot: bool = False) -> float:
    """Transactions per second of `clients` that do nothing but this."""
    program = pgbench()
    if program is None:
        return await _bare(url, script, clients=clients, seconds=seconds, hot=hot)
    drawn = [
        f"\\set member random(1, {MEMBERS})",
        "\\set no random(1, 1000000000000000)",
        f"\\set coupon random(1, {COUPONS_OUT})",
        f"\\set sku1 {HOT}" if hot else f"\\set sku1 random(1, {SKUS // 2})",
        f"\\set sku2 random({SKUS // 2 + 1}, {SKUS})",
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write("\n".join(drawn) + "\n" + script.replace(":no ||", ":no::text ||"))
        file.flush()
        return await asyncio.to_thread(run_script, program, url, file.name, clients, seconds)


def run_script(program: Path, url: str, file: str, clients: int, seconds: float) -> float:
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    where = ["-h", host, "-U", parts.username or "app", parts.path.lstrip("/")]
    if parts.port:
        where = ["-p", str(parts.port), *where]
    run = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))]
    done = subprocess.run(  # noqa: S603  pgbench over our own script
        [str(program), *run, "-f", file, *where], capture_output=True, text=True, check=True
    )
    match = re.search(r"tps = ([0-9.]+)", done.stdout)
    if match is None:
        raise RuntimeError(f"pgbench said nothing of its rate: {done.stdout} {done.stderr}")
    return float(match[1])


async def _bare(url: str, script: str, *, clients: int, seconds: float, hot: bool) -> float:
    """The same statements over asyncpg, values written in: Python's own cost is in the figure."""
    end = time.monotonic() + seconds

    async def go_on(client: int) -> int:
        connection, done = await asyncpg.connect(url), 0
        while time.monotonic() < end:
            await connection.execute(_filled(script, client * 10**9 + done, hot=hot))
            done += 1
        await connection.close()
        return done

    return sum(await asyncio.gather(*[go_on(n + 1) for n in range(clients)])) / seconds


def _filled(script: str, turn: int, *, hot: bool) -> str:
    values = {
        "member": str(turn * 7 % MEMBERS + 1),
        "no": f"'{time.time_ns()}{turn}'",
        "coupon": str(turn * 11 % COUPONS_OUT + 1),
        "sku1": str(HOT if hot else turn * 13 % (SKUS // 2) + 1),
        "sku2": str(SKUS // 2 + 1 + turn * 17 % (SKUS // 2)),
    }
    return re.sub(r":(member|no|coupon|sku1|sku2)\b", lambda match: values[match[1]], script)
