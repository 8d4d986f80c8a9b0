"""How a command finds its settings, its database and its progress bar."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from tortoise import Tortoise

from app.household import data_servers
from app.wiring import orm_config, wire
from core.settings import Settings

as_json = click.option("--json", "as_json", is_flag=True, help="One line of JSON for machines.")


def settings_of_this_process() -> Settings:
    """What the environment says, or else the settings file that `daogou up` left."""
    left = Path("var/settings.json")
    if "DAOGOU_SETTINGS_FILE" not in os.environ and left.exists():
        os.environ["DAOGOU_SETTINGS_FILE"] = str(left.resolve())
    try:
        return Settings()
    except ValueError as error:
        raise click.ClickException(
            f"The settings are not complete: {_first_line(error)}\n"
            "Run `daogou up` once for a shop with everything, or see docs/reference/settings.md."
        ) from None


def _first_line(error: Exception) -> str:
    return "; ".join(str(error).splitlines()[:3])


@contextmanager
def reachable_settings() -> Iterator[Settings]:
    """Settings whose database can be reached: one that runs, or ours for as long as this lasts."""
    settings = settings_of_this_process()
    if settings.database_url and _is_there(settings.database_url):
        yield settings
        return
    with data_servers(settings.var_dir) as (database_url, redis_url):
        yield settings.model_copy(update={"database_url": database_url, "redis_url": redis_url})


def _is_there(database_url: str) -> bool:
    _, _, folder = database_url.partition("?host=")
    folder = folder.partition("&")[0]
    return not folder.startswith("/") or any(Path(folder).glob(".s.PGSQL.*"))


def with_database(work: Callable[[], Any]) -> Any:
    async def run(settings: Settings) -> Any:
        wire(settings)
        assert settings.database_url
        await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
        try:
            return await work()
        finally:
            await Tortoise.close_connections()

    with reachable_settings() as settings:
        return asyncio.run(run(settings))


@contextmanager
def progress(label: str, *, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar that `tell(done, total)` moves; nothing is drawn for machines."""
    with click.progressbar(length=100, label=label, hidden=hidden, file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.update(max(0, round(100 * done / max(total, 1)) - bar.pos))

        yield tell
