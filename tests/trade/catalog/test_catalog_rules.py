import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.catalog.pages.drawing import OUTLINES, draw
from trade.catalog.rules import SHAPES, is_barcode, placeholder


def with_check(twelve: str) -> str:
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def test_a_printed_barcode_is_known() -> None:
    assert is_barcode("6901234567892")
    assert is_barcode("4006381333931")


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 9))
def test_a_barcode_with_one_wrong_last_digit_is_refused(twelve: str, step: int) -> None:
    right = with_check(twelve)

    assert is_barcode(right)
    assert not is_barcode(right[:12] + str((int(right[12]) + step) % 10))


@pytest.mark.parametrize(
    "text", ["", "690123456789", "69012345678920", "690123456789２", "69012345678x2"]
)
def test_what_is_not_thirteen_digits_is_no_barcode(text: str) -> None:
    assert not is_barcode(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_every_product_has_a_drawing_and_always_the_same_one(category: str, colour: str) -> None:
    path = placeholder(category, colour)
    shape, shade = path.removeprefix("/pictures/").removesuffix(".svg").split("-")

    assert path == placeholder(category, colour)
    assert draw(shape, shade).startswith("<svg")
    assert len(draw(shape, shade)) < 1_500


def test_a_category_is_drawn_as_what_it_is_and_in_its_colour() -> None:
    assert placeholder("沙发", "燕麦色") == "/pictures/sofa-d9cbb3.svg"
    assert set(SHAPES.values()) | {"box", "room", "outfit"} == set(OUTLINES)
