"""What the write-back does by itself."""

from core.jobs import every
from invoicing.write_back.service import (
    close_file,
    folder,
    number_versions,
    unwritten_files,
    write_file,
)


@every("write_back.number", seconds=2)
async def number() -> None:
    """Versions get their numbers."""
    await number_versions()


@every("write_back.file", seconds=600)
async def file() -> None:
    """Where an ERP takes files: what is new goes into one, and what is not on disk is put there."""
    place = folder()
    if place is None:
        return
    await close_file()
    for file_id in await unwritten_files():
        await write_file(file_id, place)
