"""The file of an invoice: complete, readable, made where nothing can be reached (threat S12)."""

import io
import socket
from datetime import date
from pathlib import Path
from typing import Any, cast

import pypdf
import pytest
import zxingcpp

from invoicing import archive
from invoicing.document.child import render
from invoicing.document.face import PREVIEW, ROWS_A_PAGE, Face, html_of, paginated, qr_image
from invoicing.document.renderer import FONT, Limits, pdf_of
from invoicing.errors import RendererFailed
from invoicing.protocol.face_qr import read_face_qr
from invoicing.rules.tax import discount_lines, net_lines
from tests.scenes.invoicing import BUYER_TAX_NO, SELLER_TAX_NO, goods

NUMBER = "26312000000136634917"


def a_face(**more: Any) -> Face:
    facts: dict[str, Any] = {
        "number": NUMBER,
        "issued_on": date(2025, 11, 15),
        "buyer_title": "某某商贸（上海）有限公司",
        "buyer_tax_no": BUYER_TAX_NO,
        "seller_name": "知木生活（上海）家居有限公司",
        "seller_tax_no": SELLER_TAX_NO,
        "lines": tuple(net_lines([goods(gross_fen=79_800, quantity=2)])),
        "remark": "订单号 2511210123456789",
        "drawer": "沈知秋",
    }
    return Face(**{**facts, **more})


def text_of(pdf: bytes, page: int = 0) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text()


async def test_the_text_of_the_file_is_the_data() -> None:
    pdf = await pdf_of(html_of(a_face(mark="沙箱开具 - 非税务发票")))

    text = text_of(pdf)
    for shown in (
        "电子发票（普通发票）",
        NUMBER,
        "2025年11月15日",
        BUYER_TAX_NO,
        SELLER_TAX_NO,
        "某某商贸（上海）有限公司",
        "羊绒围巾",
        "353.095",
        "13%",
        "¥706.19",
        "¥91.81",
        "ⓧ 柒佰玖拾捌圆整",
        "¥798.00",
        "订单号 2511210123456789",
        "沈知秋",
        "沙箱开具",
    ):
        assert shown in text
    assert len(pdf) < 80_000


async def test_the_chinese_font_is_embedded_as_a_subset() -> None:
    page = pypdf.PdfReader(io.BytesIO(await pdf_of(html_of(a_face())))).pages[0]

    resources = cast("Any", page["/Resources"])
    names = [str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()]
    assert any("NotoSansSC" in name and "+" in name for name in names)
    box = page.mediabox
    assert (round(box.width), round(box.height)) == (595, 397)  # 210 mm x 140 mm


async def test_the_qr_on_the_face_is_read_from_the_file() -> None:
    page = pypdf.PdfReader(io.BytesIO(await pdf_of(html_of(a_face())))).pages[0]

    [picture] = page.images
    assert picture.image is not None
    [code] = zxingcpp.read_barcodes(picture.image.convert("L"))
    read = read_face_qr(code.text)
    assert read is not None
    assert (read.number, read.amount, read.is_crc_right) == (NUMBER, "798.00", True)


async def test_many_lines_take_several_pages_and_the_sums_stand_on_the_last() -> None:
    lines = tuple(discount_lines([goods(discount_fen=100)] * 10))

    pdf = await pdf_of(html_of(a_face(lines=lines)))

    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 3
    assert "共3页 第1页" in text_of(pdf, 0)
    assert "¥3980.00" not in text_of(pdf, 0)
    assert "¥3980.00" in text_of(pdf, 2)


async def test_long_names_titles_and_remarks_stay_on_the_page() -> None:
    long = goods()
    name = "手工刺绣真丝连衣裙（春夏限定款）附赠同色系腰带" * 3
    lines = net_lines([type(long)(name, "月白/M", "件", 1, long.tax_code, 1300, 39_900)] * 4)
    face = a_face(lines=tuple(lines), buyer_title="某" * 100, remark="备" * 200)

    pdf = await pdf_of(html_of(face))

    assert all(
        "开票人" in text_of(pdf, page)
        for page in range(len(pypdf.PdfReader(io.BytesIO(pdf)).pages))
    )


