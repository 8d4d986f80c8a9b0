"""The title QR that companies carry about, against the published vectors."""

import base64

import pytest

from invoicing.titles.title_qr import read_title_qr
from tests.scenes.invoicing import vectors

CASES = vectors()["title_qr"]["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["tax_no"])
def test_a_title_qr_is_read(case: dict[str, str]) -> None:
    card = read_title_qr(case["text"])

    assert card is not None
    assert (card.title, card.tax_no) == (case["title"], case["tax_no"])
    assert (card.address_phone, card.bank_account) == (case["address_phone"], case["bank_account"])
    assert card.is_sum_right


def test_a_scanner_that_types_ends_with_a_return() -> None:
    assert read_title_qr(CASES[0]["text"] + "\r\n") is not None


def test_a_wrong_sum_is_only_said() -> None:
    payload = base64.b64decode(CASES[0]["text"][3:-1]).decode().replace("5F5B", "0000")
    card = read_title_qr(f"$01{base64.b64encode(payload.encode()).decode()}$")

    assert card is not None
    assert card.is_sum_right is False
    assert card.title == CASES[0]["title"]


def test_markup_in_a_title_qr_is_dropped() -> None:
    payload = "<b>甲公司</b>\x00</>91650102338337946P</></></>"
    card = read_title_qr(f"$01{base64.b64encode(payload.encode()).decode()}$")

    assert card is not None
    assert (card.title, card.is_sum_right) == ("b甲公司/b", None)


@pytest.mark.parametrize(
    "text",
    ["", "$", "$01$", "$01!!$", "$01QUJD$", "某某公司", "01,32,,1,1,1,,", "$01" + "A" * 3000 + "$"],
)
def test_any_other_text_is_no_title_qr(text: str) -> None:
    assert read_title_qr(text) is None
