import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.stores.rules import distance_m, is_taxpayer_no

VECTORS = json.loads((Path(__file__).parents[2] / "data/invoicing.json").read_text())["tax_id"]
PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize("number", VECTORS["uscc_valid"])
def test_a_genuine_taxpayer_number_is_accepted(number: str) -> None:
    assert is_taxpayer_no(number)


@pytest.mark.parametrize(
    "number", ["", "91310101MA1DGXY12", "91310101MA1DGXY128", "91310101MA1DGXYO29"]
)
def test_a_mistyped_taxpayer_number_is_refused(number: str) -> None:
    assert not is_taxpayer_no(number)


@given(PLACES, PLACES)
def test_the_way_there_is_as_long_as_the_way_back(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    assert distance_m(here, there) == distance_m(there, here)
    assert distance_m(here, here) == 0
    assert distance_m(here, there) <= 20_016_000


def test_from_the_bund_to_peoples_square_is_about_a_mile() -> None:
    assert 1_500 < distance_m((31.2400, 121.4900), (31.2304, 121.4737)) < 2_000
