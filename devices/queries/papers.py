"""Printers and papers as others may see them."""

from dataclasses import dataclass
from datetime import datetime

from core.security.receipt_code import mint, order_key_of
from core.security.scope import Scope
from devices.errors import OrderUnpaid, PrintJobNotFound
from devices.models import Printer, PrintJob
from devices.protocol.profile import Profile
from devices.rules import DocumentKind, PrinterRole, PrintState, Transport
from trade.orders.queries import OrderView
from trade.stores.queries import receipt_key_of


@dataclass(frozen=True, slots=True)
class PrinterView:
    """`address` is `host:port`, a maker's serial number, or what its agent calls it."""

    id: int
    store_id: int
    name: str
    role: PrinterRole
    transport: Transport
    address: str
    account_id: int | None
    agent_id: int | None
    profile: Profile
    is_active: bool

    @property
    def columns(self) -> int:
        return self.profile.columns


@dataclass(frozen=True, slots=True)
class PaperView:
    """One piece of paper. `copy` 0 is the receipt itself; `reason` says why it is not `printed`."""

    id: int
    store_id: int
    printer_id: int
    kind: DocumentKind
    document: str
    copy: int
    code: str
    state: PrintState
    reason: str
    attempts: int
    created_at: datetime
    ended_at: datetime | None


async def receipt_code_of(order: OrderView) -> str:
    """The code that names a paid order on paper and on the order page; always the same one.

    Raises OrderUnpaid.
    """
    if order.paid_at is None:
        raise OrderUnpaid(order_no=order.order_no)
    first = await PrintJob.filter(document=document_of_order(order.id), copy=0).first()
    if first is not None and first.code:
        return first.code
    key = await receipt_key_of(order.store_id)
    return mint(
        key,
        store_id=order.store_id,
        order_key=order_key_of(order.order_no),
        amount_fen=order.paid_fen,
        at=order.paid_at,
    )


def document_of_order(order_id: int) -> str:
    """How papers of an order are named."""
    return f"order:{order_id}"


def profile_of(row: Printer) -> Profile:
    """What the bytes for this printer depend on."""
    return Profile(
        columns=row.columns,
        encoding=row.encoding,
        qr=row.qr,
        has_cutter=row.has_cutter,
        has_drawer=row.has_drawer,
        has_buzzer=row.has_buzzer,
    )


def printer_view(row: Printer) -> PrinterView:
    return PrinterView(
        id=row.id,
        store_id=row.store_id,
        name=row.name,
        role=row.role,
        transport=row.transport,
        address=row.address,
        account_id=row.account_id,
        agent_id=row.agent_id,
        profile=profile_of(row),
        is_active=row.is_active,
    )


def view_of(job: PrintJob) -> PaperView:
    return PaperView(
        id=job.id,
        store_id=job.store_id,
        printer_id=job.printer_id,
        kind=job.kind,
        document=job.document,
        copy=job.copy,
        code=job.code,
        state=job.state,
        reason=job.reason,
        attempts=job.attempts,
        created_at=job.created_at,
        ended_at=job.ended_at,
    )


async def printers_of(store_id: int) -> list[PrinterView]:
    """Oldest first, those that are switched off too."""
    return [printer_view(row) for row in await Printer.filter(store_id=store_id).order_by("id")]


async def papers_of_order(scope: Scope, order_id: int) -> list[PaperView]:
    """The receipt and its reprints, as far as the asking person sees the store; oldest first."""
    jobs = PrintJob.filter(scope.stores_q(), document=document_of_order(order_id))
    return [view_of(job) for job in await jobs.order_by("id")]


async def paper_bytes(scope: Scope, print_job_id: int) -> bytes:
    """What was or will be sent to the printer. Raises PrintJobNotFound."""
    job = await PrintJob.filter(scope.stores_q(), id=print_job_id).first()
    if job is None:
        raise PrintJobNotFound(print_job_id=print_job_id)
    return job.payload
