"""The file of an invoice: complete, readable, made where nothing can be reached (threat S12)."""

import io
import re
import shutil
import socket
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pypdf
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from invoicing import archive
from invoicing.document import ink
from invoicing.document.face import PREVIEW, SANDBOX, Face, Party, paginated
from invoicing.document.layouts import layout, render
from invoicing.document.painting import COLUMNS, ROWS_ROOM, paint
from invoicing.document.renderer import Limits, Painters, pdf_of
from invoicing.errors import RendererFailed
from invoicing.protocol.face_qr import read_face_qr
from invoicing.rules.tax import TaxLine, discount_lines, net_lines
from tests.scenes.invoicing import BUYER_TAX_NO, SELLER_TAX_NO, goods

NUMBER = "26312000000136634917"
BUYER = Party("某某商贸（上海）有限公司", BUYER_TAX_NO)
SELLER = Party("知木生活（上海）家居有限公司", SELLER_TAX_NO)


def a_face(**more: Any) -> Face:
    facts: dict[str, Any] = {
        "number": NUMBER,
        "issued_on": date(2025, 11, 15),
        "buyer": BUYER,
        "seller": SELLER,
        "lines": tuple(net_lines([goods(gross_fen=79_800, quantity=2)])),
        "remark": "订单号 2511210123456789",
        "drawer": "沈知秋",
    }
    return Face(**{**facts, **more})


def text_of(pdf: bytes, page: int = 0) -> str:
    return pypdf.PdfReader(io.BytesIO(pdf)).pages[page].extract_text()


def pages_of(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def qr_of(pdf: bytes) -> str:
    """The symbol on the first page, drawn again from the squares it consists of."""
    contents = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].get_contents()
    assert contents is not None
    squares = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", contents.get_data().decode())
    picture = Image.new("L", (400, 400), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, wide, tall in (map(float, square) for square in squares):
        left, top = 4 * (x - 10), 400 - 4 * (y + tall - 310)
        draw.rectangle((left, top, left + 4 * wide - 1, top + 4 * tall - 1), fill=0)
    [code] = zxingcpp.read_barcodes(picture)
    return code.text


async def test_the_text_of_the_file_is_the_data() -> None:
    pdf = await pdf_of(a_face(mark=SANDBOX))

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


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not here")
def test_pdftotext_reads_it_all_back_where_it_stands(tmp_path: Path) -> None:
    lines = net_lines([goods(gross_fen=19_900 + 100 * at) for at in range(20)])
    file = tmp_path / "invoice.pdf"
    file.write_bytes(paint(a_face(lines=tuple(lines))))

    read = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True
    ).stdout

    assert f"发票号码：{NUMBER}" in read
    assert "名称：某某商贸（上海）有限公司" in read
    assert "（小写）¥4170.00" in read
    for line in lines:
        shown = rf"{line.name} +烟灰 +条 +1 +[\d.]+ +{line.ex_fen / 100:.2f} +13% +"
        assert re.search(shown + f"{line.tax_fen / 100:.2f}", read)


@pytest.mark.parametrize("title", ["某某公司", "㑇䶮𬭎"])
def test_every_font_is_inside_as_a_subset(title: str) -> None:
    page = pypdf.PdfReader(io.BytesIO(paint(a_face(buyer=Party(title, "")))))
    page_one = page.pages[0]

    resources = cast("Any", page_one["/Resources"])
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert "NotoSansSC" in str(fonts[0]["/BaseFont"])
    assert all("+" in font["/BaseFont"] for font in fonts)
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in fonts)
    box = page_one.mediabox
    assert (round(box.width), round(box.height)) == (595, 397)  # 210 mm x 140 mm


def test_the_qr_on_the_face_is_read_from_the_file() -> None:
    read = read_face_qr(qr_of(paint(a_face())))

    assert read is not None
    assert (read.number, read.amount, read.is_crc_right) == (NUMBER, "798.00", True)


def test_the_same_face_makes_the_same_bytes() -> None:
    assert paint(a_face()) == paint(a_face())


def test_many_lines_take_several_pages_and_the_sums_stand_on_the_last() -> None:
    lines = tuple(discount_lines([goods(discount_fen=100)] * 10))

    pdf = paint(a_face(lines=lines))

    assert pages_of(pdf) == 3
    assert "共3页 第1页" in text_of(pdf, 0)
    assert "小 计" in text_of(pdf, 0)
    assert "¥3980.00" not in text_of(pdf, 0)
    assert "¥3980.00" in text_of(pdf, 2)


