"""Pictures of goods: uploaded once, shown in several sizes, never changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.database import sql, use_case
from trade.catalog import album
from trade.catalog.errors import PictureNotFound, PictureTooLarge, ProductNotFound, TooManyPictures
from trade.catalog.models import Picture, Product, ProductPicture, Sku
from trade.catalog.reencoding import Reencoded, reencode
from trade.catalog.rules import MAX_PICTURE_BYTES, PICTURE_SIZES, PictureState, picture_path
from trade.catalog.service.telling import tell_changed

AT_ONCE = 2  # unpacked pictures a process holds in memory
MAX_PICTURES = 20
ENDS = (*(f"{size}.webp" for size in PICTURE_SIZES), f"{PICTURE_SIZES[1]}.jpg")
gates: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """`name` is what goods, scenes and pages call it by."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PictureOf:
    """A picture on a product's page. `colour` empty: of all its colours."""

    name: str
    colour: str = ""


async def store_picture(*, by: str, raw: bytes) -> StoredPicture:
    """Keep an uploaded picture. The same bytes again are the same picture.

    The row is committed before the files are written, so that a file of a process that died is
    known and swept. Raises PictureTooLarge and NotAPicture.
    """
    if len(raw) > MAX_PICTURE_BYTES:
        raise PictureTooLarge(bytes=len(raw), most=MAX_PICTURE_BYTES)
    name = (await asyncio.to_thread(sha256, raw)).hexdigest()
    known = await Picture.get_or_none(name=name, state=PictureState.STORED)
    if known is not None and await asyncio.to_thread(album.has_all, name, ENDS):
        return StoredPicture(name, known.width, known.height)
    gate = gates.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with gate:
        made = await asyncio.to_thread(reencode, raw)
    await _intend(name, made, by)
    await asyncio.to_thread(album.keep, name, made.files)
    await _finish(name)
    return StoredPicture(name, made.width, made.height)


INTEND = """
INSERT INTO catalog_picture (name, state, width, height, by) VALUES ($1, 'storing', $2, $3, $4)
ON CONFLICT (name) DO UPDATE SET at = now()
"""


@use_case
async def _intend(name: str, made: Reencoded, by: str) -> None:
    await sql(INTEND, name, made.width, made.height, by)


@use_case
async def _finish(name: str) -> None:
    await Picture.filter(name=name).update(state=PictureState.STORED)


@use_case
async def set_pictures(*, product_id: int, pictures: Sequence[PictureOf]) -> None:
    """The pictures of a product's page, in order. The first one stands for it in lists.

    A SKU shows the first picture of its colour. Doing it again changes nothing. Raises
    ProductNotFound, PictureNotFound and TooManyPictures.
    """
    product = await Product.select_for_update().get_or_none(id=product_id)
    if product is None:
        raise ProductNotFound(product_id=product_id)
    if len(pictures) > MAX_PICTURES:
        raise TooManyPictures(most=MAX_PICTURES)
    known = await stored([picture.name for picture in pictures])
    await ProductPicture.filter(product_id=product_id).delete()
    await ProductPicture.bulk_create(
        ProductPicture(
            product_id=product_id,
            picture_id=known[picture.name],
            colour=picture.colour,
            position=position,
        )
        for position, picture in enumerate(pictures)
    )
    await _show_first(product_id, pictures)
    await tell_changed([product_id], "picture")


async def stored(names: Sequence[str]) -> dict[str, int]:
    """Name to id. Raises PictureNotFound for one that is not there whole."""
    rows = Picture.filter(name__in=set(names), state=PictureState.STORED)
    known = dict(await rows.values_list("name", "id"))
    if missing := [name for name in names if name not in known]:
        raise PictureNotFound(picture=missing[0])
    return known


async def _show_first(product_id: int, pictures: Sequence[PictureOf]) -> None:
    if pictures:
        first = picture_path(pictures[0].name)
        await Product.filter(id=product_id).update(picture=first)
    for picture in reversed(pictures):
        if picture.colour:
            skus = Sku.filter(product_id=product_id, colour=picture.colour)
            await skus.update(picture=picture_path(picture.name))


LEFT_BEHIND = """
SELECT name FROM catalog_picture WHERE state = 'storing' AND at < now() - interval '1 hour'
ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
"""


@use_case
async def sweep_pictures() -> int:
    """Forget uploads whose process died in between. Answers how many.

    Who uploads the same picture again meanwhile waits for the row, and then stores it anew.
    """
    names = [row["name"] for row in await sql(LEFT_BEHIND)]
    for name in names:
        await asyncio.to_thread(album.forget, name)
    await Picture.filter(name__in=names).delete()
    return len(names)
