"""Real picture files, good and bad, through the real re-encoder and the real folder."""

import asyncio
import io
import struct
import zlib
from typing import Any

import pytest
from httpx2 import AsyncClient
from PIL import Image, ImageCms, ImageDraw

from core.database import sql
from core.settings import current
from tests.scenes.catalog import a_sku
from trade.catalog import album
from trade.catalog.errors import (
    NotAPicture,
    PictureNotFound,
    PictureTooLarge,
    ProductNotFound,
    TooManyPictures,
)
from trade.catalog.models import Picture, Product, ProductPicture, Sku
from trade.catalog.reencoding import reencode
from trade.catalog.rules import picture_path
from trade.catalog.service import PictureOf, set_pictures, store_picture, sweep_pictures

db = pytest.mark.usefixtures("db")
GPS, ORIENTATION, OWNER = 0x8825, 0x0112, 0x8298


def a_photo(
    form: str = "JPEG", size: tuple[int, int] = (900, 600), mode: str = "RGB", **how: Any
) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new(mode, size, "red" if mode != "L" else 200)
    if mode != "L":
        half = (size[0] // 2, 0, size[0], size[1])
        ImageDraw.Draw(image).rectangle(half, fill="blue")
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 200 and pixel[2] < 60)


def with_exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[OWNER] = orientation, "沈知秋 13800138000"
    exif.get_ifd(GPS)[1] = "N"
    return a_photo(exif=exif)


def png(width: int, height: int, *, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_picture_comes_in_three_sizes_and_never_larger_than_it_was(form: str, mode: str) -> None:
    made = reencode(a_photo(form, mode=mode))
    sizes = {end: opened(content).size for end, content in made.files.items()}

    assert (made.width, made.height) == (900, 600)
    assert sizes == {
        "200.webp": (200, 133),
        "600.webp": (600, 400),
        "600.jpg": (600, 400),
        "1200.webp": (900, 600),
    }
    assert opened(made.files["600.webp"]).format == "WEBP"
    assert opened(made.files["600.jpg"]).format == "JPEG"


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [(1, (900, 600), (5, 5)), (3, (900, 600), (895, 5)), (6, (600, 900), (5, 5))],
)
def test_a_photograph_stands_upright_and_says_nothing_of_who_took_it_where(
    orientation: int, size: tuple[int, int], red_at: tuple[int, int]
) -> None:
    raw = with_exif(orientation)
    made = reencode(raw)
    largest = opened(made.files["1200.webp"]).convert("RGB")

    assert b"13800138000" in raw
    assert largest.size == size
    assert is_red(largest.getpixel(red_at))
    for content in made.files.values():
        shown = opened(content)
        assert (dict(shown.getexif()), shown.info.get("icc_profile")) == ({}, None)
        assert b"13800138000" not in content


def test_what_was_seen_through_stays_so_and_is_white_on_a_share_card() -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    made = reencode(out.getvalue())

    assert opened(made.files["200.webp"]).getchannel("A").getextrema() == (0, 0)
    assert opened(made.files["600.jpg"]).getpixel((9, 9)) == (255, 255, 255)


def test_colours_of_another_space_are_turned_into_those_of_the_web() -> None:
    """LAB's profile cannot be used on RGB: the picture is taken, its profile left out."""
    for name in ("sRGB", "LAB"):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()
        made = reencode(a_photo(icc_profile=profile))
        assert is_red(opened(made.files["600.webp"]).convert("RGB").getpixel((5, 5)))
    assert reencode(a_photo("JPEG", mode="CMYK")).width == 900


BAD = {
    "nothing": b"",
    "text": "这不是图片".encode(),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": a_photo("GIF"),
    "bmp": a_photo("BMP"),
    "tiff": a_photo("TIFF"),
    "ico": a_photo("ICO", size=(64, 64)),
    "pdf": a_photo("PDF"),
    "half a jpeg": a_photo()[:2_000],
    "half a png": a_photo("PNG")[:600],
    "half a webp": a_photo("WEBP")[:200],
    "a jpeg's head": a_photo()[:20],
    "a png of no rows": png(600, 600),
    "a png that lies of its size": png(500, 500, rows=b"\0" * 40),
    "a page with a jpeg inside": b"<html>" + a_photo(),
    "a dot": a_photo("PNG", size=(1, 1)),
    "a thread": a_photo("PNG", size=(4_000, 2)),
}


