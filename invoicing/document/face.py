"""The face of an invoice (票面): what is said on it. Pure; where it stands is `painting`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.money import yuan
from invoicing.document.ink import fitted, shown
from invoicing.rules.tax import Policy, TaxLine, totals, unit_price

PREVIEW = "预览 - 非税务发票"
SANDBOX = "沙箱开具 - 非税务发票"
NO_TAX = "***"
RATES = {Policy.EXEMPT: "免税", Policy.NOT_TAXED: "不征税", Policy.DIFFERENCE: NO_TAX}
TITLES = {
    "32": "电子发票（普通发票）",
    "31": "电子发票（增值税专用发票）",
    "10": "增值税电子普通发票",
    "08": "增值税电子专用发票",
}


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer. `contact` is address and phone, `bank` bank and account: old faces only."""

    title: str
    tax_no: str
    contact: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Disc:
    """What only invoices of tax discs and tax servers show."""

    check_code: str = ""  # 校验码, 20 digits
    cipher: str = ""  # 密码区
    machine_no: str = ""  # 机器编号
    payee: str = ""  # 收款人
    checker: str = ""  # 复核


@dataclass(frozen=True, slots=True)
class Face:
    """`number` is empty and `mark` is PREVIEW until there is an invoice.

    `kind` is spoken as in the QR: 32 and 31 are fully digital (数电), 10 and 08 of a tax disc and
    have a `code`. A red one (红字) has negative lines.
    """

    number: str
    issued_on: date | None
    buyer: Party
    seller: Party
    lines: tuple[TaxLine, ...]
    remark: str
    drawer: str
    mark: str = ""
    kind: str = "32"
    code: str = ""
    disc: Disc = Disc()

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def is_legacy(self) -> bool:
        return bool(self.code)

    @property
    def red_mark(self) -> str:
        return "销项负数" if self.is_legacy else "红字"

    @property
    def is_red(self) -> bool:
        return totals(self.lines).incl_fen < 0


@dataclass(frozen=True, slots=True)
class Column:
    """Room of a column of goods, in points; from which end its texts are set; sizes tried."""

    name: str
    room: float
    align: str
    steps: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of goods: for each column its size and its lines of text. `lines` tall."""

    cells: dict[str, tuple[float, list[str]]]
    lines: int


@dataclass(frozen=True, slots=True)
class Page:
    """`amount` and `tax` are the sums of this page."""

    number: int
    rows: tuple[Row, ...]
    amount: str
    tax: str


def plain(fen: int) -> str:
    """Invoices carry no thousands commas."""
    return yuan(fen).replace(",", "")


def texts_of(line: TaxLine) -> dict[str, str]:
    """What a line says, by the names of the columns."""
    is_untaxed = line.policy in {Policy.EXEMPT, Policy.NOT_TAXED}
    return {
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "quantity": str(line.quantity or ""),
        "price": unit_price(line),
        "amount": plain(line.ex_fen),
        "rate": RATES.get(line.policy, f"{line.tax_bp / 100:g}%"),
        "tax": NO_TAX if is_untaxed else plain(line.tax_fen),
    }


def row_of(line: TaxLine, columns: Sequence[Column]) -> Row:
    texts = texts_of(line)
    cells = {
        column.name: fitted(shown(texts[column.name]), column.room, column.steps)
        for column in columns
    }
    return Row(cells, max(len(lines) for _, lines in cells.values()))


def height(lines: int) -> float:
    """Points that a row takes: a blank line of 12 and 3 between rows."""
    return 12.0 * lines + 3


def paginated(lines: Sequence[TaxLine], columns: Sequence[Column], room: float) -> list[Page]:
    """At most `room` points of rows a page, a row never torn apart; at least one page."""
    batches: list[list[tuple[TaxLine, Row]]] = [[]]
    left = room
    for line in lines:
        row = row_of(line, columns)
        if batches[-1] and height(row.lines) > left:
            batches.append([])
            left = room
        batches[-1].append((line, row))
        left -= height(row.lines)
    return list(_pages(batches))


def _pages(batches: list[list[tuple[TaxLine, Row]]]) -> Iterator[Page]:
    for number, batch in enumerate(batches, start=1):
        sums = totals([line for line, _ in batch])
        rows = tuple(row for _, row in batch)
        yield Page(number, rows, f"¥{plain(sums.ex_fen)}", f"¥{plain(sums.tax_fen)}")
