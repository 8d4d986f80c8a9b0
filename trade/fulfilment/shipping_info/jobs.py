"""The clockwork of shipping information: thin."""

from core.jobs import every, job
from trade.fulfilment.shipping_info import owing, uploading


@every("shipping_info.look", seconds=60)
async def look() -> None:
    await owing.look_at_all()


@job("shipping_info.upload")
async def upload(*, upload_id: int) -> None:
    await uploading.upload(upload_id=upload_id)
