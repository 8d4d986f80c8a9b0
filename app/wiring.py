"""The one place that knows every room: which tables exist and who listens to whom."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api import migrate as apply_migrations

from app.counter import buyer_known_as
from core import kept, privacy
from core.database import pooled
from core.security.production import check_production
from core.security.sessions import resolve_staff_with
from core.settings import Settings, configure
from core.sms import SmsFate, send_sms
from crm.people.queries import member_known_as
from crm.people.service import send_sms_with
from devices.counter.service import find_buyers_with
from devices.service import (
    find_last_days_with,
    resolve_till_members_with,
    show_short_codes_where,
)
from invoicing.queries import last_day_at, short_codes_at
from trade.stores.queries import scope_of_staff

CORE = [
    "core.outbox",
    "core.inbox",
    "core.belongings",
    "core.security.sessions",
    "core.security.api_keys",
    "core.web.idempotency",
    "core.wechat.tokens",
]
TRADE = (
    "stores",
    "catalog",
    "promotions",
    "stock",
    "orders",
    "payments",
    "fulfilment",
    "settlement",
)
CRM = (
    "people",
    "behaviour",
    "tags",
    "points",
    "tiers",
    "reach",
    "segments",
    "exports",
    "journeys",
)
ROOMS: dict[str, str] = {
    "audit_log": "core.audit_log",
    "ledger": "core.ledger",
    "feed": "core.feed",
    **{room: f"trade.{room}" for room in TRADE},
    "bills": "trade.payments.bills",
    "shipping_info": "trade.fulfilment.shipping_info",
    **{room: f"crm.{room}" for room in CRM},
    **{room: room for room in ("invoicing", "devices", "bot")},
    "reds": "invoicing.reds",
    "write_back": "invoicing.write_back",
    "boxes": "devices.boxes",
    "counter": "devices.counter",
    "titles": "invoicing.titles",
    "backends": "invoicing.backends",
}
PARTS = ("facts", "deeds", "listeners", "jobs", "audit")  # what a room registers by its import
MIGRATION_LOCK = 727_001
POOL = 20  # connections a process may hold


@cache
def has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


async def _send_code(to: str, text: str, key: str) -> bool:
    return (await send_sms(to=to, text=text, key=key)).fate is SmsFate.SENT


def wire(settings: Settings) -> None:
    """Say the settings and let every room register its listeners, jobs, schedules and checks.

    Raises NotForProduction: every process passes here before it opens the database.
    """
    check_production(settings)
    configure(settings)
    resolve_staff_with(scope_of_staff)
    resolve_till_members_with(member_known_as)
    find_buyers_with(buyer_known_as)
    find_last_days_with(last_day_at)
    show_short_codes_where(short_codes_at)
    send_sms_with(_send_code)
    privacy.learn("core", kept)
    for label, room in ROOMS.items():
        for part in PARTS:
            if has(f"{room}.{part}"):
                import_module(f"{room}.{part}")
        if has(f"{room}.privacy"):
            privacy.learn(label, import_module(f"{room}.privacy"))
    import_module("app.feeds")


def orm_config(db_url: str) -> dict[str, Any]:
    apps = {"core": {"models": CORE, "migrations": "core.migrations"}}
    for label, room in ROOMS.items():
        if has(f"{room}.models"):
            apps[label] = {"models": [f"{room}.models"], "migrations": f"{room}.migrations"}
    connections = {"default": pooled(db_url, POOL)}
    return {"connections": connections, "apps": apps, "use_tz": True, "timezone": "UTC"}


TORTOISE_ORM = orm_config("postgres://")  # for `tortoise makemigrations`, which never connects


async def migrate(db_url: str, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Bring a database up to date. Two at once take turns; doing it again changes nothing.

    Room by room: no key crosses a wall, and each step of a migration copies all models it knows.
    """
    turn = await asyncpg.connect(db_url)
    try:
        await turn.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        config = orm_config(db_url)
        rooms = config["apps"]
        for done, (room, tables) in enumerate(rooms.items(), start=1):
            await apply_migrations(config={**config, "apps": {room: tables}})
            await Tortoise.close_connections()
            tell(done, len(rooms))
    finally:
        await Tortoise.close_connections()
        await turn.close()
