"""Pictures of goods: stored ones, and drawings in their place made from their own name."""

import re

from starlette.responses import FileResponse, Response

from core.web.api import Router
from core.web.policy import PUBLIC
from trade.catalog.errors import PictureNotFound
from trade.catalog.pages.drawing import OUTLINES, draw
from trade.catalog.queries import picture_file

router = Router(tag="pictures")
DRAWING = re.compile(r"([a-z]+)-([0-9a-f]{6})\.svg", re.ASCII)
STORED = re.compile(r"([0-9a-f]{64})-((?:200|600|1200)\.webp|600\.jpg)", re.ASCII)
KINDS = {"webp": "image/webp", "jpg": "image/jpeg"}
HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",  # the name says the content
    "content-security-policy": "default-src 'none'",
}


@router.raw("GET", "/pictures/{name}", who=PUBLIC, summary="A picture of a product (图片)")
async def picture(name: str) -> Response:
    if found := STORED.fullmatch(name):
        return await _stored(found[1], found[2])
    drawn = DRAWING.fullmatch(name)
    if drawn is None or drawn[1] not in OUTLINES:
        raise PictureNotFound
    made = draw(drawn[1], drawn[2])
    return Response(made, media_type="image/svg+xml", headers=HEADERS)


async def _stored(name: str, end: str) -> Response:
    found = await picture_file(name, end)
    kind = KINDS[end.partition(".")[2]]
    return FileResponse(found.path, media_type=kind, headers=HEADERS, stat_result=found.about)