def test_two_thousand_lines_are_all_there() -> None:
    lines = tuple(net_lines([goods(gross_fen=10_000 + at) for at in range(2_000)]))

    pdf = paint(a_face(lines=lines))

    assert pages_of(pdf) == 250
    sums = f"¥{sum(line.ex_fen for line in lines) / 100:.2f}"
    assert sums in text_of(pdf, 249)
    assert [f"{line.ex_fen / 100:.2f}" in text_of(pdf, at // 8) for at, line in some(lines)] == [
        True for _ in some(lines)
    ]


def some(lines: tuple[TaxLine, ...]) -> list[tuple[int, TaxLine]]:
    return list(enumerate(lines))[::97]


def test_long_names_titles_and_remarks_are_whole_and_stay_on_the_page() -> None:
    long = goods()
    name = "手工刺绣真丝连衣裙（春夏限定款）附赠同色系腰带" * 3
    lines = net_lines([type(long)(name, "月白/M", "件", 1, long.tax_code, 1300, 39_900)] * 4)
    buyer = Party("某某" * 50, BUYER_TAX_NO)

    pdf = paint(a_face(lines=tuple(lines), buyer=buyer, remark="备考" * 100))

    text = text_of(pdf).replace("\n", "")
    assert "某某" * 50 in text
    assert "备考" * 100 in text
    assert sum(text_of(pdf, at).replace("\n", "").count(name) for at in range(pages_of(pdf))) == 4


def test_a_page_holds_eight_lines_and_a_long_name_counts_for_more() -> None:
    pages = paginated(net_lines([goods()] * 9), COLUMNS, ROWS_ROOM)

    assert [len(page.rows) for page in pages] == [8, 1]


def test_what_fits_no_size_is_cut_with_an_ellipsis_inside_its_room() -> None:
    size, lines = ink.fitted("啊" * 99, 100, ((9, 1), (6, 2)))

    assert (size, len(lines), lines[-1][-1]) == (6, 2, "…")
    assert all(ink.width(line, size) <= 100 for line in lines)


def test_words_of_letters_stay_whole_where_they_fit() -> None:
    assert ink.broken("雅诗 Lauder Company 12", 60, 9) == ["雅诗 Lauder", "Company 12"]
    assert "".join(ink.broken("A" * 50, 60, 9)) == "A" * 50


def test_a_preview_says_so_and_has_no_number() -> None:
    pdf = paint(a_face(number="", issued_on=None, mark=PREVIEW))

    assert PREVIEW in text_of(pdf)
    assert NUMBER not in text_of(pdf)


def test_a_red_one_is_marked_and_has_negative_amounts() -> None:
    line = net_lines([goods()])[0]
    sums = (-line.incl_fen, -line.ex_fen, -line.tax_fen)
    red = replace(line, quantity=-1, incl_fen=sums[0], ex_fen=sums[1], tax_fen=sums[2])

    text = text_of(paint(a_face(lines=(red,), remark=f"被红冲蓝字数电票号码：{NUMBER}")))

    for shown in ("红字", "-353.10", "-45.90", "ⓧ （负数）叁佰玖拾玖圆整", "¥-399.00"):
        assert shown in text
    read = read_face_qr(qr_of(paint(a_face(lines=(red,)))))
    assert read is not None
    assert read.amount == "-399.00"


def test_the_blank_names_the_places_of_the_values_and_shows_none() -> None:
    [blank] = layout("digital").pages

    assert {"number", "buyer_title", "name.0", "name.1", "capital"} <= set(blank.places)
    assert blank.places["name.0"].y - blank.places["name.1"].y == pytest.approx(15)


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
            text = text_of(render(html))
        except RuntimeError:
            text = ""
        with pytest.raises(BlockingIOError):  # nobody has called
            trap.accept()

    assert "planted-secret" not in text


async def test_guests_text_is_text() -> None:
    title = '<img src="http://127.0.0.1/x">'
    remark = "{{ 7 * 7 }} &amp; </td> (x) Tj ET \\ ) <41> BT"

    text = text_of(await pdf_of(a_face(buyer=Party(title, ""), remark=remark)))

    assert title in text.replace("\n", "")
    assert remark in text


async def test_a_renderer_that_lasts_too_long_is_killed() -> None:
    with pytest.raises(RendererFailed) as refusal:
        await Painters(Limits(wall_s=0.01), 1).paint(a_face())

    assert refusal.value.facts["reason"] == "too_slow"


async def test_a_document_that_eats_memory_ends_with_its_child() -> None:
    with pytest.raises(RendererFailed):
        await Painters(Limits(memory=60 * 1024 * 1024), 1).paint(a_face())


async def test_an_endless_document_is_refused() -> None:
    with pytest.raises(RendererFailed) as refusal:
        await pdf_of(a_face(remark="x" * (8 * 1024 * 1024)))

    assert refusal.value.facts["reason"] == "too_long"


async def test_a_painter_that_was_killed_is_followed_by_another() -> None:
    painters = Painters(Limits(), 1)
    await painters.paint(a_face())

    def kill() -> None:
        painters._mine.painter._child.kill()

    painters._threads.submit(kill).result()
    with pytest.raises(RendererFailed):
        await painters.paint(a_face())

    assert (await painters.paint(a_face())).startswith(b"%PDF-")


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
