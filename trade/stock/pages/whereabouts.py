"""查货: somebody calls the service centre and asks whether the piece is there, and where else.

What is told is what `reserve` would keep there now, at the price that cart and order ask.
"""

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.navigation import Section, add_to_console
from core.web.pages import render
from core.web.policy import allow
from trade.catalog.queries import SkuView, find_sku, is_on_shelf, skus_by_barcode
from trade.promotions.queries import prices_of
from trade.stock.queries import Promise, Wish, promise
from trade.stores.queries import StoreView, find_store

router = Router("/console/whereabouts", "whereabouts pages", login="/login")
OFFICE = allow(Role.MARKETER, Role.HEAD_OFFICE)
add_to_console(
    "/console/whereabouts", zh="查货", en="Find goods", section=Section.TRADE, who=OFFICE
)
MOST_PIECES, SHOWN = 999, 20
ANYWHERE = (30.0, 115.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A store that has it, or expects it; without a price it does not sell it."""

    store: StoreView
    distance_m: int
    pieces: int
    is_enough: bool
    is_coming: bool
    coming_on: date | None
    price_fen: int | None


@router.page("GET", "", who=OFFICE, summary="Which stores have a piece, for who calls (查货)")
async def show_whereabouts(request: Request, scope: Scope) -> Response:
    asked = request.query_params
    code, near_code = asked.get("sku", "")[:40].strip(), asked.get("near", "")[:32].strip()
    pieces = _pieces(asked.get("pieces", ""))
    sku = await _sku(code) if code else None
    near = await find_store(near_code) if near_code else None
    return render(
        request,
        "stock/whereabouts.html",
        code=code,
        near_code=near_code,
        near=near,
        pieces=pieces,
        sku=sku,
        answers=await _answers(sku, pieces, near) if sku else [],
    )


def _pieces(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 4
    return max(1, min(int(text), MOST_PIECES)) if is_number else 1


async def _sku(text: str) -> SkuView | None:
    """By the brand's code, or by what stands on the label."""
    return await find_sku(text) or (await skus_by_barcode([text])).get(text)


async def _answers(sku: SkuView, pieces: int, near: StoreView | None) -> list[Answer]:
    parts = sku.parts or ((sku.id, 1),)
    place = (near.latitude, near.longitude) if near else ANYWHERE
    wanted = [(part, each * pieces) for part, each in parts]
    page = await promise(wanted, Wish(place), with_coming=True, limit=SHOWN)
    return [await _answer(told, sku) for told in page.promises]


async def _answer(told: Promise, sku: SkuView) -> Answer:
    parts = sku.parts or ((sku.id, 1),)
    is_sold = sku.id in await is_on_shelf(told.store.id, [sku.id])
    price = (await prices_of(told.store.id, [sku.id])).get(sku.id) if is_sold else None
    return Answer(
        store=told.store,
        distance_m=told.distance_m,
        pieces=min(told.available[part] // each for part, each in parts),
        is_enough=told.is_enough,
        is_coming=told.is_coming,
        coming_on=told.coming_on,
        price_fen=price.price_fen if price else None,
    )
