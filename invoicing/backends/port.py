"""The port of tax backends: all that a provider, a disc or the bureau is told and can answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from invoicing.backends.kinds import Format, FormState, Hold, Kind, RedReason
from invoicing.backends.orders import Order, RedLine, RedOrder, Seller

__all__ = [
    "Accepted", "Backend", "Capabilities", "Confirmed", "DeliverAnswer", "Delivered", "Files",
    "FilesAnswer", "FormAnswer", "FormOpen", "FormState", "Format", "Health", "HealthAnswer",
    "Held", "Hold", "Issued", "Kind", "ListAnswer", "Listed", "NotFound", "NotReady",
    "NotSent", "Order", "Pending", "QueryAnswer", "RedAnswer", "RedLine", "RedOrder",
    "RedReason", "Refused", "Seller", "SubmitAnswer", "Unknown",
]  # fmt: skip


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
    callback is answered with, and else repeats. Without `has_list` nothing is held against it.
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
    has_list: bool = True
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
