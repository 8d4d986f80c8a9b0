"""The command line `daogou`. Every command that takes long shows how far it is, and speaks JSON."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from app import (
    auditing,
    backend_commands,
    box_commands,
    box_gate,
    mail_commands,
    partner_commands,
    people_commands,
    print_agent_commands,
    reconciling,
    till_commands,
    upkeep,
    worker,
)
from app.invocation import as_json, progress, reachable_settings, settings_of_this_process
from app.wiring import migrate as bring_up_to_date
from core.security.production import NotForProduction

PLAYS = frozenset({"up", "demo", "sandbox", "bench"})


class Commands(click.Group):
    """`testbed` is no command at all where the mode is not test; in production nobody plays.

    Settings that do not fit production end a command in words.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NotForProduction as refusal:
            raise click.ClickException(
                f"This shop does not open in production before these settings change:\n{refusal}"
            ) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "testbed" and not _may_test():
            return None
        if cmd_name in PLAYS and _mode() == "production":
            raise click.UsageError(f"{cmd_name} plays a shop: it does not run in production mode.")
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = super().list_commands(ctx)
        return [name for name in names if name != "testbed" or _may_test()]


def _mode() -> str:
    """What this process was told to be; empty when nothing was said."""
    if "DAOGOU_MODE" in os.environ or "DAOGOU_SETTINGS_FILE" not in os.environ:
        return os.environ.get("DAOGOU_MODE", "")
    return settings_of_this_process().mode


def _may_test() -> bool:
    return _mode() in {"", "test"}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """daogou (导购): the backend a fashion or furniture chain runs its WeChat business on."""


def _print(text: str) -> None:
    click.echo(text)


@main.command()
@click.option("--port", default=8000, show_default=True, help="The sandbox's are counted from it.")
@click.option("--home", type=click.Path(path_type=Path), default=Path("var"), show_default=True)
def up(port: int, home: Path) -> None:
    """Open the example shop for people: data servers, sandbox, worker and web on this machine."""
    from app.opening import keep_open

    try:
        keep_open(home=home, port=port, tell=_print)
    except RuntimeError as why:
        raise click.ClickException(str(why)) from None


@main.command()
def serve() -> None:
    """The web process: API, callbacks, pages."""
    from app.serving import serve as run_server

    run_server(settings_of_this_process())


@main.command(name="worker")
def run_worker() -> None:
    """The worker: pays what the outbox owes, and runs the schedules."""
    from core.logs import configure_logs

    configure_logs()
    worker.give_way()
    worker.build(settings_of_this_process()).run()


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1)
def sandbox(arguments: tuple[str, ...]) -> None:
    """WeChat, a tax provider, mail, SMS and printers, played on this machine alone."""
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *arguments])  # noqa: S606


@main.command()
@click.option("--home", type=click.Path(path_type=Path), default=Path("var/demo"))
@click.option("--port", default=0, help="0: any free port.")
@as_json
def demo(home: Path, port: int, as_json: bool) -> None:
    """One real purchase through every room, from the share card to the invoice in the mailbox."""
    from app.demo.playing import play

    sys.exit(play(home=home, port=port, quiet=as_json))


@main.command()
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True
)
@click.option("--port", default=0, help="0: any free port.")
def testbed(config: Path, port: int) -> None:
    """A throw-away shop whose credentials and orders come from CONFIG, for an outside client."""
    from app.testbed import run

    run(config, port)


@main.command(name="import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@as_json
def import_(folder: Path, dry_run: bool, as_json: bool) -> None:
    """Bring a brand's CSV files in: stores, staff, products, prices, stock."""
    from app.importing import run

    with reachable_settings() as settings, progress("import", hidden=as_json) as tell:
        report = asyncio.run(run(settings, folder, dry_run=dry_run, progress=tell))
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False) if as_json else report.text())
    sys.exit(1 if report.refused else 0)


@main.command()
@as_json
def audit(as_json: bool) -> None:
    """Recompute every ledger and state. Exits 1 when anything does not add up."""
    with reachable_settings() as settings, progress("audit", hidden=as_json) as tell:
        report = asyncio.run(auditing.audit(settings, tell))
    click.echo(auditing.show(report, as_json=as_json))
    sys.exit(1 if report["findings"] else 0)


