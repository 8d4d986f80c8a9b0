"""For an ERP: what became of invoices, in one order, and whom one is made out to (发票回写)."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from core.security.scope import Grant, Scope
from core.web.api import Router, Schema
from core.web.policy import allow_partner
from invoicing.write_back.errors import InvoiceNotTold, WindowTooWide
from invoicing.write_back.queries import Window, invoice_with_buyer, versions_for

router = Router("/partner/v1", "partner")
READER = allow_partner(Grant.INVOICES_READ)


class VersionsQuery(Schema):
    """After a number, and maybe written between two moments at most 31 days apart."""

    after: int = Field(default=0, ge=0, le=10**15)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    limit: int = Field(default=100, ge=1, le=200)


class VersionOut(Schema):
    """One change of one invoice. `data` is as it was then and is never told otherwise."""

    number: int
    invoice: str
    colour: str
    state: str
    at: datetime
    data: dict[str, Any]


class VersionsOut(Schema):
    """`lastNumber` is what to ask after next time; the same as asked when nothing is new."""

    last_number: int
    versions: list[VersionOut]


class BuyerOut(Schema):
    kind: str
    title: str
    tax_no: str


class InvoiceOut(Schema):
    version: VersionOut
    buyer: BuyerOut


@router.get(
    "/invoices",
    who=READER,
    summary="Versions of invoices after a number, in order, without a hole (发票回写)",
    errors=(WindowTooWide,),
)
async def get_versions(scope: Scope, query: VersionsQuery) -> VersionsOut:
    found = await versions_for(scope, Window(query.after, query.since, query.until, query.limit))
    return VersionsOut(
        last_number=found[-1].number if found else query.after,
        versions=[VersionOut.of(one, invoice=one.subject, data=one.facts) for one in found],
    )


@router.get(
    "/invoices/{invoice}",
    who=READER,
    summary="One invoice or red letter with its buyer; each look is on record",
    errors=(InvoiceNotTold,),
)
async def get_invoice(scope: Scope, invoice: str) -> InvoiceOut:
    version, buyer = await invoice_with_buyer(scope, invoice)
    return InvoiceOut(
        version=VersionOut.of(version, invoice=version.subject, data=version.facts),
        buyer=BuyerOut(kind=buyer["kind"], title=buyer["title"], tax_no=buyer["taxNo"]),
    )
