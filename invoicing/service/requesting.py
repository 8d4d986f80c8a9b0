"""A guest asks for an invoice. Here it is only written down; `invoicing.jobs` has it issued."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core import clock
from core.clock import SHOP_ZONE
from core.database import sql, use_case
from core.jobs import owe
from invoicing.backends.port import Kind
from invoicing.errors import (
    AlreadyRequested,
    AmountDiffers,
    CannotMerge,
    CharacterRefused,
    NothingToInvoice,
    SpecialNotAllowed,
)
from invoicing.models import Covered, Invoice, InvoiceableOrder, InvoiceRequest
from invoicing.queries.codes import Awaited, Scanned, check_invoiceable, look_up
from invoicing.queries.requests import RequestView, lines_of, live_rows, view_of
from invoicing.queries.sales import open_fen, sale_of
from invoicing.rules.buyers import Buyer, BuyerKind
from invoicing.rules.sales import HoldReason
from invoicing.rules.states import DEAD, RequestState, move
from invoicing.rules.tax import TaxLine, totals
from invoicing.sealing import open_buyer, seal_buyer, title_index_of
from invoicing.service.capacity import unprintable
from invoicing.service.planning import Planned, Wanted, planned, remark_of
from invoicing.service.waiting import write_draft

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NEW_ID = "SELECT nextval(pg_get_serial_sequence('invoicing_request', 'id'))::bigint AS id"
COVER = """
INSERT INTO invoicing_covered (request_id, sale_id, part, fen, red_fen, is_live)
SELECT $1::bigint, sale_id, $2::int, fen, 0, true
FROM unnest($3::bigint[], $4::bigint[]) AS shares (sale_id, fen)
"""
SALES_OF = "SELECT sale_id FROM invoicing_covered WHERE request_id = $1 ORDER BY sale_id"
LOCK_SALES = "SELECT id FROM invoicing_order WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"


async def request_invoice(
    *, codes: Sequence[str], buyer: Buyer, kind: Kind = Kind.GENERAL
) -> RequestView:
    """Write down that these receipts are to be invoiced to `buyer`, once; answers the first part.

    The same buyer again is answered with the request that is there. A code whose sale has not come
    makes a draft that waits for it. Raises what `look_up` and `check_invoiceable` raise,
    TaxClassMissing, SellerMissing, SellersDiffer, CannotMerge, SpecialNotAllowed, CharacterRefused,
    and AlreadyRequested when somebody else was first.
    """
    try:
        return await _request(tuple(dict.fromkeys(codes)), buyer, kind)
    except AmountDiffers:
        await note_amount_differs(codes)
        raise


@use_case
async def note_amount_differs(codes: Sequence[str]) -> None:
    """A receipt says another amount than its sale: a changed order or a forged paper (S9)."""
    for found in [await look_up(code) for code in codes]:
        if isinstance(found, Scanned) and found.amount_fen != found.sale.paid_fen:
            text = f"a receipt says {found.amount_fen} fen, the sale {found.sale.paid_fen}"
            await InvoiceableOrder.filter(id=found.sale.id).update(alarm=text)


@use_case
async def _request(codes: tuple[str, ...], buyer: Buyer, kind: Kind) -> RequestView:
    found = [await look_up(code) for code in codes]
    here = [one for one in found if isinstance(one, Scanned)]
    if kind is Kind.SPECIAL and buyer.kind is not BuyerKind.ENTERPRISE:
        raise SpecialNotAllowed
    if len(here) < len(found) or not here:
        return await view_of(await _draft(found, buyer, kind))
    ids = await _locked(here)
    if live := await live_rows(ids):
        if known := await _known(live, ids, buyer):
            return known
        return await _ask_again_for_dead_parts(live, buyer)
    wanted = [Wanted(one.sale, check_invoiceable(one.uncovered())) for one in _once(here)]
    rows = await write_down(wanted, buyer, kind, code=codes[0])
    return await view_of(rows[0])


def _once(found: list[Scanned]) -> list[Scanned]:
    """A receipt that was printed twice counts once."""
    return list({one.sale.id: one for one in reversed(found)}.values())[::-1]


async def _draft(found: Sequence[Scanned | Awaited], buyer: Buyer, kind: Kind) -> InvoiceRequest:
    """Raises CannotMerge, AlreadyRequested."""
    [*others, last] = found
    if others or not isinstance(last, Awaited):
        raise CannotMerge
    row, is_new = await write_draft(last, buyer, kind, request_no=new_request_no(clock.now()))
    if not is_new:
        _check_same(row, buyer)
    return row


async def _locked(found: list[Scanned]) -> list[int]:
    """Whoever comes second waits here, and then sees the first one's request."""
    ids = sorted({one.sale.id for one in found})
    await sql(LOCK_SALES, ids)
    return ids


