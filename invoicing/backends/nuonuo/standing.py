"""How a seller stands at Nuonuo, what was issued for it, and sending an invoice again."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from core.clock import SHOP_ZONE
from invoicing.backends.nuonuo.protocol import FAMILY, HOLDS, OK, other, shop_time
from invoicing.backends.nuonuo.reading import BadAnswer, read_answer
from invoicing.backends.port import (
    DeliverAnswer,
    Delivered,
    Health,
    HealthAnswer,
    Held,
    Hold,
    Issued,
    Listed,
    Refused,
    Unknown,
)
from invoicing.backends.wire import Fen, Text, code_of, compact, number_of

LOGIN = f"{FAMILY}getCertificationStatus"
LOGIN_QR = f"{FAMILY}getQrCode"
QUOTA = f"{FAMILY}getCreditLine"
LIST = f"{FAMILY}queryInvoiceList"
DELIVER = f"{FAMILY}deliveryInvoice"
PAGE = 50
NOBODY = Health(is_logged_in=False)


class ListedItem(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    order_no: Text = ""
    invoice_type: Text = "1"
    all_electronic_invoice_number: Text = ""
    invoice_code: Text = ""
    invoice_no: Text = ""
    invoice_time: int = Field(default=0, ge=0, le=10**14)
    order_amount: Fen = 0


ITEMS: TypeAdapter[list[ListedItem]] = TypeAdapter(list[ListedItem])


def read_login(raw: bytes) -> HealthAnswer:
    """Logged in, and the face shown lately; a token that is not taken is said as a hold."""
    try:
        answer = read_answer(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if answer.code != OK:
        return _hold(answer.code, answer.describe)
    logged_in = answer.field("loginStatus") == "1"
    return Health(logged_in, needs_face=answer.field("certificationStatus") != "1")


def _hold(code: str, text: str) -> HealthAnswer:
    why = HOLDS.get(code)
    if why is None or why is Hold.LATER:
        return Unknown(f"code {code}")
    return Health(is_logged_in=why is not Hold.LOGIN, hold=why, text=text[:200])


def read_quota(raw: bytes) -> int | None:
    """What is left, in fen without tax; None when it is not said."""
    try:
        answer = read_answer(raw)
        yuan = Decimal(answer.field("remainingCreditLine"))
        return int(yuan * 100) if answer.code == OK and yuan.is_finite() else None
    except (BadAnswer, InvalidOperation):
        return None


def read_link(raw: bytes) -> str:
    try:
        return read_answer(raw).field("qrCode")[:300]
    except BadAnswer:
        return ""


def list_body(since: datetime, until: datetime, page: int) -> str:
    times = {"startTime": shop_time(since), "endTime": shop_time(until)}
    return compact({**times, "pageNo": str(page), "pageSize": str(PAGE)})


def read_list(raw: bytes) -> list[Listed] | Held | Unknown:
    """One page; an invoice that cannot be read makes the whole page unknown."""
    try:
        answer = read_answer(raw)
        if answer.code != OK:
            said = other(answer.code, answer.describe)
            return said if isinstance(said, Held) else Unknown(f"code {answer.code}")
        return [_listed(item) for item in ITEMS.validate_python(answer.rows)]
    except (BadAnswer, ValidationError):
        return Unknown("unreadable list")


def _listed(item: ListedItem) -> Listed:
    code = code_of(item.invoice_code)
    is_red = item.invoice_type == "2"
    fen = -abs(item.order_amount) if is_red else item.order_amount
    return Listed(
        number=number_of(item.all_electronic_invoice_number, item.invoice_no, code=code),
        code=code,
        request_no=item.order_no[:40],
        issued_at=datetime.fromtimestamp(item.invoice_time / 1000, SHOP_ZONE),
        incl_fen=fen,
        is_red=is_red,
    )


def deliver_body(issued: Issued, mail: str, phone: str) -> str:
    named = {"invoiceCode": issued.code, "invoiceNum": issued.number, "mail": mail, "phone": phone}
    return compact({name: value for name, value in named.items() if value})


def read_delivery(raw: bytes) -> DeliverAnswer:
    try:
        answer = read_answer(raw)
    except BadAnswer as bad:
        return Unknown(str(bad))
    if answer.code == OK:
        return Delivered()
    return Refused(answer.code, answer.describe)
