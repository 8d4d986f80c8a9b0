"""The files of an invoice: the backend's are fetched and kept; ours is where it has none."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.clock import SHOP_ZONE
from core.database import use_case
from core.settings import current
from invoicing.backends.port import Format, Issued, Kind, Seller
from invoicing.document.face import PREVIEW, SANDBOX, Disc, Face, Party
from invoicing.models import Document, Invoice, InvoiceRequest
from invoicing.queries.requests import lines_of
from invoicing.rules.files import DISC, Origin, is_deliverable, issued_of, next_try_s, paper_of
from invoicing.sealing import open_buyer
from invoicing.service.delivering import owe_deliveries

KINDS = {
    (Kind.GENERAL, False): "32",
    (Kind.SPECIAL, False): "31",
    (Kind.GENERAL, True): "10",
    (Kind.SPECIAL, True): "08",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is to be asked for now: `issued` goes back to the backend that issued it."""

    invoice_id: int
    account_id: int
    request_no: str
    seller: Seller
    issued: Issued
    has: frozenset[Format]
    has_pdf: bool


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies in the archive."""

    format: Format
    origin: Origin
    sha256: str
    size: int


async def filing_of(invoice_id: int) -> Filing:
    """How the files of an invoice stand."""
    invoice = await Invoice.get(id=invoice_id).select_related("request")
    row: InvoiceRequest = invoice.request
    documents = await Document.filter(invoice_id=invoice_id)
    return Filing(
        invoice_id=invoice_id,
        account_id=row.account_id or 0,
        request_no=row.request_no,
        seller=Seller(**row.seller),
        issued=issued_of(
            invoice.paper, number=invoice.number, code=invoice.code, at=invoice.issued_at
        ),
        has=frozenset(one.format for one in documents if one.origin is Origin.BACKEND),
        has_pdf=any(one.format is Format.PDF for one in documents),
    )


async def face_of(invoice_id: int) -> Face:
    """What stands on the face of an invoice of ours."""
    invoice = await Invoice.get(id=invoice_id).select_related("request")
    row: InvoiceRequest = invoice.request
    buyer, seller = open_buyer(row.buyer, request_id=row.id), Seller(**row.seller)
    return Face(
        number=invoice.number,
        code=invoice.code,
        kind=KINDS[invoice.kind, bool(invoice.code)],
        issued_on=invoice.issued_at.astimezone(SHOP_ZONE).date(),
        buyer=Party(buyer.title, buyer.tax_no),
        seller=Party(
            seller.name, seller.tax_no, f"{seller.address} {seller.phone}", seller.bank_account
        ),
        lines=lines_of(row),
        remark=row.remark,
        drawer=seller.drawer,
        mark=SANDBOX if current().is_playing else PREVIEW,
        disc=Disc(**{name: invoice.paper.get(name, "") for name in DISC}),
    )


@use_case
async def book_files(
    invoice_id: int,
    kept: Sequence[KeptFile],
    *,
    offered: frozenset[Format],
    said: Issued | None = None,
) -> float | None:
    """Note files that are in the archive, and owe the deliveries once the guest may have them.

    Answers the seconds until the backend is asked again; None: they are all there, or will not
    come any more. Again changes nothing. `said` is a newer answer of the backend.
    """
    invoice = await Invoice.filter(id=invoice_id).select_for_update().get()
    before = await Document.filter(invoice_id=invoice_id)
    await Document.bulk_create(
        [
            Document(
                invoice_id=invoice_id,
                format=file.format,
                origin=file.origin,
                sha256=file.sha256,
                size=file.size,
            )
            for file in kept
        ],
        ignore_conflicts=True,
    )
    invoice.file_tries += 1
    paper = paper_of(said) if said is not None else invoice.paper
    await Invoice.filter(id=invoice_id).update(file_tries=invoice.file_tries, paper=paper)
    formats = {file.format for file in before if file.origin is Origin.BACKEND}
    formats |= {file.format for file in kept if file.origin is Origin.BACKEND}
    if is_deliverable(offered, formats, invoice.file_tries):
        had_ours = any(file.origin is Origin.OWN for file in before)
        is_late = had_ours and Format.PDF in formats
        await owe_deliveries(invoice_id, at=clock.now(), is_late=is_late)
    return None if offered <= formats else next_try_s(invoice.file_tries)