async def _known(live: list[InvoiceRequest], ids: list[int], buyer: Buyer) -> RequestView | None:
    """The wish that is there already; None: a part of it died and may be asked for anew.

    Raises AlreadyRequested when it is another buyer's, or of other receipts.
    """
    groups = {row.group_no for row in live}
    covered = await Covered.filter(request__group_no__in=groups)
    if len(groups) > 1 or {one.sale_id for one in covered} != set(ids):
        raise AlreadyRequested
    if len({row.part for row in live}) < live[0].parts:
        return None
    for row in live:
        _check_same(row, buyer)
    return await view_of(live[0])


def _check_same(live: InvoiceRequest, buyer: Buyer) -> None:
    first = open_buyer(live.buyer, request_id=live.id)
    if (first.kind, first.title, first.tax_no) != (buyer.kind, buyer.title, buyer.tax_no):
        raise AlreadyRequested


async def _ask_again_for_dead_parts(live: list[InvoiceRequest], buyer: Buyer) -> RequestView:
    """Parts that were refused are asked for under new numbers; the others stay as they are."""
    alive = {row.part for row in live}
    rows = InvoiceRequest.filter(group_no=live[0].group_no, state__in=sorted(DEAD))
    dead = {row.part: row for row in await rows.order_by("id") if row.part not in alive}
    again = [await _again(row, buyer) for row in dead.values()]
    return await view_of(again[0])


async def _again(dead: InvoiceRequest, buyer: Buyer) -> InvoiceRequest:
    """Raises NothingToInvoice when the sale was refunded meanwhile below what this part was."""
    lines = lines_of(dead)
    for sale_id, fen in _by_sale(lines).items():
        if await open_fen(await sale_of(sale_id)) < fen:
            raise NothingToInvoice
    return await _written(await _clone(dead), lines, buyer)


async def _clone(dead: InvoiceRequest) -> InvoiceRequest:
    same = ("group_no", "sale_id", "order_no", "store_id", "tax_entity_id", "part", "parts")
    kept = (*same, "kind", "receipt_code", "seller", "remark")
    facts = {name: getattr(dead, name) for name in kept}
    return await _new_row(request_no=new_request_no(clock.now()), **facts)


async def _new_row(**facts: Any) -> InvoiceRequest:
    """Not written yet, with its id: the buyer is bound to that."""
    [given] = await sql(NEW_ID)
    return InvoiceRequest(id=given["id"], **facts)


