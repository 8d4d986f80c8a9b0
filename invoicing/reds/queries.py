"""What can be asked about red letters. Views leave, models never do; nothing personal leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tortoise.expressions import Q

from core.security.scope import Scope
from invoicing.backends.port import FormState, Kind, RedReason, Seller
from invoicing.queries.blues import buyer_of_blue, find_blue
from invoicing.reds.errors import BlueUnknown, RedUnknown
from invoicing.reds.models import RedDocument, RedLetter, RedStep
from invoicing.reds.rules.states import ENDED, FORM_LIVES, RedState
from invoicing.reds.service.sending import red_lines
from invoicing.rules.tax import TaxLine

__all__ = ["FormState", "RedFace", "RedPage", "RedReason", "RedState", "RedStepView", "RedView"]
PAGE = 50


@dataclass(frozen=True, slots=True)
class RedView:
    """A red letter. Amounts are positive. `form_ends_at`: when its open form lapses."""

    id: int
    public_id: str
    invoice_id: int
    sale_id: int
    store_id: int
    tax_entity_id: int
    cause: str
    reason: RedReason
    is_full: bool
    state: RedState
    red_no: str
    forms: int
    form_no: str
    form_state: FormState | None
    form_ends_at: datetime | None
    number: str
    code: str
    issued_at: datetime | None
    ex_fen: int
    tax_fen: int
    incl_fen: int
    said: str
    alarm: str
    by: str
    note: str
    is_reissued: bool
    created_at: datetime

    @property
    def is_over(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class RedStepView:
    action: str
    form_no: str
    form_state: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RedFilter:
    """What is looked for; empty fields do not narrow. `number`: the red one's, or ours."""

    state: RedState | None = None
    number: str = ""
    store_id: int | None = None
    since: date | None = None
    has_alarm: bool = False


@dataclass(frozen=True, slots=True)
class RedPage:
    items: tuple[RedView, ...]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class RedFace:
    """What stands on a red letter (票面): the lines are negative. Personal: names the buyer."""

    id: int
    public_id: str
    number: str
    code: str
    issued_at: datetime
    kind: Kind
    blue_number: str
    blue_code: str
    form_no: str
    seller: Seller
    buyer_title: str
    buyer_tax_no: str
    lines: tuple[TaxLine, ...]

    @property
    def remark(self) -> str:
        """The words the bureau puts on a red letter, by generation of the blue one."""
        if self.blue_code:
            return f"对应正数发票代码：{self.blue_code} 号码：{self.blue_number}"
        form = f" 红字发票信息确认单编号：{self.form_no}" if self.form_no else ""
        return f"被红冲蓝字数电票号码：{self.blue_number}{form}"


def view_of(row: RedLetter) -> RedView:
    plain = RedView.__dataclass_fields__.keys() - {"form_state", "form_ends_at"}
    return RedView(
        **{name: getattr(row, name) for name in plain},
        form_state=FormState(row.form_state) if row.form_state else None,
        form_ends_at=row.form_at + FORM_LIVES if row.form_at else None,
    )


async def red_for(scope: Scope, public_id: str) -> RedView:
    """Raises RedUnknown, for what is not there and for another store's alike."""
    row = await RedLetter.get_or_none(scope.stores_q(), public_id=public_id)
    if row is None:
        raise RedUnknown(red=public_id[:40])
    return view_of(row)


async def reds_for(scope: Scope, wanted: RedFilter, *, page: int = 1) -> RedPage:
    """What waits first, then the newest."""
    rows = RedLetter.filter(scope.stores_q(), _q(wanted))
    total = await rows.count()
    found = rows.order_by("-id").offset((page - 1) * PAGE).limit(PAGE)
    return RedPage(tuple(view_of(row) for row in await found), total, page)


def _q(wanted: RedFilter) -> Q:
    q = Q()
    if wanted.state:
        q &= Q(state=wanted.state)
    if wanted.number:
        q &= Q(number=wanted.number[:20]) | Q(red_no=wanted.number[:16])
    if wanted.store_id is not None:
        q &= Q(store_id=wanted.store_id)
    if wanted.since:
        q &= Q(created_at__gte=wanted.since)
    return q & ~Q(alarm="") if wanted.has_alarm else q


async def reds_of_invoice(invoice_id: int) -> tuple[RedView, ...]:
    """The first one first."""
    return tuple(
        view_of(row) for row in await RedLetter.filter(invoice_id=invoice_id).order_by("id")
    )


async def reds_of_sale(sale_id: int) -> tuple[RedView, ...]:
    """Red letters that a sale called for, the first one first."""
    return tuple(view_of(row) for row in await RedLetter.filter(sale_id=sale_id).order_by("id"))


async def steps_of(red_id: int) -> tuple[RedStepView, ...]:
    """Its story, the first step first."""
    rows = await RedStep.filter(letter_id=red_id).order_by("id")
    return tuple(
        RedStepView(row.action, row.form_no, row.form_state, row.note, row.by, row.at)
        for row in rows
    )


async def red_face_of(red_id: int) -> RedFace:
    """What is printed on an issued red letter. Raises RedUnknown before it has a number."""
    row = await RedLetter.get_or_none(id=red_id)
    if row is None or row.issued_at is None:
        raise RedUnknown(red=red_id)
    blue = await find_blue(row.invoice_id)
    if blue is None:
        raise BlueUnknown(invoice_id=row.invoice_id)
    buyer = await buyer_of_blue(row.invoice_id)
    return RedFace(
        id=row.id,
        public_id=row.public_id,
        number=row.number,
        code=row.code,
        issued_at=row.issued_at,
        kind=row.kind,
        blue_number=blue.number,
        blue_code=blue.code,
        form_no=row.form_no,
        seller=blue.seller,
        buyer_title=buyer.title,
        buyer_tax_no=buyer.tax_no,
        lines=negative_lines(row),
    )


def negative_lines(row: RedLetter) -> tuple[TaxLine, ...]:
    """The lines as the face has them: quantities and amounts below zero."""
    return tuple(
        TaxLine(
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            quantity=-int(Decimal(line.quantity or 0)),
            tax_code=line.tax_code,
            tax_bp=line.tax_bp,
            incl_fen=-line.incl_fen,
            ex_fen=-line.ex_fen,
            tax_fen=-line.tax_fen,
        )
        for line in red_lines(row.lines)
    )


async def red_file(red_id: int, suffix: str = "pdf") -> str | None:
    """The sha256 of a file of a red letter; None until it is there."""
    row = await RedDocument.get_or_none(letter_id=red_id, format=suffix)
    return row.sha256 if row else None


async def open_alarms(scope: Scope) -> tuple[RedView, ...]:
    """Red letters somebody has to look at, the oldest first."""
    rows = RedLetter.filter(scope.stores_q()).exclude(alarm="").order_by("id").limit(200)
    return tuple(view_of(row) for row in await rows)


async def invoice_of_red(red_id: int) -> int:
    """Which blue invoice a red letter takes back. Raises RedUnknown."""
    row = await RedLetter.get_or_none(id=red_id)
    if row is None:
        raise RedUnknown(red=red_id)
    return row.invoice_id
