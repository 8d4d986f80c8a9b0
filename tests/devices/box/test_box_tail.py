"""The QR under a sale: where it goes in, and that not one byte of the till is changed by it."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.security.receipt_code import ReceiptKey, check
from devices.box.paper import sheets_of
from devices.box.qr import modules
from devices.box.stamp import Stamping
from devices.box.stream import tokens_of
from devices.box.tail import Seen, Tail

ROOT = Path(__file__).parents[3]
SAMPLES = Path(os.environ.get("ESCPOS_SAMPLES", ROOT.parent / "shared" / "reference" / "escpos"))
STREAMS = sorted(SAMPLES.glob("*/*.bin"))
here = pytest.mark.skipif(not STREAMS, reason=f"no sample streams in {SAMPLES} (ESCPOS_SAMPLES)")

KEY = ReceiptKey(7, b"0123456789abcdef")
STAMPING = Stamping(KEY, 3, "https://e.example.cn/r/")
OURS = re.compile(
    rb"\x1ba\x01\x1d!\x00\x1bE\x00(?:\x1c!\x00)?(?:\x1c&)?"
    + "扫码开票".encode("gb18030")
    + rb"\n\x1d\(k.*?https://e.example.cn/r/.{42}\x1d\(k\x03\x001Q0\n\x1ba.\x1d!.\x1bE.(?:\x1c\.)?",
    re.DOTALL,
)
BODY = (
    "街角面馆\n单号:A7\n2025-11-09 10:33:20\n牛肉面 2 36.00\n合计 36.00\n现金 50.00\n找零 14.00\n"
)
SALE = b"\x1b@" + BODY.encode("gb18030")
END = b"\n\n\x1bd\x03\x1dV\x00"


def through(
    data: bytes, size: int = 10**6, stamping: Stamping = STAMPING
) -> tuple[bytes, list[Seen]]:
    tail = Tail(stamping)
    parts = [p for at in range(0, len(data), size) for p in tail.feed(data[at : at + size])]
    parts += tail.end()
    out = b"".join(part for part in parts if isinstance(part, bytes))
    return out, [part for part in parts if isinstance(part, Seen)]


@here
@pytest.mark.parametrize("path", STREAMS, ids=[path.stem for path in STREAMS])
def test_every_byte_of_a_stream_passes_in_order_around_the_qr(path: Path) -> None:
    data = path.read_bytes()
    for size in (1, 7, 512, 10**6):
        out, seen = through(data, size)
        codes = [paper.code for paper in seen if paper.code]
        rest, count = OURS.subn(b"", out)

        assert count == len(codes)
        assert rest in (data, data + b"\n" * 4)  # without a cut our QR feeds for itself


@given(
    st.lists(st.binary(max_size=20) | st.just(SALE) | st.just(END), max_size=8), st.integers(1, 9)
)
def test_no_bytes_are_lost_or_changed_whatever_is_sent(pieces: list[bytes], size: int) -> None:
    data = b"".join(pieces)
    out, _ = through(data, size, Stamping(KEY, 3, "https://e.example.cn/r/", "off"))

    assert out == data


def test_the_qr_stands_before_the_feeds_and_the_cut_and_says_the_sale() -> None:
    out, (seen,) = through(SALE + END)
    code = check(seen.code, KEY)

    assert out.startswith(SALE)
    assert out.endswith(END)
    assert (code.amount_fen, code.store_id, f"{code.at:%d %H:%M}") == (3600, 3, "09 02:33")
    assert sheets_of(tokens_of(out))[0].qr == ["https://e.example.cn/r/" + seen.code]
    assert through(SALE + END)[1][0].code == seen.code  # a copy carries the same one


def test_two_papers_in_one_burst_get_a_code_each_and_a_kitchen_slip_none() -> None:
    kitchen = "\x1d!\x11后厨单\n\x1d!\x00单号:A7 10:33\n牛肉面 x2\n".encode("gb18030")
    other = SALE.replace(b"A7", b"A8")
    _, seen = through(SALE + END + kitchen + END + other + END)

    assert [(s.reading.kind, bool(s.code)) for s in seen] == [
        ("sale", True),
        ("other", False),
        ("sale", True),
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("合计 36.00", "合计 35.00"), "sums that do not fit"),
        (("单号:A7\n", ""), "no number"),
        (("街角面馆", "预结单"), "a bill before payment"),
        (("街角面馆", "退货单"), "a refund"),
    ],
)
def test_a_doubtful_paper_gets_no_qr(change: tuple[str, str], why: str) -> None:
    data = b"\x1b@" + BODY.replace(*change).encode("gb18030") + END
    out, seen = through(data)

    assert (out, [s.code for s in seen]) == (data, [""]), why


def test_only_the_end_of_a_sale_waits_and_can_be_let_go() -> None:
    tail = Tail(STAMPING)

    assert (tail.feed(SALE), tail.is_holding) == ([SALE], False)
    assert (tail.feed(b"\n\n\x1bd"), tail.is_holding) == ([], True)
    assert tail.release() == [b"\n\n\x1bd"]
    seen, stamp, rest = [*tail.feed(b"\x03"), *tail.feed(b"\x1dV\x00")][-3:]
    assert isinstance(seen, Seen)
    assert isinstance(stamp, bytes)
    assert rest == b"\x1dV\x00"


def test_a_drawer_does_not_wait() -> None:
    tail = Tail(STAMPING)
    tail.feed(SALE)
    tail.feed(b"\n\n")

    assert b"".join(p for p in tail.feed(b"\x1bp\x00\x19\xfa") if isinstance(p, bytes)) == (
        b"\n\n\x1bp\x00\x19\xfa"
    )


def test_a_printer_that_draws_no_qr_gets_it_as_a_picture() -> None:
    out, (seen,) = through(SALE + END, stamping=Stamping(KEY, 3, "https://e.cn/r/", "raster", 4))
    picture = next(token for token in tokens_of(out) if token.name == "GS v 0")
    wide, high = (
        int.from_bytes(picture.raw[4:6], "little"),
        int.from_bytes(picture.raw[6:8], "little"),
    )
    grid = modules(b"https://e.cn/r/" + seen.code.encode())

    assert high == (len(grid) + 8) * 4
    rows = [picture.raw[8 + y * wide : 8 + (y + 1) * wide] for y in range(high)]
    drawn = [
        [
            bool(rows[(y + 4) * 4][(x + 4) * 4 // 8] >> (7 - (x + 4) * 4 % 8) & 1)
            for x in range(len(grid))
        ]
        for y in range(len(grid))
    ]
    assert drawn == grid


@pytest.mark.parametrize("size", [10, 20, 40, 65, 90, 106])
def test_our_symbols_are_those_of_an_independent_maker(size: int) -> None:
    qrcode = pytest.importorskip("qrcode")
    data = bytes(65 + at % 50 for at in range(size))
    theirs = []
    for mask in range(4):
        symbol = qrcode.QRCode(
            error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=mask
        )
        symbol.add_data(qrcode.util.QRData(data, mode=qrcode.util.MODE_8BIT_BYTE))
        symbol.make(fit=True)
        theirs.append([[bool(cell) for cell in row] for row in symbol.modules])

    assert modules(data) in theirs
