from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.protocol.face_qr import face_qr, read_face_qr
from tests.scenes.invoicing import vectors

CASES = vectors()["invoice_qr"]


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["text"])
def test_the_crc_of_issued_invoices_is_right(case: dict[str, str]) -> None:
    read = read_face_qr(case["text"])

    assert read is not None
    assert read.is_crc_right


@pytest.mark.parametrize("case", CASES["bad"], ids=lambda case: case["why"])
def test_a_damaged_text_is_noticed(case: dict[str, str]) -> None:
    read = read_face_qr(case["text"])

    assert read is None or read.is_crc_right is False


def test_ours_are_written_as_issued_ones_are() -> None:
    published = "01,32,,24312000000136634917,0.01,20240514,,1DD6"

    ours = face_qr(kind="32", number="24312000000136634917", amount="0.01", day=date(2024, 5, 14))

    assert ours == published


def test_readers_are_lenient() -> None:
    short = read_face_qr("01,32,,24312000000136634917,32,20240514,,")
    lower = read_face_qr("01,32,,24312000000136634917,0.01,20240514,,1dd6,")

    assert short is not None
    assert short.is_crc_right is None
    assert lower is not None
    assert lower.is_crc_right


@given(st.text())
def test_any_text_is_read_or_not(text: str) -> None:
    read_face_qr(text)
