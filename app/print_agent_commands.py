"""Commands of the print agent. They import nothing of the shop: an agent has no database."""

import asyncio
import json
from pathlib import Path

import click

settings_option = click.option(
    "--settings",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("print-agent.json"),
    show_default=True,
    help="What the platform gave this agent, and its printers.",
)


@click.group(name="print-agent")
def print_agent() -> None:
    """The print agent: prints on serial, USB and network printers of a store."""


@print_agent.command()
@click.option("--url", required=True, help="The shop's public address, as https://shop.example.cn")
@click.option("--code", required=True, help="The one-time code from the console.")
@click.option(
    "--printer",
    "printers",
    multiple=True,
    required=True,
    help="name=serial:///dev/ttyS0?baud=9600, name=usb:///dev/usb/lp0, name=tcp://192.168.1.50:9100",
)
@settings_option
def join(url: str, code: str, printers: tuple[str, ...], settings: Path) -> None:
    """Let this agent in. It makes its own key; the names are the printers' addresses."""
    from devices.agent import running  # noqa: PLC0415 - the shop's own commands do without it

    named = dict(one.split("=", 1) for one in printers if "=" in one)
    try:
        name = running.join(settings, url=url.rstrip("/"), code=code, printers=named)
    except (OSError, ValueError) as why:
        raise click.ClickException(str(why)) from None
    click.echo(json.dumps({"agent": name, "settings": str(settings)}))


@print_agent.command()
@settings_option
def run(settings: Path) -> None:
    """Fetch papers and print them until told to stop."""
    from devices.agent import running  # noqa: PLC0415 - the shop's own commands do without it

    try:
        asyncio.run(running.run(running.load(settings)))
    except (OSError, ValueError, KeyError, running.NotKnown) as why:
        raise click.ClickException(str(why)) from None
