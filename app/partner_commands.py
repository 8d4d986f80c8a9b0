"""Commands about outside programs: their keys, sales from a file, what partners are told."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from app.invocation import as_json, progress, with_database
from core import feed
from core.errors import DomainError
from core.security import api_keys
from core.security.scope import Grant
from devices.service import FileTaken, take_file
from trade.stores.queries import store_ids

BY = "operator:cli"
GRANTS = [grant.value for grant in Grant]


def done(work: Any) -> Any:
    """Run `work` on the shop's database; a refusal becomes a sentence."""
    try:
        return with_database(work)
    except DomainError as refused:
        raise click.ClickException(f"{refused.en} {refused.facts}") from None


def _show(new: api_keys.NewKey) -> None:
    click.echo(f"{new.name}: the key opens until {new.expires_at:%Y-%m-%d} and is shown this once:")
    click.echo(new.token)


@click.group()
def partners() -> None:
    """Outside programs (tills, ERPs) and the API keys they show."""


@partners.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """Who may do what in which stores, and when each key was last used."""
    found: list[api_keys.PartnerView] = done(api_keys.partners)
    if as_json:
        rows = [{"name": p.name, "grants": p.grants, "keys": len(p.keys)} for p in found]
        click.echo(json.dumps(rows))
        return
    for partner in found:
        where = "all stores" if partner.is_everywhere else f"{len(partner.store_ids)} stores"
        click.echo(f"{partner.name}: {' '.join(partner.grants)}; {where}")
        for key in partner.keys:
            state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
            used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
            click.echo(f"  dgk_{key.prefix}…  {state}  last used {used}")


@partners.command()
@click.argument("name")
@click.option("--grant", "grants", multiple=True, required=True, type=click.Choice(GRANTS))
@click.option("--store", "stores", multiple=True, help="A store code; repeat it. None: all stores.")
@click.option("--days", default=365, show_default=True, help="How long the key opens.")
def add(name: str, grants: Iterable[str], stores: tuple[str, ...], days: int) -> None:
    """Admit NAME and show its key."""

    async def work() -> api_keys.NewKey:
        known = await store_ids()
        unknown = [code for code in stores if code not in known]
        if unknown:
            raise click.ClickException(f"There is no store {unknown[0]}.")
        return await api_keys.add_partner(
            name=name,
            grants=[Grant(grant) for grant in grants],
            store_ids=[known[code] for code in stores] or None,
            by=BY,
            life=timedelta(days=days),
        )

    _show(done(work))


@partners.command()
@click.argument("name")
@click.option("--overlap", default=7, show_default=True, help="Days the older keys still open.")
def renew(name: str, overlap: int) -> None:
    """A further key for NAME."""
    _show(done(lambda: api_keys.renew_key(name=name, by=BY, overlap=timedelta(days=overlap))))


@partners.command()
@click.argument("name")
@click.option("--key", "prefix", default="", help="One key by the start shown in the list.")
def revoke(name: str, prefix: str) -> None:
    """End the keys of NAME at once."""
    bare = api_keys.prefix_of(prefix) if prefix else ""
    ended = done(lambda: api_keys.revoke_keys(name=name, by=BY, prefix=bare))
    click.echo(f"{ended} keys ended")


@partners.command(name="feed")
def feed_() -> None:
    """What is told to whom, how far each has heard, and who is parked."""
    for view in done(feed.all_subscriptions):
        where = view.url or "asks by itself"
        click.echo(
            f"{view.public_id}  {view.state}  {view.delivered} of {view.last_sequence}"
            f"  {where}  {view.error}"
        )


@click.command(name="import-sales")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partner", required=True, help="In whose name; its stores are the limit.")
@click.option("--refused", type=click.Path(path_type=Path), help="Where refused rows are written.")
@as_json
def import_sales(*, file: Path, partner: str, refused: Path | None, as_json: bool) -> None:
    """Bring receipts of tills in, from a CSV or JSONL FILE. Doing it again changes nothing."""
    raw = file.read_bytes()
    with progress("sales", hidden=as_json) as tell:

        async def work() -> FileTaken:
            scope = await api_keys.partner_named(partner)
            return await take_file(scope, name=file.name, raw=raw, tell=tell)

        taken: FileTaken = done(work)
    counts = {name: taken.count(name) for name in ("accepted", "known", "conflict", "refused")}
    odd = counts["refused"] + counts["conflict"]
    place = refused or file.with_suffix(".refused.csv")
    if odd:
        place.write_bytes(taken.refused_file)
    said = json.dumps(counts) if as_json else ", ".join(f"{n} {name}" for name, n in counts.items())
    click.echo(said)
    if odd and not as_json:
        click.echo(f"what was not taken: {place}")
    raise SystemExit(1 if odd else 0)
