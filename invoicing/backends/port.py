"""The port of tax backends: all that a provider, a disc or the bureau is told and can answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from invoicing.rules.tax import TaxLine


class Kind(StrEnum):
    GENERAL = "general"  # 普通发票
    SPECIAL = "special"  # 增值税专用发票


class RedReason(StrEnum):
    WRONG = "wrong"  # 开票有误
    RETURNED = "returned"  # 销货退回
    ENDED = "ended"  # 服务中止
    REDUCED = "reduced"  # 销售折让


class FormState(StrEnum):
    """Of the confirmation form of a red letter (红字发票信息确认单), as the bureau numbers them."""

    APPLYING = "15"
    APPLY_FAILED = "16"
    NOT_NEEDED = "01"
    WAITS_FOR_BUYER = "02"
    WAITS_FOR_SELLER = "03"
    CONFIRMED = "04"
    REFUSED_BY_BUYER = "05"
    REFUSED_BY_SELLER = "06"
    LAPSED = "07"  # nobody confirmed within 72 hours
    WITHDRAWN = "08"
    WITHDRAWN_LATE = "09"
    VOID = "10"


class Hold(StrEnum):
    """Why a seller cannot issue for now, and so who is to be told."""

    LOGIN = "login"  # 未登录: the drawer logs in at the e-tax bureau
    FACE = "face"  # 需人脸认证
    QUOTA = "quota"  # 额度不足
    NUMBERS = "numbers"  # 票量不足: the disc has no numbers left
    CREDENTIAL = "credential"  # our own key or token is not taken
    BUREAU = "bureau"  # 税局限制: not filed, risk state
    DEVICE = "device"  # 设备离线: disc, server or their agent
    LATER = "later"  # only this request, try again later


class Format(StrEnum):
    PDF = "pdf"
    OFD = "ofd"
    XML = "xml"


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


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken; to be asked about. `serial` is the backend's own number, if it said one."""

    serial: str = ""
    form_no: str = ""


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
    why: Hold = Hold.LATER


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
    """Known to the backend and not final yet."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The backend does not know our number. Shortly after a send that may still change."""


@dataclass(frozen=True, slots=True)
class FormOpen:
    """The confirmation form of a red letter is not at its end, or ended without an invoice."""

    form_no: str
    state: FormState


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice, blue or red. Amounts are the backend's: compare them, do not assume.

    Those of a red letter are negative. `seller_tax_no` and `buyer_tax_no` are None where the
    backend does not repeat them. `check_code`, `cipher` and `machine_no` stand on the invoices
    of tax discs (校验码, 密码区, 机器编号), as do `payee` and `checker` (收款人, 复核).
    """

    number: str
    code: str  # empty for a fully digitalised invoice (数电票)
    issued_at: datetime
    ex_fen: int
    tax_fen: int
    incl_fen: int
    serial: str
    pdf_url: str = ""
    ofd_url: str = ""
    xml_url: str = ""
    form_no: str = ""
    check_code: str = ""
    cipher: str = ""
    machine_no: str = ""
    payee: str = ""
    checker: str = ""
    seller_tax_no: str | None = None
    buyer_tax_no: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class NotReady:
    """The invoice is there, its files are not yet; `reason` is not for people."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The backend took the wish to send an invoice; what became of it is not said."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The form was confirmed or withdrawn as asked."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a seller stands with its backend. None: the backend does not say.

    `quota_fen` is without tax. `needs_face` wants a person of the seller, who opens `login_url`.
    `hold` is what else keeps it from issuing; `text` are the backend's own words.
    """

    is_logged_in: bool
    needs_face: bool = False
    quota_fen: int | None = None
    numbers_left: int | None = None
    login_url: str = ""
    text: str = ""
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An invoice as the backend's own list has it, for the nightly comparison.

    `request_no` is empty for what was issued past us. Red ones have negative amounts.
    """

    number: str
    code: str
    request_no: str
    issued_at: datetime
    incl_fen: int
    is_red: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do. `most_fen` limits one invoice with tax; None: only the quota does.

    `most_name` counts characters of a goods name with its `*short*`. `callback_answer` is what a
    callback is answered with, and else repeats.
    """

    kinds: frozenset[Kind]
    most_lines: int = 2000
    most_fen: int | None = None
    charset: str = "unicode"  # or "gbk"
    has_partial_red: bool = True
    formats: frozenset[Format] = frozenset({Format.PDF})
    has_callback: bool = True
    most_name: int = 90
    delivers: bool = False
    callback_answer: Mapping[str, str] = field(default_factory=dict)


Files = dict[Format, bytes]
SubmitAnswer = Accepted | Refused | Held | NotSent | Unknown
QueryAnswer = Pending | Issued | Refused | Held | NotFound | NotSent | Unknown
RedAnswer = QueryAnswer | FormOpen
FormAnswer = Confirmed | Refused | Held | NotSent | Unknown
FilesAnswer = Files | NotReady
DeliverAnswer = Delivered | Refused | NotSent | Unknown
HealthAnswer = Health | NotSent | Unknown
ListAnswer = list[Listed] | Held | NotSent | Unknown


class Backend(Protocol):
    """One account at one backend. No call raises for a fault of the other side.

    Each may be repeated: a number that is known there is answered, not issued again.
    """

    def capabilities(self) -> Capabilities: ...

    async def submit(self, order: Order) -> SubmitAnswer:
        """Ask for the invoice of `order.request_no`."""
        ...

    async def query(self, request_no: str, serial: str, seller: Seller) -> QueryAnswer:
        """What became of a request. `serial` may be empty."""
        ...

    async def red_submit(self, red: RedOrder) -> SubmitAnswer:
        """Ask for the red letter of `red.red_no`; opens the confirmation form if there is none."""
        ...

    async def red_query(self, red_no: str, form_no: str, seller: Seller) -> RedAnswer:
        """What became of a red letter, or of its form."""
        ...

    async def form_confirm(self, form_no: str, seller: Seller) -> FormAnswer:
        """The seller agrees to a form that the buyer opened."""
        ...

    async def form_cancel(self, form_no: str, seller: Seller) -> FormAnswer:
        """Withdraw a form that is open."""
        ...

    async def files(self, issued: Issued, formats: frozenset[Format]) -> FilesAnswer:
        """The files of an invoice that are there, each one checked to be what it says."""
        ...

    async def deliver(
        self, issued: Issued, seller: Seller, *, mail: str, phone: str
    ) -> DeliverAnswer:
        """Have the backend send an invoice."""
        ...

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> list[str]:
        """Numbers of ours that are to be asked about; nothing else in it is believed."""
        ...

    async def health(self, seller: Seller, *, quota_too: bool = True) -> HealthAnswer:
        """Login, quota and numbers of the seller. Some answer for the quota 20 times a day only."""
        ...

    async def login_link(self, seller: Seller) -> str:
        """What the drawer opens to log in or to show the face; empty where there is none."""
        ...

    async def listing(self, seller: Seller, since: datetime, until: datetime) -> ListAnswer:
        """What was issued for the seller between two moments, at most ten days apart."""
        ...