def new_request_no(at: datetime) -> str:
    """16 characters that sort by time and carry no count; every provider's field is long enough."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{at.astimezone(SHOP_ZONE):%y%m%d%H%M}{tail}"


async def write_down(
    wanted: Sequence[Wanted],
    buyer: Buyer,
    kind: Kind,
    *,
    code: str,
    draft: InvoiceRequest | None = None,
) -> list[InvoiceRequest]:
    """All parts of a wish, queued, before the first one is sent. A draft becomes the first part.

    For this room's own use cases, which hold the locks of the sales.
    """
    plan = await planned(wanted, kind)
    _check_characters(plan, buyer)
    numbers = [new_request_no(clock.now()) for _ in plan]
    if draft:
        numbers[0] = draft.request_no
    remark = await remark_of([one.sale for one in wanted])
    rows = []
    for index, part in enumerate(plan):
        row = draft if draft and not index else await _new_row(request_no=numbers[index])
        row.group_no, row.receipt_code, row.remark = numbers[0], code, remark
        row.sale_id, row.order_no = wanted[0].sale.id, wanted[0].sale.order_no
        row.store_id, row.tax_entity_id = wanted[0].sale.store_id, part.tax_entity_id
        row.part, row.parts, row.kind = index + 1, len(plan), part.kind
        row.seller = asdict(part.seller)
        rows.append(await _written(row, part.lines, buyer))
    return rows


async def _written(row: InvoiceRequest, lines: Sequence[TaxLine], buyer: Buyer) -> InvoiceRequest:
    sums = totals(lines)
    row.lines = [asdict(line) for line in lines]
    row.ex_fen, row.tax_fen, row.incl_fen = sums.ex_fen, sums.tax_fen, sums.incl_fen
    row.state = RequestState.QUEUED
    row.buyer = seal_buyer(buyer, request_id=row.id)
    row.title_index = title_index_of(buyer.title)
    await row.save()
    covered = _by_sale(lines)
    await sql(COVER, row.id, row.part, list(covered), list(covered.values()))
    await owe("invoicing.issue", key=f"issue:{row.request_no}", request_id=row.id)
    return row


def _by_sale(lines: Sequence[TaxLine]) -> dict[int, int]:
    fen: dict[int, int] = defaultdict(int)
    for line in lines:
        for origin in line.origins:
            fen[origin.sale_id] += origin.fen
    return fen


def _check_characters(plan: Sequence[Planned], buyer: Buyer) -> None:
    """Refuse early what no backend of the seller can print. Raises CharacterRefused."""
    for part in plan:
        lost = [unprintable(buyer.title, is_unicode=one.is_unicode) for one in part.able]
        if lost and all(lost):
            raise CharacterRefused(characters=min(lost, key=len))


async def set_free(row: InvoiceRequest) -> None:
    """A dead request covers nothing any more: its sales may be asked for anew."""
    await Covered.filter(request_id=row.id).update(is_live=False)


async def _sales_of(row: InvoiceRequest) -> list[int]:
    return [one["sale_id"] for one in await sql(SALES_OF, row.id)]


async def was_refunded(row: InvoiceRequest) -> bool:
    """Whether a sale of a request has less left than was written down."""
    left = [await open_fen(await sale_of(sale_id)) for sale_id in await _sales_of(row)]
    return any(fen < 0 for fen in left)


async def ask_anew(row: InvoiceRequest) -> list[InvoiceRequest]:
    """Cancel the parts of a wish that never left us, and write down what is still to be invoiced.

    Nothing is written where all was refunded.
    """
    parts = InvoiceRequest.filter(group_no=row.group_no, sent_at=None)
    parts = parts.filter(state__in=[RequestState.QUEUED, RequestState.HELD])
    ids: set[int] = set()
    for part in await parts.order_by("id").select_for_update():
        part.state, part.ended_at = move(part.state, "cancel"), clock.now()
        part.reason, part.hold, part.alarm = "refunded", HoldReason.NONE, ""
        part.said = "订单已退款，请按退款后的金额重新申请"
        await part.save()
        ids |= set(await _sales_of(part))
        await set_free(part)
    sales = [await sale_of(sale_id) for sale_id in sorted(ids)]
    wanted = [Wanted(sale, await open_fen(sale)) for sale in sales]
    wanted = [one for one in wanted if one.fen > 0]
    if not wanted:
        return []
    buyer = open_buyer(row.buyer, request_id=row.id)
    return await write_down(wanted, buyer, row.kind, code=row.receipt_code)


@use_case
async def request_again(*, invoice_id: int, buyer: Buyer | None = None) -> RequestView:
    """A new request of the sales of an invoice that was wholly taken back, for what is net now.

    Without `buyer` it is the same one. Raises NothingToInvoice, AlreadyRequested.
    """
    invoice = await Invoice.get(id=invoice_id).select_related("request")
    old: InvoiceRequest = invoice.request
    ids = await _sales_of(old)
    await sql(LOCK_SALES, ids)
    whom = buyer or open_buyer(old.buyer, request_id=old.id)
    live = [row for row in await live_rows(ids) if row.group_no == old.group_no]
    if await live_rows(ids) and not live:
        raise AlreadyRequested
    if live:
        return await view_of(await _again(old, whom))
    sales = [await sale_of(sale_id) for sale_id in ids]
    wanted = [Wanted(sale, await open_fen(sale)) for sale in sales]
    wanted = [one for one in wanted if one.fen > 0]
    if not wanted:
        raise NothingToInvoice
    rows = await write_down(wanted, whom, old.kind, code=old.receipt_code)
    return await view_of(rows[0])