@pytest.mark.parametrize("what", sorted(BAD))
def test_what_is_no_picture_is_refused(what: str) -> None:
    with pytest.raises(NotAPicture):
        reencode(BAD[what])


@pytest.mark.parametrize("size", [(7_100, 7_100), (12_001, 20), (11_000, 9_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge):
        reencode(png(*size))


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_the_library_itself_knows_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises((PictureTooLarge, NotAPicture)):
        reencode(png(*size))


@db
async def test_the_same_bytes_are_the_same_picture_however_often_and_at_once() -> None:
    raw = a_photo()
    first = await store_picture(by="test:1", raw=raw)
    again = await asyncio.gather(*(store_picture(by="test:2", raw=raw) for _ in range(3)))
    other = await store_picture(by="test:1", raw=a_photo("PNG"))

    assert [each.name for each in again] == [first.name] * 3
    assert other.name != first.name
    assert await Picture.all().order_by("id").values_list("by", "state") == [
        ("test:1", "stored"),
        ("test:1", "stored"),
    ]
    files = {path.name for path in (current().var_dir / "pictures").glob("*/*")}
    assert len(files) == 8
    with pytest.raises(PictureTooLarge):
        await store_picture(by="test:1", raw=b"\0" * 12_000_001)


@db
async def test_a_lost_file_comes_back_with_the_next_upload() -> None:
    stored = await store_picture(by="test:1", raw=a_photo())
    album.forget(stored.name)
    await store_picture(by="test:1", raw=a_photo())

    assert album.has_all(stored.name, ("200.webp", "600.webp", "1200.webp", "600.jpg"))


@db
async def test_an_upload_that_died_is_swept_with_its_files() -> None:
    stored = await store_picture(by="test:1", raw=a_photo())
    dying = await store_picture(by="test:1", raw=a_photo("PNG"))
    await sql("UPDATE catalog_picture SET state = 'storing' WHERE name = $1", dying.name)
    young = await sweep_pictures()
    await sql("UPDATE catalog_picture SET at = now() - interval '2 hours'")

    assert (young, await sweep_pictures(), await sweep_pictures()) == (0, 1, 0)
    assert [row.name for row in await Picture.all()] == [stored.name]
    assert album.has_all(stored.name, ("600.webp",))
    assert not album.has_all(dying.name, ("600.webp",))


@db
async def test_a_product_shows_its_pictures_in_order_and_each_colour_its_own() -> None:
    sku = await a_sku(colour="驼色")
    other = await a_sku(product=await sku.product, colour="白", size="L")
    one, two = [(await store_picture(by="t:1", raw=a_photo(size=(s, s)))).name for s in (99, 98)]
    for _ in range(2):
        await set_pictures(
            product_id=sku.product_id, pictures=[PictureOf(one), PictureOf(two, "驼色")]
        )

    rows = ProductPicture.all().order_by("position")
    assert await rows.values_list("picture__name", "colour") == [(one, ""), (two, "驼色")]
    assert (await Product.get(id=sku.product_id)).picture == picture_path(one)
    assert (await Sku.get(id=sku.id)).picture == picture_path(two)
    assert (await Sku.get(id=other.id)).picture == ""


@db
async def test_a_page_shows_only_pictures_that_are_there() -> None:
    sku = await a_sku()
    stored = await store_picture(by="test:1", raw=a_photo())
    await Picture.all().update(state="storing")
    for wanted in ([PictureOf(stored.name)], [PictureOf("0" * 64)]):
        with pytest.raises(PictureNotFound):
            await set_pictures(product_id=sku.product_id, pictures=wanted)
    with pytest.raises(TooManyPictures):
        await set_pictures(product_id=sku.product_id, pictures=[PictureOf("a")] * 21)
    with pytest.raises(ProductNotFound):
        await set_pictures(product_id=999, pictures=[])

    assert await ProductPicture.all().count() == 0


async def test_a_stored_picture_is_served_for_ever(client: AsyncClient) -> None:
    stored = await store_picture(by="test:1", raw=a_photo())
    for end, kind in (("200.webp", "image/webp"), ("600.jpg", "image/jpeg")):
        answer = await client.get(f"/pictures/{stored.name}-{end}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert opened(answer.content).size[0] in {200, 600}
    missing = ("0" * 64 + "-600.webp", f"{stored.name}-300.webp", f"{stored.name}-600.png")
    for name in (*missing, "../../etc/passwd", f"{stored.name}-600.webp%00"):
        assert (await client.get(f"/pictures/{name}")).status_code == 404
