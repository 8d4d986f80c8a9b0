"""Questions about the files of invoices, where they were sent, and whose number it is."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from core import clock
from invoicing import archive
from invoicing.backends.port import Format
from invoicing.errors import InvoiceUnknown, LinkUnknown
from invoicing.models import Delivery, Document, Invoice
from invoicing.rules.delivery import Channel, DeliveryState
from invoicing.rules.files import Origin
from invoicing.sealing import open_target


@dataclass(frozen=True, slots=True)
class FileView:
    format: Format
    origin: Origin
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """`target` is masked; `is_asked`: somebody asked for it, it was not the first by itself."""

    public_id: str
    channel: Channel
    target: str
    state: DeliveryState
    reason: str
    is_asked: bool
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link in a message leads to. `receipt_code` opens the page of the receipt."""

    invoice_id: int
    number: str
    receipt_code: str
    is_open: bool
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class InvoiceFound:
    """An invoice by its number."""

    id: int
    public_id: str
    request_no: str
    order_no: str
    store_id: int
    tax_entity_id: int
    code: str
    number: str
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    red_incl_fen: int


async def files_of(invoice_id: int) -> tuple[FileView, ...]:
    """What the guest gets: of each format the backend's file, else ours. PDF first."""
    found: dict[Format, FileView] = {}
    for row in await Document.filter(invoice_id=invoice_id).order_by("id"):
        if row.format not in found or row.origin is Origin.BACKEND:
            found[row.format] = FileView(row.format, row.origin, row.sha256, row.size)
    return tuple(found[format_] for format_ in Format if format_ in found)


async def find_file(invoice_id: int, wanted: Format) -> bytes | None:
    """The file that is given out, byte for byte as it was kept; None until it is there.

    Raises ValueError when the file on disk is not the one that was kept.
    """
    for file in await files_of(invoice_id):
        if file.format is wanted:
            return await asyncio.to_thread(archive.load, file.sha256, file.format.value)
    return None


async def find_pdf(invoice_id: int) -> bytes | None:
    """As `find_file`."""
    return await find_file(invoice_id, Format.PDF)


async def deliveries_of(invoice_id: int) -> list[DeliveryView]:
    """Every sending of an invoice, the newest first."""
    return [
        DeliveryView(
            public_id=row.public_id,
            channel=row.channel,
            target=_masked(open_target(row.target, delivery_id=row.id)) if row.target else "",
            state=row.state,
            reason=row.reason,
            is_asked=row.is_asked,
            created_at=row.created_at,
            ended_at=row.ended_at,
        )
        for row in await Delivery.filter(invoice_id=invoice_id).order_by("-id")
    ]


def _masked(target: str) -> str:
    """`f***@example.cn`, `138****5678`."""
    name, at, host = target.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"{target[:3]}****{target[-4:]}" if len(target) > 7 else "****"


async def link_of(token: str) -> LinkView:
    """Where the link of a message leads; raises LinkUnknown."""
    row = await Delivery.filter(public_id=token).select_related("invoice__request").first()
    if row is None:
        raise LinkUnknown
    return LinkView(
        invoice_id=row.invoice_id,
        number=row.invoice.number,
        receipt_code=row.invoice.request.receipt_code,
        is_open=clock.now() < row.expires_at,
        files=await files_of(row.invoice_id),
    )


async def invoice_by_number(number: str) -> InvoiceFound:
    """Of 20 digits, or code and number together or apart by a blank or hyphen.

    Raises InvoiceUnknown, for a bare number that two codes have as well.
    """
    digits = "".join(character for character in number if character.isdigit())
    rows = await Invoice.filter(number=digits).select_related("request")
    if not rows and len(digits) > 8:
        rows = await Invoice.filter(code=digits[:-8], number=digits[-8:]).select_related("request")
    if len(rows) != 1:
        raise InvoiceUnknown(number=number[:40])
    [row] = rows
    return InvoiceFound(
        id=row.id,
        public_id=row.public_id,
        request_no=row.request.request_no,
        order_no=row.request.order_no,
        store_id=row.store_id,
        tax_entity_id=row.tax_entity_id,
        code=row.code,
        number=row.number,
        issued_at=row.issued_at,
        ex_fen=row.ex_fen,
        tax_fen=row.tax_fen,
        incl_fen=row.incl_fen,
        red_incl_fen=row.red_incl_fen,
    )
