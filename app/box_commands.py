"""Commands of the code box. They import nothing of the shop: a box has no database."""

import asyncio
import json
from pathlib import Path

import click

from devices.box import running
from devices.box.truth import stream_json, stream_text


@click.group()
def box() -> None:
    """The code box between a till and its printer: reads orders and adds the invoice QR."""


@box.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
def read(file: Path, *, as_json: bool) -> None:
    """What the papers of a recorded print stream say."""
    data = file.read_bytes()
    said = json.dumps(stream_json(data, file=file.name), ensure_ascii=False)
    click.echo(said if as_json else stream_text(data))


@box.command()
@click.option(
    "--settings",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path("box.json"),
    show_default=True,
    help="What the platform gave this box, and where its printer is.",
)
def run(settings: Path) -> None:
    """Stand between the till and the printer until told to stop."""
    try:
        asyncio.run(running.run(running.load(settings)))
    except (OSError, ValueError) as why:
        raise click.ClickException(str(why)) from None
