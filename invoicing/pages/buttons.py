"""Buttons of the form that do not send it: the form comes back with everything that was typed."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request

from invoicing.errors import CodeUnknown, OrderNotHereYet
from invoicing.pages.device import holder_of, own_titles
from invoicing.pages.forms import Asked
from invoicing.pages.limits import opened
from invoicing.pages.title_search import chosen, companies_for
from invoicing.pages.typed import MOST_RECEIPTS, code_in
from invoicing.queries import Awaited, check_invoiceable
from invoicing.titles.queries import read_title_qr
from invoicing.titles.service import forget_title


async def pressed(request: Request, fields: FormData, asked: Asked) -> Asked | None:
    """The form after one of its own buttons; None: it is to be sent.

    Raises CodeUnknown, CompanyUnknown, TitleUnknown, and what the receipt that was added raises.
    """
    for name, work in BUTTONS.items():
        if value := str(fields.get(name) or ""):
            return await work(request, asked, value)
    act, _, what = str(fields.get("act") or "").partition(":")
    if act == "add":
        what = str(fields.get("other") or "")
    if act in ACTS:
        return await ACTS[act](request, asked, what)
    if read_title_qr(str(fields.get("title") or "")):
        return asked  # a scanner that types ends with Enter: what it read is shown, not sent
    return None


async def _pick(_: Request, asked: Asked, title: str) -> Asked:
    company = await chosen(title, asked.found.store_id)
    return replace(asked, typed=replace(asked.typed, title=company.title, tax_no=company.tax_no))


async def _own(request: Request, asked: Asked, title_id: str) -> Asked:
    named = [one for one in await own_titles(request) if str(one.id) == title_id]
    return replace(asked, typed=asked.typed.filled(named[0].title)) if named else asked


async def _look(_: Request, asked: Asked, __: str) -> Asked:
    found = await companies_for(asked.typed.title, asked.found.store_id)
    return replace(asked, companies=found, is_looked=True)


async def _add(request: Request, asked: Asked, text: str) -> Asked:
    """Raises CodeUnknown for what is no receipt, OrderNotHereYet for one to come."""
    code, typed = code_in(text), asked.typed
    if code is None or len(typed.more) >= MOST_RECEIPTS - 1:
        raise CodeUnknown
    if code == asked.found.code or code in typed.more:
        return asked
    found = await opened(request, code, is_look=True)
    if isinstance(found, Awaited) or isinstance(asked.found, Awaited):
        raise OrderNotHereYet
    check_invoiceable(found)
    return replace(asked, typed=replace(typed, more=(*typed.more, code)))


async def _drop(_: Request, asked: Asked, code: str) -> Asked:
    kept = tuple(one for one in asked.typed.more if one != code)
    return replace(asked, typed=replace(asked.typed, more=kept))


async def _forget(request: Request, asked: Asked, title_id: str) -> Asked:
    holder = holder_of(request)
    if holder and title_id.isascii() and title_id.isdigit() and len(title_id) < 19:
        await forget_title(holder=holder, title_id=int(title_id))
    return asked


BUTTONS = {"pick": _pick, "own": _own}
ACTS = {"look": _look, "add": _add, "drop": _drop, "forget": _forget}
