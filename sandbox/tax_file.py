"""The provider's PDF of an invoice. It says that it comes from a simulation: it is no invoice."""

import io
from datetime import datetime
from functools import lru_cache

import qrcode  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from core.clock import SHOP_ZONE
from sandbox.paper_ink import FONT
from sandbox.timetable import Doc

NOTICE = "模拟环境样张 · 不是发票 · 不得作为凭证"
_WIDTH, _HEIGHT = 210 * mm, 140 * mm
_ROWS_SHOWN = 8
_KINDS = {"pc": ("32", "电子发票（普通发票）"), "bs": ("31", "电子发票（增值税专用发票）")}


def qr_text(doc: Doc) -> str:
    """The QR on the face: eight fields, the last a CRC of the others."""
    day = f"{datetime.fromisoformat(doc['issued_at']).astimezone(SHOP_ZONE):%Y%m%d}"
    kind = _KINDS[doc["order"]["invoiceLine"]][0]
    text = f"01,{kind},,{doc['number']},{doc['incl']},{day},,"
    return f"{text}{_crc(text.encode()):04X}"


def invoice_pdf(doc: Doc, seller_name: str) -> bytes:
    """The face of an issued invoice, with its font inside; blocking, so call it in a thread."""
    return _drawn(
        doc["number"], doc["order"]["buyerName"], seller_name, _rows(doc), _facts(doc), qr_text(doc)
    )


def _rows(doc: Doc) -> tuple[tuple[str, ...], ...]:
    names = ("goodsName", "specType", "unit", "num", "price", "taxExcludedAmount", "taxRate", "tax")
    return tuple(
        tuple(str(row.get(name, "")) for name in names) for row in doc["order"]["invoiceDetail"]
    )


def _facts(doc: Doc) -> tuple[str, ...]:
    order = doc["order"]
    at = datetime.fromisoformat(doc["issued_at"]).astimezone(SHOP_ZONE)
    return (
        _KINDS[order["invoiceLine"]][1],
        f"{at:%Y年%m月%d日}",
        order.get("buyerTaxNum", ""),
        doc["seller"],
        doc["ex"],
        doc["tax"],
        doc["incl"],
        order.get("remark", ""),
        order["clerk"],
    )


@lru_cache(maxsize=32)
def _drawn(
    number: str,
    buyer: str,
    seller: str,
    rows: tuple[tuple[str, ...], ...],
    facts: tuple[str, ...],
    qr: str,
) -> bytes:
    title, day, buyer_no, seller_no, ex, tax, incl, remark, clerk = facts
    out = io.BytesIO()
    page = Canvas(out, pagesize=(_WIDTH, _HEIGHT), pageCompression=1, invariant=1)
    pen = _Pen(page)
    page.setTitle(f"{title} {number}")
    page.drawImage(_qr_image(qr), 10 * mm, 114 * mm, 20 * mm, 20 * mm)
    pen.write(105, 126, title, size=16, centre=True)
    pen.write(146, 129, f"发票号码：{number}")
    pen.write(146, 123, f"开票日期：{day}")
    pen.write(105, 119, NOTICE, centre=True)
    pen.write(12, 107, f"购买方　名称：{buyer}")
    pen.write(12, 101, f"统一社会信用代码/纳税人识别号：{buyer_no}")
    pen.write(110, 107, f"销售方　名称：{seller}")
    pen.write(110, 101, f"统一社会信用代码/纳税人识别号：{seller_no}")
    heads = ("项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额")
    for row_at, row in enumerate((heads, *rows[:_ROWS_SHOWN])):
        for x, cell in zip((12, 70, 92, 104, 120, 145, 168, 182), row, strict=True):
            pen.write(x, 92 - 6 * row_at, cell[:22], size=8)
    if len(rows) > _ROWS_SHOWN:
        pen.write(12, 92 - 6 * (_ROWS_SHOWN + 1), f"…… 共 {len(rows)} 行", size=8)
    pen.write(12, 32, f"合计　金额 ￥{ex}　税额 ￥{tax}")
    pen.write(12, 25, f"价税合计（小写） ￥{incl}")
    pen.write(12, 15.5, f"备注：{remark}"[:70])
    pen.write(12, 8, f"开票人：{clerk}")
    for y in (113, 97, 38, 21):
        page.line(10 * mm, y * mm, 200 * mm, y * mm)
    page.rect(10 * mm, 13 * mm, 190 * mm, 100 * mm)
    page.save()
    return out.getvalue()


class _Pen:
    """Writes in millimetres from the lower left corner."""

    def __init__(self, page: Canvas) -> None:
        self._page = page
        self._font = _font_name()

    def write(self, x: float, y: float, text: str, *, size: int = 9, centre: bool = False) -> None:
        self._page.setFont(self._font, size)
        draw = self._page.drawCentredString if centre else self._page.drawString
        draw(x * mm, y * mm, text)


@lru_cache(maxsize=1)
def _font_name() -> str:
    pdfmetrics.registerFont(TTFont("sandbox-sc", str(FONT)))
    return "sandbox-sc"


def _qr_image(text: str) -> ImageReader:
    out = io.BytesIO()
    qrcode.make(text, box_size=4, border=2).save(out)
    out.seek(0)
    return ImageReader(out)


def _crc(data: bytes) -> int:
    """CRC-16/BUYPASS: polynomial 8005, start 0, not reflected."""
    crc = 0
    for byte in data:
        for bit in range(7, -1, -1):
            is_out = (crc >> 15) ^ (byte >> bit & 1)
            crc = (crc << 1 & 0xFFFF) ^ (0x8005 if is_out else 0)
    return crc
