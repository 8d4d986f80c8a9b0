"""Words and shapes of the versions an ERP reads. Pure."""

from enum import StrEnum
from typing import Any

from core.money import yuan
from invoicing.queries.blues import BlueView
from invoicing.reds.queries import RedFace
from invoicing.rules.buyers import Buyer, BuyerKind
from invoicing.rules.tax import TaxLine


class Colour(StrEnum):
    BLUE = "blue"  # 蓝字
    RED = "red"  # 红字


class VersionState(StrEnum):
    ISSUED = "issued"  # 已开具
    REVERSED = "reversed"  # 已红冲: nothing of the blue invoice is left


def plain_yuan(fen: int) -> str:
    return yuan(fen).replace(",", "")


def line_facts(line: TaxLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "quantity": str(line.quantity or ""),
        "taxCode": line.tax_code,
        "taxBp": line.tax_bp,
        "exFen": line.ex_fen,
        "taxFen": line.tax_fen,
        "inclFen": line.incl_fen,
    }


def blue_facts(blue: BlueView, store_code: str) -> dict[str, Any]:
    """A blue invoice for the ERP, without its buyer."""
    return {
        "invoice": blue.public_id,
        "colour": Colour.BLUE,
        "kind": blue.kind,
        "code": blue.code,
        "number": blue.number,
        "issuedAt": blue.issued_at.isoformat(),
        "orderNo": blue.order_no,
        "storeCode": store_code,
        "sellerTaxNo": blue.seller.tax_no,
        "exFen": blue.ex_fen,
        "taxFen": blue.tax_fen,
        "inclFen": blue.incl_fen,
        "redInclFen": blue.red_incl_fen,
        "lines": [line_facts(line) for line in blue.lines],
    }


def red_facts(red: RedFace, blue: BlueView, store_code: str) -> dict[str, Any]:
    """A red letter for the ERP: amounts and quantities are negative, the original is named."""
    return {
        "invoice": red.public_id,
        "colour": Colour.RED,
        "kind": red.kind,
        "code": red.code,
        "number": red.number,
        "issuedAt": red.issued_at.isoformat(),
        "orderNo": blue.order_no,
        "storeCode": store_code,
        "sellerTaxNo": red.seller.tax_no,
        "exFen": sum(line.ex_fen for line in red.lines),
        "taxFen": sum(line.tax_fen for line in red.lines),
        "inclFen": sum(line.incl_fen for line in red.lines),
        "originalInvoice": blue.public_id,
        "originalCode": red.blue_code,
        "originalNumber": red.blue_number,
        "formNo": red.form_no,
        "lines": [line_facts(line) for line in red.lines],
    }


def buyer_facts(buyer: Buyer) -> dict[str, str]:
    """Whom an invoice is made out to; personal for an individual."""
    tax_no = buyer.tax_no if buyer.kind is BuyerKind.ENTERPRISE else ""
    return {"kind": buyer.kind, "title": buyer.title, "taxNo": tax_no}
