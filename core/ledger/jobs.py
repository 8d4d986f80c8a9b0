"""What the book does by itself. Thin: the work is next door."""

from datetime import timedelta

from core import clock
from core.jobs import every
from core.ledger import expiring, holds, sealing


@every("ledger.expire_holds", seconds=15)
async def expire_holds() -> None:
    await holds.expire_holds()


@every("ledger.expire_lots", seconds=300)
async def expire_lots() -> None:
    await expiring.expire_lots()


@every("ledger.seal_new", seconds=60)
async def seal_new() -> None:
    await sealing.seal_new()


@every("ledger.close_yesterday", seconds=3600)
async def close_yesterday() -> None:
    await sealing.seal_day(clock.shop_day(clock.now()) - timedelta(days=1))
