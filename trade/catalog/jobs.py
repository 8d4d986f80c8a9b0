"""The clockwork of the catalogue: thin; what is done stands in `service`."""

from core.jobs import every
from trade.catalog import service


@every("catalog.sweep_pictures", seconds=3_600)
async def sweep_pictures() -> None:
    await service.sweep_pictures()
