"""Titles while they are typed: companies by the beginning of their name, or a title QR."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.web.api import Router, Schema
from core.web.policy import PUBLIC
from invoicing.pages.limits import opened
from invoicing.titles.queries import CompanyView, TitleCard, read_title_qr
from invoicing.titles.service import company_named, suggest
from trade.stores.queries import seller_of

router = Router(tag="scan")


class CompanyOut(Schema):
    """`tax_no` is empty until the company is chosen."""

    title: str
    tax_no: str


class FoundOut(Schema):
    companies: list[CompanyOut]


async def seller_tax_no(store_id: int) -> str:
    return (await seller_of(store_id)).tax_no


async def companies_for(text: str, store_id: int) -> list[CompanyView]:
    """What a guest who typed this may mean."""
    return await suggest(text[:100], seller_tax_no=await seller_tax_no(store_id))


async def chosen(title: str, store_id: int) -> CompanyView:
    """Raises CompanyUnknown."""
    return await company_named(title[:100], seller_tax_no=await seller_tax_no(store_id))


@router.raw("POST", "/i/{code}/titles", who=PUBLIC, summary="Look up a title (抬头联想)")
async def look_up(request: Request, code: str) -> Response:
    """`q` is what was typed so far, or a title QR; `pick` asks for the number of one company.

    The words travel in the body: a name has no place in an address. Only the holder of a receipt
    may ask. Raises CompanyUnknown.
    """
    found = await opened(request, code, is_look=True)
    fields = await request.form(max_files=0, max_fields=5)
    q, pick = (str(fields.get(name) or "").replace("\0", "") for name in ("q", "pick"))
    if pick:
        return _told([await chosen(pick, found.store_id)])
    card = read_title_qr(q)
    return _told([_of(card)] if card else await companies_for(q, found.store_id))


def _of(card: TitleCard) -> CompanyView:
    return CompanyView(card.title, card.tax_no)


def _told(companies: list[CompanyView]) -> Response:
    out = FoundOut(companies=[CompanyOut(**asdict(one)) for one in companies])
    return JSONResponse(out.model_dump(mode="json"), headers={"cache-control": "no-store"})
