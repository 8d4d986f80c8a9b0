import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.security.source_code import BadSourceCode, Source, mint_source, read_source
from tests.scenes.keys import a_key, with_keys

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
IDS = st.integers(1, 2**63 - 1)


@given(IDS, IDS, st.none() | IDS, st.none() | IDS)
def test_a_card_says_who_shared_it(
    guide_id: int, store_id: int, group_id: int | None, product_id: int | None
) -> None:
    with_keys()
    code = mint_source(guide_id, store_id, group_id, product_id)

    assert read_source(code) == Source(guide_id, store_id, group_id, product_id)
    assert set(code) <= set(ALPHABET)


def test_ids_of_a_large_shop_fit_a_mini_program_code() -> None:
    with_keys()
    assert len(mint_source(2_000_000, 16_000, 2_000_000, 2_000_000)) <= 32
    assert len(mint_source(2_000_000, 2_000_000, 2_000_000, 2_000_000)) <= 32


def test_every_altered_character_is_refused() -> None:
    with_keys()
    code = mint_source(7, 3, 12, 345)
    for place in range(len(code)):
        for other in ALPHABET:
            altered = code[:place] + other + code[place + 1 :]
            if altered != code:
                with pytest.raises(BadSourceCode):
                    read_source(altered)


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    with_keys()
    with pytest.raises(BadSourceCode):
        read_source(text)


def test_the_code_of_another_shop_is_refused() -> None:
    with_keys(signing_key=a_key())
    code = mint_source(7, 3)
    with_keys(signing_key=a_key())

    with pytest.raises(BadSourceCode):
        read_source(code)


@pytest.mark.parametrize("ids", [(0, 1), (1, 0), (-1, 1), (1, 2**63)])
def test_what_is_no_row_has_no_card(ids: tuple[int, int]) -> None:
    with_keys()
    with pytest.raises(ValueError, match="not ids"):
        mint_source(*ids)
