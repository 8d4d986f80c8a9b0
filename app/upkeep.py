"""Commands that look after a running shop: what is owed, what stands under old keys."""

import json
from typing import Any

import click

from app.invocation import as_json, with_database
from core import outbox as box
from core.security import rotation


@click.group()
def outbox() -> None:
    """What is owed, what is dead, and offering it again."""


@outbox.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """Dead letters with their reasons, and how many debts are open."""

    async def look() -> tuple[int, list[dict[str, Any]]]:
        return await box.pending(), await box.dead_letters()

    pending, dead = with_database(look)
    if as_json:
        click.echo(json.dumps({"pending": pending, "dead": dead}, default=str, ensure_ascii=False))
        return
    for row in dead:
        click.echo(f"{row['id']}  {row['name']}  {row['debt_key'] or ''}  {row['error']}")
    click.echo(f"{pending} open, {len(dead)} dead")


@outbox.command()
@click.argument("row_id", type=int, required=False)
def replay(row_id: int | None) -> None:
    """Offer one dead letter again, or all of them."""
    click.echo(f"{with_database(lambda: box.replay(row_id))} offered again")


@click.command()
@click.option("--rotate", is_flag=True, help="Seal again what stands under an old key.")
@as_json
def keys(rotate: bool, as_json: bool) -> None:
    """How much stands under old keys of personal fields; an old key may go when it is nothing."""

    async def work() -> dict[str, int]:
        if rotate:
            await rotation.rotate()
        return await rotation.still_old()

    left: dict[str, int] = with_database(work)
    if as_json:
        click.echo(json.dumps(left))
        return
    for column, rows in sorted(left.items()):
        click.echo(f"{rows:>8}  {column}")
    click.echo(f"{sum(left.values())} values stand under old keys")
