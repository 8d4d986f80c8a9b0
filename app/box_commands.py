"""Commands of the code box. They import nothing of the shop: a box has no database."""

import asyncio
import json
from pathlib import Path

import click

from devices.box import layouts, running
from devices.box.paper import sheets_of
from devices.box.stream import tokens_of
from devices.box.truth import stream_json, stream_text

layout_option = click.option(
    "--layout",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("layout.json"),
    help="What `teach` learnt of a till; none where the file is absent.",
)


@click.group()
def box() -> None:
    """The code box between a till and its printer: reads orders and adds the invoice QR."""


@box.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON for machines.")
@layout_option
def read(file: Path, layout: Path, *, as_json: bool) -> None:
    """What the papers of a recorded print stream say."""
    data, learnt = file.read_bytes(), layouts.load(layout)
    said = json.dumps(stream_json(data, file=file.name, layout=learnt), ensure_ascii=False)
    click.echo(said if as_json else stream_text(data, learnt))


@box.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mark", "marks", multiple=True, required=True, help="As due=36.00 or order_no=K17.")
@layout_option
def teach(file: Path, marks: tuple[str, ...], layout: Path) -> None:
    """Learn a till's own words from one recorded paper and the values printed on it."""
    jobs = sheets_of(tokens_of(file.read_bytes()))
    wanted = dict(mark.split("=", 1) for mark in marks if "=" in mark)
    try:
        learnt = layouts.load(layout) | layouts.learn(jobs[0].lines if jobs else [], wanted)
    except ValueError as why:
        raise click.ClickException(str(why)) from None
    layout.write_text(json.dumps(learnt, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(learnt, ensure_ascii=False))


settings_option = click.option(
    "--settings",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("box.json"),
    show_default=True,
    help="What the platform gave this box, and where its printer is.",
)


@box.command()
@click.option("--url", required=True, help="The shop's public address, as https://shop.example.cn")
@click.option("--code", required=True, help="The one-time code from the console.")
@click.option("--printer", required=True, help="Address and port of the printer: 192.168.1.50:9100")
@click.option("--listen", default=9100, show_default=True, help="The port tills print to.")
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Who vouches for the shop's address, where the world does not know it.",
)
@settings_option
def join(url: str, code: str, printer: str, listen: int, ca: Path | None, settings: Path) -> None:
    """Enrol this box: it makes its own key and gets its papers. Safe to repeat."""
    from devices.box import joining  # noqa: PLC0415 - a box in service does without its libraries

    host, _, port = printer.partition(":")
    line = {"printer_host": host, "printer_port": int(port or 9100), "port": listen}
    try:
        name = joining.join(settings, url=url, code=code, printer=line, ca=ca)
    except (OSError, ValueError) as why:
        raise click.ClickException(str(why)) from None
    click.echo(json.dumps({"box": name, "settings": str(settings)}))


@box.command()
@settings_option
def renew(settings: Path) -> None:
    """Get a further certificate and the newest receipt key. A running box does it by itself."""
    from devices.box import joining  # noqa: PLC0415 - a box in service does without its libraries

    try:
        joining.renew(settings)
    except (OSError, ValueError, KeyError) as why:
        raise click.ClickException(str(why)) from None


@box.command()
@settings_option
def run(settings: Path) -> None:
    """Stand between the till and the printer until told to stop."""
    try:
        asyncio.run(running.run(running.load(settings)))
    except (OSError, ValueError) as why:
        raise click.ClickException(str(why)) from None
