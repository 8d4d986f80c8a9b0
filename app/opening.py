"""The example shop, open for people: `make run`. A second start finds the data of the first."""

import asyncio
import csv
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from tortoise import Tortoise

from app.counter import put_departments
from app.household import ROOT, Household, Opening, open_household
from app.importing import run as import_brand
from app.ports import check_free
from app.visitors import PASSWORD
from app.wiring import migrate, orm_config
from core.settings import Settings
from trade.stores.models import Staff
from trade.stores.service import set_password

BRAND = ROOT / "examples/brand"
SHOPPERS = [
    {"id": "u1", "name": "林晓", "phone": "13800138001"},
    {"id": "u2", "name": "周一鸣", "phone": "13800138002"},
    {"id": "u3", "name": "欧阳思远", "phone": "13800138003"},
]
WORLD, SMTP, PRINTERS = 1, 25, 1101  # from the shop's own port: 8000 -> 8001, 8025, 9101
Tell = Callable[[str], None]


def rows_of(name: str, brand: Path = BRAND) -> list[dict[str, str]]:
    with (brand / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def world_of(brand: Path, *, beside: int = 0) -> dict[str, Any]:
    """Who lives in the example's world: staff, shoppers, chat groups, printers, sellers.

    `beside`: the shop's port, from which theirs are counted, so that bookmarks keep working; 0: any
    free ones.
    """
    staff = [row for row in rows_of("staff", brand) if row["user_id"]]
    guides = [row for row in staff if row["role"] == "guide"]
    return {
        "members": [{"userid": row["user_id"], "name": row["name"]} for row in staff],
        "users": SHOPPERS,
        "groups": [
            {
                "chat_id": f"wr{row['store_code'].lower()}{row['user_id']}",
                "name": f"{row['display_name']}的顾客群",
                "owner": row["user_id"],
                "members": [
                    row["user_id"],
                    *_owners_of(row["store_code"], staff, brand),
                    *[shopper["id"] for shopper in SHOPPERS],
                ],
            }
            for row in guides
        ],
        "printers": [
            {"id": row["store_code"], "columns": int(row["columns"])}
            | {"port": beside + PRINTERS + index if beside else 0}
            for index, row in enumerate(rows_of("printers", brand))
        ],
        "sellers": [
            {"tax_no": row["tax_no"], "name": row["name"]} for row in rows_of("tax_entities", brand)
        ],
        "http_port": beside + WORLD if beside else 0,
        "smtp_port": beside + SMTP if beside else 0,
    }


def _owners_of(store_code: str, staff: list[dict[str, str]], brand: Path) -> list[str]:
    """The franchisee reads along in the customer groups of their own stores."""
    [store] = [row for row in rows_of("stores", brand) if row["code"] == store_code]
    owner = store["franchisee_code"]
    return [row["user_id"] for row in staff if owner and row["franchisee_code"] == owner]


async def fill(settings: Settings, printers: dict[str, int], brand: Path = BRAND) -> None:
    """Migrate, and bring the brand in with the sandbox's printers. Again: nothing is doubled."""
    assert settings.database_url
    await migrate(settings.database_url)
    report = await import_brand(settings, brand, printer_ports=printers)
    if report.refused:
        raise RuntimeError(f"the example brand has refused rows: {report.text()}")


async def fill_for_people(settings: Settings, printers: dict[str, int]) -> None:
    """As `fill`, and whoever has a login and no password yet gets the demo's."""
    await fill(settings, printers)
    assert settings.database_url
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    try:
        for staff in await Staff.filter(login__not_isnull=True, password_hash=None):
            assert staff.login
            await set_password(user_id=staff.user_id, login=staff.login, password=PASSWORD)
        await put_departments()
    finally:
        await Tortoise.close_connections()


def settings_of(house: Household) -> Settings:
    return Settings(**house.settings)


def keep_open(*, home: Path, port: int, tell: Tell) -> None:
    """Open the shop and keep it open until Ctrl-C or SIGTERM; who dies is started again.

    Raises RuntimeError, in words for whoever sits at the terminal, when it cannot be opened.
    """
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())

    def seed(house: Household) -> None:
        asyncio.run(fill_for_people(settings_of(house), house.world["printers"]))

    world = world_of(BRAND, beside=port)
    check_free(
        [port, world["http_port"], world["smtp_port"], *(one["port"] for one in world["printers"])]
    )
    world["state_file"] = str(home.resolve() / "sandbox-state.json")
    database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    opening = Opening(home, port, "demo", world, seed, database_url, redis_url)
    began = time.monotonic()
    with open_household(opening) as house:
        tell(f"The shop is open after {time.monotonic() - began:.1f} s: {house.url}")
        tell(f"The outside world: {house.world['http']}  (phone, chats, paper, mail)")
        tell(f"Console logins (password {PASSWORD}):")
        for row in rows_of("staff"):
            if row.get("login"):
                tell(f"  {row['login']:<12} {row['role']:<14} {row['name']}")
        tell("Ctrl-C closes it; the next start keeps the data.")
        while not ended.wait(1):
            house.revive(ended.wait)
        tell("Closing …")
