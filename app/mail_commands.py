"""`daogou mail-bounce`: what a mail server pipes in when an invoice could not be delivered."""

import asyncio
import sys

import click
from tortoise import Tortoise

from app.invocation import reachable_settings
from app.wiring import orm_config, wire
from core.settings import Settings
from invoicing.protocol.bounces import MOST_BYTES, Bounce, read_bounce
from invoicing.service import note_bounce


@click.command(name="mail-bounce")
def mail_bounce() -> None:
    """Read one returned mail from stdin; the delivery is marked, the guest's page says so.

    For the alias of the sender's address: `invoice: |"daogou mail-bounce"`. What is no final
    failure of a mail of ours changes nothing, so that the server never tries again.
    """
    bounce = read_bounce(sys.stdin.buffer.read(MOST_BYTES + 1))
    if bounce is None:
        click.echo("no failure of a mail of ours")
        return
    with reachable_settings() as settings:
        is_ours = asyncio.run(_note(settings, bounce))
    click.echo("noted" if is_ours else "not known here")


async def _note(settings: Settings, bounce: Bounce) -> bool:
    wire(settings)
    assert settings.database_url
    await Tortoise.init(config=orm_config(settings.database_url), _enable_global_fallback=True)
    try:
        return await note_bounce(bounce.message_key, reason=bounce.reason)
    finally:
        await Tortoise.close_connections()