@main.command()
@as_json
def migrate(as_json: bool) -> None:
    """Bring the database up to date. Two at once take turns; doing it again changes nothing."""
    with reachable_settings() as settings, progress("migrate", hidden=as_json) as tell:
        assert settings.database_url
        asyncio.run(bring_up_to_date(settings.database_url, tell))
    if as_json:
        click.echo(json.dumps({"ok": True}))


@main.command()
@as_json
def doctor(as_json: bool) -> None:
    """Look at what the shop needs and say in plain words what is missing."""
    from app.doctor import examine

    found = examine(settings_of_this_process())
    for line in [] if as_json else found:
        click.echo(f"{'ok ' if line['ok'] else 'BAD'} {line['what']}: {line['says']}")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    sys.exit(0 if all(line["ok"] for line in found) else 1)


@main.group()
def bench() -> None:
    """Measure this machine and this shop. Figures are kept in docs/benchmarks.md."""


@bench.command()
@click.option("--seconds", default=8.0, show_default=True, help="How long for each crowd.")
@as_json
def purchase(seconds: float, as_json: bool) -> None:
    """Orders placed and paid per second at 1, 8 and 32 shoppers, with the machine's own floor."""
    from app.bench import measure_purchases, show

    report = measure_purchases(seconds=seconds, tell=lambda text: click.echo(text, err=True))
    click.echo(json.dumps(report) if as_json else show(report))


main.add_command(reconciling.reconcile)


@bench.command()
@click.option("--seconds", default=4.0, show_default=True, help="How long each run takes.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each; the median counts.")
@click.option("--large", default=1_000_000, show_default=True, help="Stored orders in the end.")
@as_json
def orders(seconds: float, rounds: int, large: int, as_json: bool) -> None:
    """Orders placed per second beside what this PostgreSQL does by itself, row by row."""
    from app.bench.orders import measure_orders, show

    report = measure_orders(
        seconds=seconds,
        rounds=rounds,
        large=large,
        tell=lambda text: click.echo(text, err=True),
    )
    click.echo(json.dumps(report) if as_json else show(report))


@bench.command()
@click.option("--members", default=1_000_000, show_default=True, help="With ten rows for each.")
@click.option("--only", multiple=True, help="people, segments, exports or points; may be repeated.")
@as_json
def crm(members: int, only: tuple[str, ...], as_json: bool) -> None:
    """Segments, member look-ups, exports and points of a large brand, against what was agreed."""
    from app.bench.crm import measure_crm, show

    report = measure_crm(members=members, parts=only, tell=lambda text: click.echo(text, err=True))
    click.echo(json.dumps(report) if as_json else show(report))


@bench.command(name="invoicing")
@click.option("--documents", default=60, show_default=True, help="Rendered by each way.")
@click.option("--guests", default=20, show_default=True, help="Who scan and wait for the mail.")
@click.option("--requests", default=200, show_default=True, help="At once, until all have a file.")
@click.option("--scans", default=400, show_default=True, help="At 33 a second: 20,000 in 10 min.")
@as_json
def bench_invoicing(documents: int, guests: int, requests: int, scans: int, as_json: bool) -> None:
    """Documents beside plain xhtml2pdf, the way from scan to mail, and from request to file."""
    from app.bench.invoicing import measure_invoicing, show

    report = measure_invoicing(
        documents=documents,
        guests=guests,
        requests=requests,
        scans=scans,
        tell=lambda text: click.echo(text, err=True),
    )
    click.echo(json.dumps(report) if as_json else show(report))


@bench.command(name="box")
@click.option("--receipts", default=1000, show_default=True, help="Each way, and once in a burst.")
@as_json
def bench_box(receipts: int, as_json: bool) -> None:
    """What a code box adds between till and printer, beside the same receipts sent straight."""
    from app.bench.box import measure_box, show

    report = measure_box(receipts=receipts)
    click.echo(json.dumps(report) if as_json else show(report))


main.add_command(mail_commands.mail_bounce)
main.add_command(upkeep.outbox)
main.add_command(upkeep.keys)
main.add_command(partner_commands.partners)
main.add_command(partner_commands.import_sales)
main.add_command(people_commands.import_members)
main.add_command(people_commands.breach)
main.add_command(till_commands.tills)
main.add_command(box_commands.box)
main.add_command(box_gate.serve_boxes)
main.add_command(print_agent_commands.print_agent)
main.add_command(backend_commands.backends)
main.add_command(backend_commands.bridge)