def test_a_page_holds_eight_lines_and_a_long_name_counts_for_more() -> None:
    pages = paginated(net_lines([goods()] * (ROWS_A_PAGE + 1)))

    assert [len(page.rows) for page in pages] == [ROWS_A_PAGE, 1]
    assert pages[1].filler == ROWS_A_PAGE - 1


async def test_a_preview_says_so_and_has_no_number() -> None:
    text = text_of(await pdf_of(html_of(a_face(number="", issued_on=None, mark=PREVIEW))))

    assert PREVIEW in text


async def test_a_character_the_font_lacks_becomes_a_mark_and_not_a_black_box() -> None:
    text = text_of(await pdf_of(html_of(a_face(buyer_title="某\U00020000公司"))))

    assert "某〓公司" in text


EVIL = [
    '<img src="{base}/a.png">',
    '<img src="file:///etc/passwd">',
    '<img src="{file}">',
    '<style>@import url("{base}/a.css");</style>',
    '<link rel="stylesheet" href="{base}/b.css">',
    '<link rel="stylesheet" href="file://{file}">',
    '<style>@font-face{{font-family:x;src:url("{base}/f.ttf")}}p{{font-family:x}}</style><p>a</p>',
    '<style>@font-face{{font-family:x;src:url("{file}")}}p{{font-family:x}}</style><p>a</p>',
    '<style>@page{{background-image:url("{base}/bg.pdf")}}</style><p>a</p>',
    '<style>p{{background-image:url("{base}/bg.png")}}</style><p>a</p>',
    '<p><svg><image href="{base}/a.svg"/></svg></p>',
    '<img src="data:image/svg+xml,<svg><image href=&quot;{base}/x&quot;/></svg>">',
    '<pdf:barcode value="1"/><object data="{base}/o"></object><iframe src="{base}/i"></iframe>',
    '<a href="javascript:alert(1)">x</a><base href="{base}/"><img src="rel.png">',
]


@pytest.mark.parametrize("evil", EVIL)
def test_the_renderer_fetches_nothing_and_reads_no_file(evil: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("planted-secret")
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0)
        base = f"http://127.0.0.1:{trap.getsockname()[1]}"
        html = f"<html><body><p>ok</p>{evil.format(base=base, file=secret)}</body></html>"
        try:
            text = text_of(render(html, str(FONT)))
        except RuntimeError:
            text = ""
        with pytest.raises(BlockingIOError):  # nobody has called
            trap.accept()

    assert "planted-secret" not in text


async def test_guests_text_is_text() -> None:
    face = a_face(buyer_title='<img src="http://127.0.0.1/x">', remark="{{ 7 * 7 }} &amp; </td>")

    text = text_of(await pdf_of(html_of(face)))

    assert '<img src="http://127.0.0.1/x">' in text.replace("\n", "")
    assert "{{ 7 * 7 }} &amp; </td>" in text


async def test_a_renderer_that_lasts_too_long_is_killed() -> None:
    with pytest.raises(RendererFailed) as refusal:
        await pdf_of("<p>x</p>", Limits(wall_s=0.01))

    assert refusal.value.facts["reason"] == "too_slow"


async def test_a_document_that_eats_memory_ends_with_its_child() -> None:
    with pytest.raises(RendererFailed):
        await pdf_of("<table>" + "<tr><td>x</td></tr>" * 50, Limits(memory=60 * 1024 * 1024))


async def test_an_endless_document_is_refused() -> None:
    with pytest.raises(RendererFailed):
        await pdf_of("x" * (2 * 1024 * 1024 + 1))


def test_the_qr_is_data_and_nothing_to_fetch() -> None:
    assert qr_image("01,32").startswith("data:image/png;base64,")


@pytest.mark.usefixtures("settings")
async def test_a_kept_file_is_named_by_its_bytes_and_notices_a_change() -> None:
    first = archive.keep(b"%PDF-1.4 one", "pdf")

    assert archive.keep(b"%PDF-1.4 one", "pdf") == first
    assert archive.load(first, "pdf") == b"%PDF-1.4 one"
    archive.path_of(first, "pdf").write_bytes(b"%PDF-1.4 two")
    with pytest.raises(ValueError, match="changed"):
        archive.load(first, "pdf")
    with pytest.raises(ValueError, match="gone"):
        archive.load("0" * 64, "pdf")
    with pytest.raises(ValueError, match="no pdf"):
        archive.keep(b"<html>", "pdf")
