"""Look at what the shop needs and say in plain words what is missing and what to do about it."""

import asyncio
import os
import smtplib
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

import asyncpg
import httpx2
from redis import asyncio as redis

from core.http import AddressRefused, PartnerResting, client
from core.security.production import unfit
from core.settings import Settings, configure

Line: TypeAlias = dict[str, Any]
GROUPS = ("mini_program", "official_account", "wecom", "pay", "tax_provider", "mail", "sms")
OLDEST_POSTGRES = 150_000
CLOCK_S = 60


def _line(what: str, says: str, *, ok: bool) -> Line:
    return {"what": what, "ok": ok, "says": says}


async def _database(settings: Settings) -> Line:
    if settings.database_url is None:
        return _line("database", "embedded: starts with the shop", ok=True)
    connection = await asyncpg.connect(settings.database_url, timeout=5)
    try:
        version = int(await connection.fetchval("SHOW server_version_num"))
    finally:
        await connection.close()
    if version < OLDEST_POSTGRES:
        return _line("database", f"PostgreSQL {version} is too old: use 15 or newer", ok=False)
    return _line("database", f"PostgreSQL {version // 10_000}.{version % 10_000} answers", ok=True)


async def _doorbell(settings: Settings) -> Line:
    if settings.redis_url is None:
        return _line("redis", "embedded: starts with the shop", ok=True)
    bell: redis.Redis = redis.Redis.from_url(settings.redis_url)
    try:
        await bell.ping()
        policy = (await bell.config_get("maxmemory-policy")).get("maxmemory-policy", "")
    finally:
        await bell.aclose()
    if policy not in {"", "noeviction"}:
        return _line("redis", f"maxmemory-policy is {policy}: set noeviction", ok=False)
    return _line("redis", "answers", ok=True)


async def _var_dir(settings: Settings) -> Line:
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.var_dir, os.W_OK):
        return _line("var_dir", f"{settings.var_dir} is not writable: chown it", ok=False)
    return _line("var_dir", f"{settings.var_dir} is writable", ok=True)


async def _groups(settings: Settings) -> Line:
    absent = [name for name in GROUPS if getattr(settings, name) is None]
    text = f"not set up: {', '.join(absent)}" if absent else "all outside systems are set up"
    return _line("outside systems", text, ok=True)


async def _production(settings: Settings) -> Line:
    """What would keep the web process and the worker from starting."""
    if settings.is_playing:
        return _line("production", f"not asked: the mode is {settings.mode}", ok=True)
    found = [f"{weak.name}: {weak.why}" for weak in unfit(settings)]
    return _line("production", "; ".join(found) or "secrets and addresses hold", ok=not found)


async def _clock(settings: Settings) -> Line:
    """WeChat Pay refuses every call when our clock is five minutes off."""
    if settings.pay is None:
        return _line("clock", "not compared: pay is not set up", ok=True)
    async with client("doctor", base_url=settings.pay.base_url) as http:
        answer = await http.get("/")
    stamp = answer.headers.get("date")
    if stamp is None:
        return _line("clock", "the payment platform says no date", ok=True)
    off_s = abs((datetime.now(UTC) - parsedate_to_datetime(stamp)).total_seconds())
    says = f"{off_s:.0f} s from the payment platform's"
    return _line(
        "clock", says if off_s < CLOCK_S else f"{says}: start a time service", ok=off_s < CLOCK_S
    )


async def _mail(settings: Settings) -> Line:
    mail = settings.mail
    if mail is None:
        return _line("mail", "not set up: invoices are only on their page", ok=True)

    def greet() -> int:
        with smtplib.SMTP(mail.host, mail.port, timeout=5) as server:
            return server.noop()[0]

    return _line("mail", f"answers {await asyncio.to_thread(greet)}", ok=True)


async def _python(_: Settings) -> Line:
    is_good = (3, 11) <= sys.version_info < (3, 14)
    return _line("python", sys.version.partition(" ")[0], ok=is_good)


LOOKS: dict[str, Callable[[Settings], Awaitable[Line]]] = {
    "python": _python,
    "database": _database,
    "redis": _doorbell,
    "var_dir": _var_dir,
    "outside systems": _groups,
    "production": _production,
    "clock": _clock,
    "mail": _mail,
}
FAULTS = (OSError, asyncpg.PostgresError, redis.RedisError, httpx2.HTTPError, smtplib.SMTPException,
          AddressRefused, PartnerResting, TimeoutError)  # fmt: skip


def examine(settings: Settings) -> list[Line]:
    """One line for each thing looked at; nothing is changed."""

    async def look() -> list[Line]:
        found = []
        for what, work in LOOKS.items():
            try:
                found.append(await work(settings))
            except FAULTS as error:
                found.append(_line(what, f"does not answer ({type(error).__name__})", ok=False))
        return found

    configure(settings)
    return asyncio.run(look())
