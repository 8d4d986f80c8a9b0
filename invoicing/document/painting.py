"""An invoice as a PDF: the blank set by xhtml2pdf once, the values drawn over it.

The same face makes the same bytes.
"""

from invoicing.document.face import Column, Face, Page, Row, height, paginated, plain
from invoicing.document.layouts import Place, layout
from invoicing.document.pen import CAPTION, RED, Pen
from invoicing.protocol.face_qr import face_qr
from invoicing.rules.capitals import capital
from invoicing.rules.tax import totals

Steps = tuple[tuple[float, int], ...]
ONE_LINE: Steps = ((9, 1), (8, 1), (7, 1), (6, 1), (5, 1))
WRAPPED: Steps = ((9, 4), (8, 4), (7, 5), (6, 6))
TITLE: Steps = ((9, 2), (8, 2), (7, 3), (6, 3))
REMARK: Steps = ((9, 3), (8, 3), (7, 4), (6, 5))
OLD_REMARK: Steps = ((9, 4), (8, 4), (7, 5), (6, 6))
CIPHER: Steps = ((9, 4), (8, 4), (7, 5), (6, 6))
PARTY_ROOM, REMARK_ROOM = 222.0, 527.0
OLD_PARTY_ROOM, OLD_SIDE_ROOM = 245.0, 194.0
ROWS_ROOM = 120.0  # eight lines
LIST_ROOM = 210.0  # fourteen
COLUMNS = (
    Column("name", 144, "left", WRAPPED),
    Column("spec", 66, "middle", WRAPPED),
    Column("unit", 27, "middle", WRAPPED),
    Column("quantity", 39, "right", ONE_LINE),
    Column("price", 61, "right", ONE_LINE),
    Column("amount", 61, "right", ONE_LINE),
    Column("rate", 60, "middle", ONE_LINE),
    Column("tax", 50, "right", ONE_LINE),
)
SEE_LIST = "（详见销货清单）"


def paint(face: Face) -> bytes:
    """The PDF of an invoice or of its preview. Pure CPU: some milliseconds a page."""
    pen = Pen(layout("legacy" if face.is_legacy else "digital"), f"{face.title} {face.number}")
    if face.is_legacy:
        _paint_legacy(pen, face)
    else:
        _paint_digital(pen, face)
    return pen.end()


def _paint_digital(pen: Pen, face: Face) -> None:
    pages = paginated(face.lines, COLUMNS, ROWS_ROOM)
    for page in pages:
        with pen.page(0, face.mark):
            _head(pen, face)
            if len(pages) > 1:
                pen.put(_count(page, pages), "page", colour=CAPTION)
                _subtotal(pen, page)
            for who, party in (("buyer", face.buyer), ("seller", face.seller)):
                pen.fit(party.title, f"{who}_title", PARTY_ROOM, TITLE)
                pen.put(party.tax_no, f"{who}_tax_no")
            _goods(pen, page.rows, 0)
            if page is pages[-1]:
                _sums(pen, face)
            pen.fit(face.remark, "remark", REMARK_ROOM, REMARK)
            pen.put(face.drawer, "drawer")


def _paint_legacy(pen: Pen, face: Face) -> None:
    """On the face of a tax disc's invoice is room for eight lines; more go on a list (销货清单)."""
    short = paginated(face.lines, COLUMNS, ROWS_ROOM)
    with pen.page(0, face.mark):
        _head(pen, face)
        _disc(pen, face)
        for who, party in (("buyer", face.buyer), ("seller", face.seller)):
            pen.fit(party.title, f"{who}_title", OLD_PARTY_ROOM, ONE_LINE)
            pen.put(party.tax_no, f"{who}_tax_no")
            pen.fit(party.contact, f"{who}_contact", OLD_PARTY_ROOM - 25, ONE_LINE)
            pen.fit(party.bank, f"{who}_bank", OLD_PARTY_ROOM - 35, ONE_LINE)
        if len(short) == 1:
            _goods(pen, short[0].rows, 0)
        else:
            _see_list(pen, face)
        _sums(pen, face)
        pen.fit(face.remark, "remark", OLD_SIDE_ROOM, OLD_REMARK)
        pen.put(face.drawer, "drawer")
    if len(short) > 1:
        _list(pen, face)


