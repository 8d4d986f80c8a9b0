"""What any tax provider is told and can answer: the whole vocabulary between it and our states."""

from dataclasses import dataclass
from datetime import datetime

from invoicing.rules.tax import TaxLine


@dataclass(frozen=True, slots=True)
class Seller:
    """The taxpayer that issues: one of the company's tax entities, at one of its stores."""

    tax_no: str
    name: str
    address: str
    phone: str
    bank_account: str
    drawer: str  # 开票人


@dataclass(frozen=True, slots=True)
class Order:
    """A request as a provider gets it. `request_no` is ours, minted before the first send."""

    request_no: str
    seller: Seller
    buyer_title: str
    buyer_tax_no: str
    buyer_is_person: bool
    lines: tuple[TaxLine, ...]
    remark: str
    asked_at: datetime
    callback_url: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken; to be asked about. `serial` is the provider's own number, if it said one."""

    serial: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Final: no invoice comes of this request. Only for answers that are proven to be final."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """The seller cannot issue now (login, quota, credential); the request itself is well."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte left us: the same request may be sent again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The bytes may have left and no answer can be trusted: ask, never send under a new number."""

    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Known to the provider and not final yet."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The provider does not know our number. Shortly after a send that may still change."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice. Amounts are the provider's: compare them with ours, do not assume."""

    number: str
    code: str  # empty for a fully digitalised invoice (数电票)
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    serial: str
    pdf_url: str


SubmitAnswer = Accepted | Refused | Held | NotSent | Unknown
QueryAnswer = Pending | Issued | Refused | Held | NotFound | NotSent | Unknown
