"""Red letters at Nuonuo: a confirmation form first, and the red invoice under the same number.

With `autoInvoice` the provider issues as soon as nobody has to confirm any more.
"""

from typing import Any

from invoicing.backends.nuonuo.protocol import (
    FAMILY,
    LINES,
    NOT_FOUND,
    OK,
    TWICE,
    other,
)
from invoicing.backends.nuonuo.reading import BadAnswer, read_answer, read_forms
from invoicing.backends.port import (
    Accepted,
    Confirmed,
    FormAnswer,
    FormOpen,
    FormState,
    NotFound,
    RedAnswer,
    RedLine,
    RedOrder,
    RedReason,
    SubmitAnswer,
    Unknown,
)
from invoicing.backends.wire import compact, cut, plain_yuan, rate_text

SAVE = f"{FAMILY}saveInvoiceRedConfirm"
QUERY = f"{FAMILY}queryInvoiceRedConfirm"
CONFIRM = f"{FAMILY}confirm"
CANCEL = f"{FAMILY}confirmInfoCancel"
SELLER = "0"
REASONS = {
    RedReason.RETURNED: "1",
    RedReason.WRONG: "2",
    RedReason.ENDED: "3",
    RedReason.REDUCED: "4",
}


def save_body(red: RedOrder) -> str:
    """Without lines where the whole invoice is taken back."""
    fields: dict[str, Any] = {
        "billId": red.red_no,
        "orderNo": red.red_no,
        "applySource": SELLER,
        "blueInvoiceLine": LINES[red.kind],
        "blueElecInvoiceNumber": "" if red.code else red.number,
        "blueInvoiceCode": red.code,
        "blueInvoiceNumber": red.number if red.code else "",
        "sellerTaxNo": red.seller.tax_no,
        "sellerName": red.seller.name,
        "buyerTaxNo": red.buyer_tax_no,
        "buyerName": red.buyer_title,
        "redReason": REASONS[red.reason],
        "autoInvoice": "1",
        "callbackUrl": red.callback_url,
        "detail": [] if red.is_full else [_detail(line) for line in red.lines],
    }
    return compact({name: value for name, value in fields.items() if value not in ("", [])})


def _detail(line: RedLine) -> dict[str, str]:
    fields = {
        "blueDetailIndex": str(line.line_no),
        "goodsName": cut(line.name, 90),
        "goodsCode": line.tax_code,
        "specType": cut(line.spec, 40),
        "unit": cut(line.unit, 20),
        "num": f"-{line.quantity}" if line.quantity else "",
        "taxRate": rate_text(line.tax_bp),
        "taxExcludedAmount": plain_yuan(-line.ex_fen),
        "tax": plain_yuan(-line.tax_fen),
        "taxIncludedAmount": plain_yuan(-line.incl_fen),
    }
    return {name: value for name, value in fields.items() if value != ""}


def form_body(red_no: str, form_no: str) -> str:
    given = {"billNo": form_no} if form_no else {"billId": red_no}
    return compact({"identity": SELLER, **given})


def confirm_body(form_no: str) -> str:
    return compact({"billNo": form_no, "identity": SELLER, "confirmAgreement": "1"})


def cancel_body(form_no: str) -> str:
    return compact({"billNo": form_no, "identity": SELLER})


def read_save(raw: bytes) -> SubmitAnswer:
    """The answer to a form that was entered."""
    try:
        answer = read_answer(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if answer.code == OK:
        return Accepted(form_no=answer.field("billNo")[:40])
    return Accepted() if answer.code == TWICE else other(answer.code, answer.describe)


def read_form(raw: bytes) -> RedAnswer:
    """Where the newest form stands."""
    try:
        answer = read_answer(raw)
        if answer.code == NOT_FOUND:
            return NotFound()
        if answer.code != OK:
            return other(answer.code, answer.describe)
        forms = read_forms(answer.rows)
        return FormOpen(forms[0].bill_no[:40], FormState(forms[0].bill_status))
    except (BadAnswer, ValueError, IndexError):
        return Unknown("unreadable form")


def read_act(raw: bytes) -> FormAnswer:
    """The answer to a confirmation or a withdrawal."""
    try:
        answer = read_answer(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    return Confirmed() if answer.code == OK else _not(answer.code, answer.describe)


def _not(code: str, text: str) -> FormAnswer:
    if code in {NOT_FOUND, "E9109"}:  # the form moved on: what it is now is to be asked
        return Unknown(f"code {code}")
    return other(code, text)
