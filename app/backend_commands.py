"""Commands about tax backends: accounts of sellers, and the agent beside a tax disc."""

import asyncio
import json
import sys
from pathlib import Path

import click

from app.invocation import as_json
from app.partner_commands import done
from core.security.scope import Role, Scope
from invoicing.backends.queries import AccountView, Adapter, all_accounts
from invoicing.backends.service import (
    AccountDraft,
    check_account,
    enrol_account,
    hold_account,
    resume_account,
    rotate_secrets,
)
from trade.stores.queries import tax_entity_ids

OPERATOR = Scope(Role.HEAD_OFFICE, staff_id=0)


def _secrets() -> dict[str, str]:
    """From standard input, so that no secret stands in a list of processes."""
    try:
        said = json.load(sys.stdin)
    except ValueError:
        raise click.ClickException("standard input is no JSON object of secrets") from None
    return {str(name): str(value) for name, value in said.items()}


@click.group()
def backends() -> None:
    """Accounts at tax backends: providers, the direct link, tax discs."""


@backends.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """Each account, how it is, and what is left of its quota or numbers."""
    found: list[AccountView] = done(all_accounts)
    for one in found:
        facts = {
            "account": one.public_id,
            "seller": one.tax_entity_id,
            "adapter": one.adapter.value,
            "point": one.point,
            "state": one.state.value if one.is_active else "off",
            "quotaFen": one.quota_fen,
            "numbersLeft": one.numbers_left,
            "said": one.said,
        }
        words = " ".join(
            f"{name}={value}" for name, value in facts.items() if value not in ("", None)
        )
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else words)


@backends.command()
@click.argument("seller")
@click.argument("adapter", type=click.Choice([one.value for one in Adapter]))
@click.option("--name", required=True, help="What people call it.")
@click.option("--point", default="", help="Invoicing point, or the number of the disc.")
@click.option("--url", default="", help="Address of the provider.")
@click.option("--weight", default=1, help="Its share of the seller's load.")
def enrol(seller: str, adapter: str, name: str, point: str, url: str, weight: int) -> None:
    """Take an account of SELLER (a tax entity's code); its secrets are JSON on standard input."""
    secrets = _secrets()

    async def work() -> AccountView:
        known = await tax_entity_ids()
        if seller not in known:
            raise click.ClickException(f"no tax entity {seller}: {' '.join(sorted(known))}")
        draft = AccountDraft(known[seller], Adapter(adapter), name, point, url, weight)
        return await enrol_account(scope=OPERATOR, draft=draft, secrets=secrets)

    view: AccountView = done(work)
    click.echo(json.dumps({"account": view.public_id}))


@backends.command()
@click.argument("account")
def check(account: str) -> None:
    """Ask the backend now how the seller stands: login, quota, numbers."""
    state = done(lambda: check_account(public_id=account))
    click.echo(json.dumps({"account": account, "state": state.value}))


@backends.command()
@click.argument("account")
def hold(account: str) -> None:
    """Stop an account by hand; what waits, waits."""
    done(lambda: hold_account(scope=OPERATOR, public_id=account))


@backends.command()
@click.argument("account")
def resume(account: str) -> None:
    """Let an account issue again."""
    done(lambda: resume_account(scope=OPERATOR, public_id=account))


@backends.command()
@click.argument("account")
def rotate(account: str) -> None:
    """Put new secrets in place; JSON on standard input, those not named stay."""
    secrets = _secrets()
    done(lambda: rotate_secrets(scope=OPERATOR, public_id=account, secrets=secrets))


settings_option = click.option(
    "--settings",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("bridge.json"),
    show_default=True,
    help="The agent's key, and its devices by the name of their account.",
)


@click.group()
def bridge() -> None:
    """The agent beside a tax disc or tax server. It has no database and opens no port."""


@bridge.command()
@click.option("--url", required=True, help="The shop's public address, as https://shop.example.cn")
@settings_option
def init(url: str, settings: Path) -> None:
    """Make the agent's key; its public half is what `daogou backends enrol` wants."""
    from invoicing.backends.bridge.agent import running  # noqa: PLC0415 - the shop does without it

    try:
        key = running.make(settings, url=url.rstrip("/"))
    except OSError as why:
        raise click.ClickException(str(why)) from None
    click.echo(json.dumps({"public_key": key}))


@bridge.command()
@click.argument("account")
@click.argument("device")
@settings_option
def add(account: str, device: str, settings: Path) -> None:
    """Serve a DEVICE (tcp://127.0.0.1:9200, serial:///dev/ttyUSB0?baud=9600) for an account."""
    from invoicing.backends.bridge.agent import running  # noqa: PLC0415 - the shop does without it

    try:
        running.add_device(settings, account=account, device=device)
    except (OSError, ValueError, KeyError) as why:
        raise click.ClickException(str(why)) from None


@bridge.command()
@settings_option
def run(settings: Path) -> None:
    """Fetch invoices and have the devices issue them, until told to stop."""
    from invoicing.backends.bridge.agent import running  # noqa: PLC0415 - the shop does without it

    try:
        asyncio.run(running.run(running.load(settings)))
    except (OSError, ValueError, KeyError) as why:
        raise click.ClickException(str(why)) from None
