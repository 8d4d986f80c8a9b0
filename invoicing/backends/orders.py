"""What a backend is asked for: an invoice of a seller, or a red letter of one."""

from dataclasses import dataclass
from datetime import datetime

from invoicing.backends.kinds import Kind, RedReason
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
    """A request as a backend gets it. `request_no` is ours, minted before the first send.

    `account_id` is fixed at the first send: the same number never goes to another backend.
    """

    request_no: str
    seller: Seller
    buyer_title: str
    buyer_tax_no: str
    buyer_is_person: bool
    lines: tuple[TaxLine, ...]
    remark: str
    asked_at: datetime
    callback_url: str
    kind: Kind = Kind.GENERAL
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class RedLine:
    """What of one blue line is taken back; amounts are positive, the backend makes them negative.

    `line_no` counts the lines of the blue invoice from 1. `quantity` is a plain decimal text,
    empty where the blue line has none or only the amount is lowered.
    """

    line_no: int
    name: str
    spec: str
    unit: str
    quantity: str
    tax_code: str
    tax_bp: int
    incl_fen: int
    ex_fen: int
    tax_fen: int


@dataclass(frozen=True, slots=True)
class RedOrder:
    """A red letter of an invoice that was issued. `form_no` is empty until the backend said it."""

    red_no: str
    form_no: str
    seller: Seller
    number: str
    code: str
    issued_at: datetime
    buyer_title: str
    buyer_tax_no: str
    lines: tuple[RedLine, ...]
    is_full: bool
    reason: RedReason
    callback_url: str
    account_id: int = 0
    kind: Kind = Kind.GENERAL
    asked_at: datetime | None = None
    blue_request_no: str = ""
    blue_serial: str = ""
