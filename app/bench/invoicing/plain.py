"""The same invoice by plain xhtml2pdf, whole for each document: what ours is compared with."""

import base64
import io
from functools import cache
from pathlib import Path

import qrcode  # type: ignore[import-untyped]
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.money import yuan
from invoicing.document.face import Face, paginated, texts_of
from invoicing.document.layouts import render
from invoicing.document.painting import COLUMNS, ROWS_ROOM
from invoicing.protocol.face_qr import face_qr
from invoicing.rules.capitals import capital
from invoicing.rules.tax import totals

ROWS = 8


@cache
def _templates() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def _picture(text: str) -> str:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=6, mask_pattern=3)
    code.add_data(text)
    png = io.BytesIO()
    code.make_image().save(png)
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"


def plain(face: Face) -> bytes:
    """One document. The font is read once in a process, as for ours."""
    assert face.issued_on
    sums = totals(face.lines)
    total = yuan(sums.incl_fen).replace(",", "")
    pages = paginated(face.lines, COLUMNS, ROWS_ROOM)
    lines = iter(face.lines)
    shown = [
        {
            "number": page.number,
            "rows": [texts_of(next(lines)) for _ in page.rows],
            "filler": ROWS - len(page.rows),
            "amount": page.amount,
            "tax": page.tax,
        }
        for page in pages
    ]
    qr = face_qr(kind=face.kind, number=face.number, amount=total, day=face.issued_on)
    html = _templates().get_template("plain.html")
    return render(
        html.render(
            face=face,
            pages=shown,
            picture=_picture(qr),
            amount=yuan(sums.ex_fen).replace(",", ""),
            tax=yuan(sums.tax_fen).replace(",", ""),
            total=total,
            capital=capital(sums.incl_fen),
        )
    )
