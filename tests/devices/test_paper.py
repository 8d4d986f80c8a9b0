"""What stands on paper, and that no text can give a printer orders (threat S14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.blocks import Cut, Pair, QrCode, Text
from devices.protocol.escpos import paper_state, render
from devices.protocol.profile import Profile
from devices.protocol.text import pair, printable, width, wrap
from sandbox.escpos import Token, Tokenizer
from tests.scenes.devices import INVOICE_URL, a_line, a_receipt_of, a_sale

WIDE = Profile(columns=48)
NARROW = Profile(columns=32, has_cutter=False)
ALLOWED = {
    "ESC @",
    "FS &",
    "ESC a",
    "GS !",
    "ESC E",
    "LF",
    "GS ( k",
    "ESC d",
    "GS V",
    "text",
    "GS v 0",
}
NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\x0a\x0d\x10\x1b\x1c\x1d\x7f\x85\x9b￥¥€㎡“”…×·─\u200b\U0001f600𠮷"
        ),
    ),
    max_size=120,
)


def tokens_of(data: bytes) -> list[Token]:
    tokenizer = Tokenizer()
    return [*tokenizer.feed(data), *tokenizer.close()]


def lines_of(data: bytes) -> list[str]:
    """The text lines of a paper, commands left out."""
    text = b"".join(t.raw for t in tokens_of(data) if t.name in {"text", "LF"})
    return text.decode("gbk").split("\n")


@given(NASTY, NASTY, NASTY)
def test_no_text_becomes_a_command(store: str, title: str, spec: str) -> None:
    sale = a_sale(store_name=store, lines=(a_line(title=title, spec_text=spec),))

    tokens = tokens_of(render(a_receipt_of(sale), WIDE))

    assert {token.name for token in tokens} <= ALLOWED
    assert all(min(token.raw) >= 0x20 for token in tokens if token.name == "text")
    assert sum(token.name == "GS V" for token in tokens) == 1
    assert sum(token.name == "GS ( k" for token in tokens) == 5


@given(NASTY)
def test_printable_text_is_gbk_without_control_bytes(text: str) -> None:
    data = printable(text).encode("gbk")

    assert all(byte >= 0x20 and byte != 0x7F for byte in data)
    assert 0x80 not in data[:1]


@given(NASTY, NASTY, st.sampled_from([24, 32, 48]))
def test_no_line_is_wider_than_the_paper(left: str, right: str, columns: int) -> None:
    lines = [*pair(printable(left), printable(right), columns), *wrap(printable(left), columns)]

    assert all(width(line) <= columns for line in lines)


@given(NASTY, st.sampled_from([16, 32, 48]))
def test_wrapping_loses_nothing_but_blanks(text: str, columns: int) -> None:
    assert "".join(wrap(printable(text), columns)).replace(" ", "") == printable(text).replace(
        " ", ""
    )


def test_a_wrapped_line_begins_without_a_blank() -> None:
    assert wrap("羊绒围巾 烟灰", 8) == ["羊绒围巾", "烟灰"]


def test_a_name_of_two_words_is_broken_between_them() -> None:
    assert wrap("木棠生活 苏州观前店", 16) == ["木棠生活", "苏州观前店"]


def test_a_yuan_sign_and_box_lines_become_what_a_chinese_printer_has() -> None:
    assert printable("¥12 ─ 5㎡ ₿ a\x1bb\nc") == "￥12 - 5m2 ? ab c"


def test_the_job_begins_in_chinese_mode_and_ends_with_a_cut() -> None:
    data = render(a_receipt_of(a_sale()), WIDE)

    assert data.startswith(b"\x1b@\x1c&")
    assert data.endswith(b"\x1bd\x06\x1dV\x00")


def test_paper_of_58_mm_is_fed_and_not_cut() -> None:
    assert b"\x1dV" not in render([Cut()], NARROW)


def test_a_receipt_reads_as_a_cashier_expects() -> None:
    lines = lines_of(render(a_receipt_of(a_sale()), NARROW))

    assert "单号：2511210123456789" in lines
    assert "时间：2025-11-21 14:03:09" in lines
    assert "  2×399.00               798.00" in lines
    assert "  优惠                    -40.00" in lines
    assert "实付￥758.00" in lines
    assert "本单积分                     758" in lines
    assert "最晚开票日 2026-05-20" in lines
    assert not any("补打" in line for line in lines)


def test_the_native_qr_carries_the_address() -> None:
    stored = [t for t in tokens_of(render(a_receipt_of(a_sale()), WIDE)) if t.name == "GS ( k"]

    assert INVOICE_URL.encode() in b"".join(token.raw for token in stored)


def test_without_an_invoice_address_there_is_no_qr() -> None:
    assert not any(isinstance(b, QrCode) for b in a_receipt_of(a_sale(invoice_url="")))


@pytest.mark.parametrize("data", ["x" * 91, "https://店/i/a"])
def test_a_qr_that_would_be_too_fine_or_is_not_ascii_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="90 characters"):
        render([QrCode(data)], WIDE)


def test_big_text_is_wrapped_at_half_the_columns() -> None:
    lines = lines_of(render([Text("木棉与麻南京西路店旗舰", is_big=True)], NARROW))

    assert lines[0] == "木棉与麻南京西路"


def test_a_caption_and_a_value_too_wide_for_one_line_take_two() -> None:
    assert lines_of(render([Pair("字" * 10, "9" * 20)], NARROW))[:2] == [
        "字" * 10,
        " " * 12 + "9" * 20,
    ]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"\x00", "ok"),
        (b"\x03", "near_end"),
        (b"\x0f", "out"),
        (b"\x12", "unknown"),
        (b"", "unknown"),
        (b"\x00\x00", "unknown"),
    ],
)
def test_silence_is_neither_ready_nor_out(answer: bytes, state: str) -> None:
    assert paper_state(answer) == state
