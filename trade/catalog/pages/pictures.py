"""Drawings in place of photographs, made from their own name: nothing is stored."""

import re

from starlette.responses import Response

from core.web.api import Router
from core.web.policy import PUBLIC
from trade.catalog.errors import PictureNotFound
from trade.catalog.pages.drawing import OUTLINES, draw

router = Router(tag="pictures")
NAME = re.compile(r"([a-z]+)-([0-9a-f]{6})\.svg", re.ASCII)


@router.raw("GET", "/pictures/{name}", who=PUBLIC, summary="A drawing of a product (示意图)")
async def picture(name: str) -> Response:
    found = NAME.fullmatch(name)
    if found is None or found[1] not in OUTLINES:
        raise PictureNotFound
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'",
    }
    return Response(draw(found[1], found[2]), media_type="image/svg+xml", headers=headers)