def _disc(pen: Pen, face: Face) -> None:
    pen.fit(face.code, "code", 110, ONE_LINE)
    pen.fit(face.disc.machine_no, "machine_no", 150, ((8, 1),))
    pen.fit(face.disc.check_code, "check_code", 120, ONE_LINE)
    pen.fit(face.disc.cipher, "cipher", OLD_SIDE_ROOM, CIPHER)
    pen.fit(face.disc.payee, "payee", 95, ONE_LINE)
    pen.fit(face.disc.checker, "checker", 105, ONE_LINE)


def _see_list(pen: Pen, face: Face) -> None:
    sums = totals(face.lines)
    pen.put(SEE_LIST, "name.0")
    pen.put(plain(sums.ex_fen), "amount.0", "right")
    pen.put(plain(sums.tax_fen), "tax.0", "right")


def _list(pen: Pen, face: Face) -> None:
    pages = paginated(face.lines, COLUMNS, LIST_ROOM)
    sums = totals(face.lines)
    for page in pages:
        with pen.page(1, face.mark):
            pen.put(face.buyer.title, "list_buyer")
            pen.put(face.seller.title, "list_seller")
            pen.put(face.code, "list_code")
            pen.put(face.number, "list_number")
            pen.put(_count(page, pages), "list_page", colour=CAPTION)
            pen.put(_day(face), "list_issued_on")
            _goods(pen, page.rows, 100)
            pen.put(page.amount, "list_ex", "right")
            pen.put(page.tax, "list_tax", "right")
            if page is pages[-1]:
                pen.put(f"¥{plain(sums.ex_fen)}", "list_ex_sum", "right")
                pen.put(f"¥{plain(sums.tax_fen)}", "list_tax_sum", "right")


def _count(page: Page, pages: list[Page]) -> str:
    return f"共{len(pages)}页 第{page.number}页"


def _day(face: Face) -> str:
    day = face.issued_on
    return f"{day.year}年{day.month:02d}月{day.day:02d}日" if day else ""


def _head(pen: Pen, face: Face) -> None:
    pen.write(face.title, pen.places["title"], "middle", 17, CAPTION)
    pen.put(face.number, "number")
    pen.put(_day(face), "issued_on")
    if face.is_red:
        pen.write(face.red_mark, Place(82, 82, 352), "left", 15, RED)
    if face.number and face.issued_on:
        sums = totals(face.lines)
        pen.qr(
            face_qr(
                kind=face.kind,
                code=face.code,
                number=face.number,
                amount=plain(sums.ex_fen if face.is_legacy else sums.incl_fen),
                day=face.issued_on,
                check=face.disc.check_code,
            )
        )


def _goods(pen: Pen, rows: tuple[Row, ...], first: int) -> None:
    """Rows from the places of row `first` downwards."""
    down = 0.0
    for row in rows:
        for column in COLUMNS:
            size, lines = row.cells[column.name]
            top = pen.places[f"{column.name}.{first}"]
            pen.stack(lines, Place(top.left, top.right, top.y - down), column.align, size)
        down += height(row.lines)


def _subtotal(pen: Pen, page: Page) -> None:
    """Below the last of the rows, in the line that is kept free for it."""
    first, middle = pen.places["name.0"], pen.places["name.0"].left + COLUMNS[0].room / 2
    y = first.y - ROWS_ROOM
    pen.write("小 计", Place(middle, middle, y), "middle", colour=CAPTION)
    for slot, text in (("amount.0", page.amount), ("tax.0", page.tax)):
        pen.write(text, Place(0, pen.places[slot].right, y), "right")


def _sums(pen: Pen, face: Face) -> None:
    sums = totals(face.lines)
    pen.put(f"¥{plain(sums.ex_fen)}", "ex", "right")
    pen.put(f"¥{plain(sums.tax_fen)}", "tax_sum", "right")
    pen.put(f"ⓧ {capital(sums.incl_fen)}", "capital")
    pen.put(f"¥{plain(sums.incl_fen)}", "total")
