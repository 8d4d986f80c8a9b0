"""What this PostgreSQL does by itself: the rows of a purchase, by plain SQL over asyncpg."""

import asyncio
import time

import asyncpg

SCHEMA = """
DROP SCHEMA IF EXISTS bench_floor CASCADE;
CREATE SCHEMA bench_floor;
SET search_path = bench_floor;
CREATE TABLE claim (id bigserial PRIMARY KEY, k text UNIQUE, answer text);
CREATE TABLE stock (sku int PRIMARY KEY, on_hand int CHECK (on_hand >= 0), reserved int);
CREATE TABLE placed (id bigserial PRIMARY KEY, no text UNIQUE, state text, fen bigint);
CREATE TABLE line (id bigserial PRIMARY KEY, placed_id bigint, sku int, quantity int, fen bigint);
CREATE TABLE step (id bigserial PRIMARY KEY, placed_id bigint, said text);
CREATE TABLE payment (id bigserial PRIMARY KEY, no text UNIQUE, placed_id bigint, state text);
CREATE TABLE notice (id bigserial PRIMARY KEY, k text UNIQUE, body text);
CREATE TABLE movement (id bigserial PRIMARY KEY, cause text UNIQUE, sku int, quantity int);
CREATE TABLE journal (id bigserial PRIMARY KEY, cause text UNIQUE);
CREATE TABLE entry (id bigserial PRIMARY KEY, journal_id bigint, account int, amount bigint);
CREATE TABLE debt (id bigserial PRIMARY KEY, name text, payload text, done_at timestamptz);
INSERT INTO stock SELECT n, 1000000, 0 FROM generate_series(1, 1000) AS n;
"""
BODY = "x" * 400


async def _place(connection: asyncpg.Connection, number: str, sku: int) -> int:
    async with connection.transaction():
        await connection.execute("INSERT INTO claim (k) VALUES ($1)", number)
        placed: int = await connection.fetchval(
            "INSERT INTO placed (no, state, fen) VALUES ($1, 'placed', 100) RETURNING id", number
        )
        await connection.execute(
            "INSERT INTO line (placed_id, sku, quantity, fen) VALUES ($1, $2, 1, 100)", placed, sku
        )
        await connection.execute("INSERT INTO step (placed_id, said) VALUES ($1, 'place')", placed)
        await connection.execute(
            "UPDATE stock SET reserved = reserved + 1 WHERE sku = $1 AND on_hand > reserved", sku
        )
        await connection.execute("UPDATE claim SET answer = $2 WHERE k = $1", number, BODY)
        return placed


async def _pay(connection: asyncpg.Connection, number: str, placed: int, sku: int) -> None:
    await connection.execute(
        "INSERT INTO payment (no, placed_id, state) VALUES ($1, $2, 'created')", number, placed
    )
    async with connection.transaction():
        await connection.execute("INSERT INTO notice (k, body) VALUES ($1, $2)", number, BODY)
        await connection.execute("INSERT INTO debt (name, payload) VALUES ('n', $1)", BODY)
    async with connection.transaction():
        await connection.execute("UPDATE payment SET state = 'paid' WHERE no = $1", number)
        await connection.execute("UPDATE placed SET state = 'paid' WHERE id = $1", placed)
        await connection.execute("INSERT INTO step (placed_id, said) VALUES ($1, 'pay')", placed)
        await connection.execute(
            "INSERT INTO movement (cause, sku, quantity) VALUES ($1, $2, -1)", number, sku
        )
        await connection.execute(
            "UPDATE stock SET on_hand = on_hand - 1, reserved = reserved - 1 WHERE sku = $1", sku
        )
        await _journal(connection, f"money:{number}")
        for listener in ("points", "sale", "receipt", "task"):
            await connection.execute("INSERT INTO debt (name, payload) VALUES ($1, '')", listener)
    for kind in ("points", "commission", "share"):
        async with connection.transaction():
            await _journal(connection, f"{kind}:{number}")
            await connection.execute(
                "UPDATE debt SET done_at = now() WHERE id = (SELECT max(id) FROM debt)"
            )


async def _journal(connection: asyncpg.Connection, cause: str) -> None:
    await connection.execute(
        "WITH j AS (INSERT INTO journal (cause) VALUES ($1) RETURNING id)"
        " INSERT INTO entry (journal_id, account, amount)"
        " SELECT id, account, amount FROM j, (VALUES (1, -100), (2, 100)) AS e (account, amount)",
        cause,
    )


async def _writer(url: str, name: str, end: float) -> int:
    connection = await asyncpg.connect(url, server_settings={"search_path": "bench_floor"})
    done = 0
    try:
        while time.monotonic() < end:
            number, sku = f"{name}-{done}", done * 7 % 1000 + 1
            placed = await _place(connection, number, sku)
            await _pay(connection, number, placed, sku)
            done += 1
    finally:
        await connection.close()
    return done


async def measure_floor(url: str, writers: int, seconds: float) -> float:
    """Purchases per second of `writers` connections that do nothing but write the rows."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(SCHEMA)
        end = time.monotonic() + seconds
        done = await asyncio.gather(*[_writer(url, f"w{n}", end) for n in range(writers)])
        await connection.execute("DROP SCHEMA bench_floor CASCADE")
    finally:
        await connection.close()
    return sum(done) / seconds
