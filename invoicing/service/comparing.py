"""Nightly: what a backend lists against what we know (invoicing.md 10). Neither side is believed.

An invoice that is only there is named until a person says what it is; one that is only here is
asked about, and named when the backend does not know it. Red letters: `invoicing.reds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.audit_log import record
from core.database import use_case
from core.jobs import owe
from core.security.scope import EVERYWHERE, Scope
from invoicing.backends.port import Issued, Listed, QueryAnswer, Seller
from invoicing.backends.queries import all_accounts
from invoicing.errors import RulesNotYours, StrayUnknown
from invoicing.models import Invoice, InvoiceRequest, Stray
from invoicing.rules.states import ASKABLE, INVOICED
from invoicing.service.planning import frozen_seller
from trade.stores.queries import seller_named

WINDOW = timedelta(days=3)
SLACK = timedelta(hours=1)  # lists of providers lag behind
MOST_QUESTIONS = 50


@dataclass(frozen=True, slots=True)
class Missing:
    """An invoice of ours that a backend's list lacks."""

    request_id: int
    request_no: str
    serial: str


@use_case
async def owe_comparisons() -> None:
    """Each account that issues is owed one comparison."""
    for account in await all_accounts():
        if account.is_active:
            key = f"compare:{account.id}"
            await owe("invoicing.compare", key=key, account_id=account.id)


async def seller_of_account(tax_entity_id: int) -> Seller:
    return frozen_seller(await seller_named(tax_entity_id))


@use_case
async def book_listing(
    account_id: int, tax_entity_id: int, listed: Sequence[Listed], *, since: datetime
) -> list[Missing]:
    """Note what is only there; answer what is only here. Again changes nothing.

    A request that was thought to be open is asked about, and so becomes an invoice by its own way.
    """
    for one in listed:
        if not one.is_red and not await _is_known(one):
            await note_stray(account_id, tax_entity_id, one)
    there = {(one.code, one.number) for one in listed}
    ours = InvoiceRequest.filter(account_id=account_id, state__in=sorted(INVOICED))
    by_id = {row.id: row for row in await ours.filter(ended_at__gte=since)}
    until = clock.now() - SLACK
    rows = Invoice.filter(request_id__in=list(by_id), issued_at__gte=since, issued_at__lte=until)
    lost = [by_id[row.request_id] for row in await rows if (row.code, row.number) not in there]
    return [Missing(row.id, row.request_no, row.serial) for row in lost[:MOST_QUESTIONS]]


async def _is_known(one: Listed) -> bool:
    """Known, or owed a question that will make it known."""
    row = await Invoice.get_or_none(code=one.code, number=one.number).select_related("request")
    if row is not None:
        if row.incl_fen != one.incl_fen:
            row.request.alarm = f"the backend lists {one.number} with {one.incl_fen} fen"
            await row.request.save(update_fields=["alarm"])
        return True
    asked = one.request_no and await InvoiceRequest.get_or_none(request_no=one.request_no)
    if asked and asked.state in ASKABLE:
        await owe("invoicing.ask", key=f"ask:{asked.request_no}", request_id=asked.id)
        return True
    return False


async def note_stray(account_id: int, tax_entity_id: int, one: Listed) -> None:
    """A backend has an invoice, blue or red, that is not ours. Again changes nothing."""
    await Stray.get_or_create(
        {
            "tax_entity_id": tax_entity_id,
            "account_id": account_id,
            "request_no": one.request_no[:20],
            "issued_at": one.issued_at,
            "incl_fen": one.incl_fen,
            "is_red": one.is_red,
        },
        code=one.code,
        number=one.number,
    )


@use_case
async def note_missing(missing: Missing, answer: QueryAnswer) -> None:
    """What a backend says of an invoice that its list lacks: known after all, or a person looks."""
    row = await InvoiceRequest.filter(id=missing.request_id).select_for_update().get()
    invoice = await Invoice.get(request_id=row.id)
    if isinstance(answer, Issued) and answer.number == invoice.number:
        return
    row.alarm = f"invoice {invoice.number} is not on the backend's list"
    await row.save(update_fields=["alarm"])


@use_case
async def settle_stray(*, scope: Scope, stray_id: int, note: str) -> None:
    """Somebody says what an invoice is that was issued past us. Again changes nothing.

    Raises RulesNotYours, StrayUnknown.
    """
    if scope.role not in EVERYWHERE:
        raise RulesNotYours
    row = await Stray.get_or_none(id=stray_id)
    if row is None:
        raise StrayUnknown
    if row.settled_at is None:
        row.settled_at, row.settled_by = clock.now(), scope.actor[:64]
        await row.save(update_fields=["settled_at", "settled_by"])
        await record(scope, "invoicing.stray", f"stray:{row.id}", note=note[:200])
