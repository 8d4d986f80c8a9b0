from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.people.errors import BadPhone, ConsentTextUnknown, NoSuchPurpose, ReasonNeeded
from crm.people.rules import (
    CONSENT_TEXTS,
    Entrance,
    Purpose,
    Why,
    attribute,
    card_title,
    check_consent,
    check_reason,
    entrance_of,
    is_phone_wanted,
    mask_name,
    mask_phone,
    plain_phone,
    purpose_of,
    sale_message,
    turns_adult,
)


@pytest.mark.parametrize(
    ("source", "bound", "whose", "why"),
    [
        (3, 4, 3, Why.SOURCE),
        (3, None, 3, Why.SOURCE),
        (None, 4, 4, Why.BINDING),
        (None, None, None, Why.NOBODY),
    ],
)
def test_the_source_on_the_order_wins_over_the_binding(
    source: int | None, bound: int | None, whose: int | None, why: Why
) -> None:
    assert attribute(source_guide=source, bound_guide=bound) == (whose, why)


def test_a_phone_is_asked_for_only_when_there_are_points_to_use() -> None:
    assert not is_phone_wanted(points=0, has_phone=False)
    assert is_phone_wanted(points=1, has_phone=False)
    assert not is_phone_wanted(points=1, has_phone=True)


@pytest.mark.parametrize("raw", ["13800138000", "+8613800138000", "86 138-0013-8000"])
def test_one_number_has_one_spelling(raw: str) -> None:
    assert plain_phone(raw) == "13800138000"


@pytest.mark.parametrize("raw", ["", "12800138000", "1380013800", "138001380000", "+85291234567"])
def test_what_is_no_mobile_number_is_refused_and_not_repeated(raw: str) -> None:
    with pytest.raises(BadPhone) as refusal:
        plain_phone(raw)

    assert refusal.value.facts == {}


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_phone_shows_seven_digits(phone: str) -> None:
    shown = mask_phone(phone)

    assert len(shown) == 11
    assert shown[3:7] == "****"


def test_a_consent_text_that_is_not_todays_is_refused_with_todays_version() -> None:
    current = CONSENT_TEXTS[Purpose.MEMBERSHIP].version
    check_consent(Purpose.MEMBERSHIP, current)
    with pytest.raises(ConsentTextUnknown) as refusal:
        check_consent(Purpose.MEMBERSHIP, "1999-01")

    assert refusal.value.facts["version"] == current


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(NoSuchPurpose):
        purpose_of("everything")


def test_a_reason_is_words() -> None:
    assert check_reason(" 核对退货地址 ") == "核对退货地址"
    with pytest.raises(ReasonNeeded):
        check_reason(" . ")


@given(st.text(max_size=120))
def test_a_card_title_fits_64_bytes_and_is_whole_characters(title: str) -> None:
    cut = card_title(title)

    assert len(cut.encode()) <= 64
    assert title.startswith(cut)


def test_two_alike_sales_are_two_messages() -> None:
    texts = {
        sale_message(order_no=order_no, paid_fen=12_345, store_name="上海静安店")
        for order_no in ("2611210000000001", "2611210000000002")
    }

    assert len(texts) == 2
    assert all("¥123.45" in text and "上海静安店" in text for text in texts)


@pytest.mark.parametrize(
    ("scene", "card", "entrance"),
    [
        (None, "", Entrance.MINI_PROGRAM),
        (1035, "", Entrance.OFFICIAL_ACCOUNT),
        (1007, "", Entrance.SOCIAL),
        (None, "group", Entrance.SOCIAL),
        (1037, "", Entrance.MARKETPLACE),
        (1177, "", Entrance.PUSH),
        (1047, "store", Entrance.STORE),
        (9999, "store", Entrance.STORE),
    ],
)
def test_the_entrance_is_told_by_the_scene_else_by_the_card(
    scene: int | None, card: str, entrance: Entrance
) -> None:
    told = entrance_of(scene, has_group=card == "group", has_source=bool(card))

    assert told is entrance


@pytest.mark.parametrize(
    ("born", "adult"),
    [(date(2012, 2, 29), date(2026, 3, 1)), (date(2012, 11, 22), date(2026, 11, 22))],
)
def test_fourteen_is_turned_on_a_day_that_exists(born: date, adult: date) -> None:
    assert turns_adult(born) == adult


@pytest.mark.parametrize(
    ("name", "shown"),
    [("林晓", "林*"), ("欧阳静安", "欧***"), ("Lee", "L**"), ("林", "林*"), ("", "")],
)
def test_of_a_name_the_first_character_is_shown(name: str, shown: str) -> None:
    assert mask_name(name) == shown
