"""Papers as intents: what is printed is decided and stored here, `devices.jobs` sends it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from core import clock
from core.audit_log import record
from core.database import use_case
from core.jobs import owe
from core.security.scope import Scope
from devices.errors import NoPrinter, PrintJobNotFound
from devices.models import Printer, PrintJob
from devices.protocol.blocks import (
    Align,
    Block,
    Drawer,
    Rule,
    Text,
    from_json,
    to_json,
)
from devices.protocol.languages import payload_for
from devices.protocol.templates import Facts
from devices.queries import profile_of
from devices.rules import ROLE_OF, DocumentKind, PrinterRole, Transport
from devices.service.templates import filled

REPRINTED = "*** 补打 ***"


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of paper as it is wanted. `document` names it, as `order:12` or `pick:7`.

    What stands on it are `blocks`, or the store's template of `kind` filled with `facts`. `code` is
    the receipt code in its QR. It goes to `printer_id`, else to the printer of `role` (none: that
    of the kind), else to any other of the store. `opens_drawer` is for whoever takes cash.
    """

    store_id: int
    kind: DocumentKind
    document: str
    blocks: Sequence[Block] | None = None
    facts: Facts | None = None
    code: str = ""
    role: PrinterRole | None = None
    printer_id: int | None = None
    opens_drawer: bool = False
    made_by: str = ""
    copy: int = 0

    def __post_init__(self) -> None:
        if (self.blocks is None) == (self.facts is None):
            raise ValueError("a paper has blocks, or facts for its template")


@use_case
async def print_document(paper: Paper) -> int | None:
    """Owe one piece of paper to a printer of the store; answers the print job's id.

    The same document and copy again owes nothing new and answers the first job. None: the store
    has no active printer. Raises ValueError for facts that papers of its kind do not have.
    """
    printer = await printer_for(paper)
    return None if printer is None else await _owe(printer, paper)


@use_case
async def reprint(scope: Scope, *, print_job_id: int) -> int:
    """Owe one more copy, marked 补打, with what stood on the first. Answers the new job's id.

    The drawer stays shut. Raises PrintJobNotFound, NoPrinter.
    """
    first = await PrintJob.filter(scope.stores_q(), id=print_job_id).first()
    if first is None:
        raise PrintJobNotFound(print_job_id=print_job_id)
    # Copies are counted in turn: whoever reprints waits for the one before.
    await PrintJob.filter(id=first.id).select_for_update().first()
    same = PrintJob.filter(store_id=first.store_id, document=first.document)
    original = await same.order_by("copy").first() or first
    again = Paper(
        store_id=original.store_id,
        kind=original.kind,
        document=original.document,
        blocks=_marked(from_json(original.blocks)),
        code=original.code,
        printer_id=first.printer_id,
        made_by=scope.actor,
        copy=await same.count(),
    )
    job_id = await print_document(again) or await print_document(replace(again, printer_id=None))
    if job_id is None:
        raise NoPrinter(store_id=first.store_id)
    await record(scope, "devices.reprinted", f"print_job:{job_id}", first=first.id)
    return job_id


async def printer_for(paper: Paper) -> Printer | None:
    """The oldest active printer of the role, else any other; or the one that is named."""
    active = Printer.filter(store_id=paper.store_id, is_active=True).order_by("id")
    if paper.printer_id is not None:
        return await active.filter(id=paper.printer_id).first()
    role = paper.role or ROLE_OF.get(paper.kind, PrinterRole.FRONT)
    return await active.filter(role=role).first() or await active.first()


async def _owe(printer: Printer, paper: Paper) -> int:
    blocks = await _blocks_of(paper)
    job, is_new = await PrintJob.get_or_create(
        {
            "printer": printer,
            "kind": paper.kind,
            "job_no": new_job_no(),
            "code": paper.code,
            "blocks": to_json(blocks),
            "payload": payload_for(printer.transport, blocks, profile_of(printer)),
            "opens_drawer": paper.opens_drawer,
            "made_by": paper.made_by,
            "waiting_since": clock.now(),
        },
        store_id=printer.store_id,
        document=paper.document,
        copy=paper.copy,
    )
    if is_new:
        await owe_printing(printer, job.id)
    return job.id


async def _blocks_of(paper: Paper) -> list[Block]:
    if paper.facts is not None:
        body = await filled(paper.store_id, paper.kind, paper.facts)
    else:
        body = [block for block in paper.blocks or () if not isinstance(block, Drawer)]
    return [Drawer(), *body] if paper.opens_drawer else body


def new_job_no() -> str:
    """Our number with a maker, who takes 32 characters: a part of a long paper adds its own."""
    return uuid4().hex[:28]


async def owe_printing(printer: Printer, print_job_id: int) -> None:
    """An agent comes for its work by itself."""
    if printer.transport is not Transport.AGENT:
        await owe("devices.print", key=f"print:{print_job_id}", print_job_id=print_job_id)


def _marked(blocks: list[Block]) -> list[Block]:
    """A copy says so at its head, and opens nothing."""
    shown = [block for block in blocks if not isinstance(block, Drawer)]
    return [Text(REPRINTED, Align.CENTER, is_bold=True), Rule(), *shown]
