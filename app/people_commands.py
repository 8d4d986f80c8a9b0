"""Commands about people: old members come in, and what a leak may have shown."""

import csv
import json
from datetime import datetime
from pathlib import Path

import click

from app.importing.refusals import safe_cell
from app.invocation import as_json, progress, with_database
from app.old_members import Taken, take_members
from app.old_members.rows import BadFile
from core.clock import SHOP_ZONE
from crm.people.queries import Breach, affected_between


@click.command(name="import-members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Do everything, and take it all back.")
@as_json
def import_members(*, file: Path, dry_run: bool, as_json: bool) -> None:
    """Bring old members in from a CSV FILE. Stopped, it goes on where it was; again, no change."""
    with progress("members", hidden=as_json) as tell:
        try:
            taken: Taken = with_database(lambda: take_members(file, dry_run=dry_run, progress=tell))
        except BadFile as why:
            raise click.ClickException(f"{file.name}: {why}") from None
    click.echo(json.dumps(taken.as_dict(), default=str) if as_json else taken.text())
    raise SystemExit(1 if taken.refused else 0)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write it as 2026-11-21 or 2026-11-21T08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=SHOP_ZONE)


@click.command()
@click.option("--from", "starts", required=True, help="From this moment on (the shop's time).")
@click.option("--to", "ends", required=True, help="Up to this moment.")
@click.option("--actor", default="", help="Only by this one, as marketer:7 or partner:3.")
@click.option("--out", type=click.Path(path_type=Path), help="A CSV of member, field, way, moment.")
@as_json
def breach(*, starts: str, ends: str, actor: str, out: Path | None, as_json: bool) -> None:
    """Who may be affected when data leaked: members, fields and times, from our own records."""
    begins, finishes = _moment(starts), _moment(ends)
    if begins >= finishes:
        raise click.UsageError("--from has to lie before --to.")
    found: Breach = with_database(lambda: affected_between(begins, finishes, actor=actor))
    if out is not None:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["member", "way", "fields", "at", "actor"])
            for row in found.rows:
                told = (row.public_id, row.way, " ".join(row.fields), row.at.isoformat(), row.actor)
                writer.writerow(map(safe_cell, told))
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else found.text())
