"""Where stored pictures lie, and which a product shows."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from trade.catalog import album
from trade.catalog.errors import PictureNotFound


@dataclass(frozen=True, slots=True)
class PictureFile:
    path: Path
    about: os.stat_result


async def picture_file(name: str, end: str) -> PictureFile:
    """A file of a stored picture, as `600.webp` of a name. Raises PictureNotFound."""
    path = album.path_of(name, end)
    try:
        return PictureFile(path, await asyncio.to_thread(path.stat))
    except OSError:
        raise PictureNotFound from None
