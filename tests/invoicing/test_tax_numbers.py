import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.errors import MailWrong, TaxNumberWrong, TitleWrong
from invoicing.rules.buyers import BuyerKind, read_buyer, tidy_title
from invoicing.rules.tax_numbers import (
    CREDIT_ALPHABET,
    Doubt,
    Kind,
    is_credit_code,
    look_alike,
    normalise,
    read_tax_number,
)
from tests.scenes.invoicing import vectors

TAX_ID = vectors()["tax_id"]
GOOD = "11310115MA4R207G5L"


@pytest.mark.parametrize("number", TAX_ID["uscc_valid"])
def test_a_right_credit_code_passes_without_doubt(number: str) -> None:
    read = read_tax_number(number)

    assert (read.number, read.kind, read.doubts) == (number, Kind.CREDIT_CODE, ())


@pytest.mark.parametrize("case", TAX_ID["uscc_invalid"], ids=lambda case: case["why"])
def test_a_wrong_credit_code_is_no_credit_code(case: dict[str, str]) -> None:
    assert not is_credit_code(case["value"])


@pytest.mark.parametrize(
    "case", [case for case in TAX_ID["uscc_invalid"] if len(case["value"]) in {18, 19}]
)
def test_a_wrong_number_of_eighteen_or_nineteen_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(TaxNumberWrong):
        read_tax_number(case["value"])


@pytest.mark.parametrize("case", TAX_ID["normalise"], ids=lambda case: case["kind"])
def test_a_number_typed_oddly_becomes_normal(case: dict[str, str]) -> None:
    assert normalise(case["raw"]) == case["normal"]


def test_blanks_hyphens_and_invisible_characters_go() -> None:
    typed = "\u3000113101-15\u00a0MA4R\u200b207G5L\ufeff "

    assert read_tax_number(typed).number == GOOD


@pytest.mark.parametrize("case", TAX_ID["other_forms"], ids=lambda case: case["kind"])
def test_older_forms_pass(case: dict[str, str]) -> None:
    assert read_tax_number(case["value"]).kind in {Kind.OLD, Kind.IDENTITY}


def test_an_old_number_is_to_be_compared() -> None:
    assert read_tax_number("410105MANC1TJ05").doubts == (Doubt.OLD_FORM,)
    assert read_tax_number("410105MANC1TJ06").doubts == (Doubt.OLD_FORM, Doubt.INNER_DIGIT)
    assert Doubt.IDENTITY_DIGIT in read_tax_number("46010519930317753800").doubts


def test_a_code_that_begins_with_letters_passes() -> None:
    """Rural collectives have N2…; a well-known library refuses them."""
    body = "N2330106MA2CQ1XT2"
    check = CREDIT_ALPHABET[
        -sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body)) % 31
    ]

    assert read_tax_number(body + check).kind is Kind.CREDIT_CODE


def test_a_look_alike_letter_is_offered_as_a_digit() -> None:
    with pytest.raises(TaxNumberWrong) as refusal:
        read_tax_number("913702025379Z02964")

    assert refusal.value.facts["suggestion"] == "913702025379202964"


def test_nothing_is_offered_when_the_mended_number_is_wrong_too() -> None:
    assert look_alike("93350203MAGUCK1XIB") is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "missing"), ("税号", "characters"), ("9131", "length"), ("9" * 18, "check")],
)
def test_the_refusal_says_why(typed: str, reason: str) -> None:
    with pytest.raises(TaxNumberWrong) as refusal:
        read_tax_number(typed)

    assert refusal.value.facts["reason"] == reason


@given(st.integers(0, 16), st.sampled_from(CREDIT_ALPHABET))
def test_one_wrong_character_never_passes_as_a_credit_code(place: int, other: str) -> None:
    wrong = GOOD[:place] + other + GOOD[place + 1 :]

    assert wrong == GOOD or not is_credit_code(wrong)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(TaxNumberWrong):
        assert read_tax_number(text).number == normalise(text)


def test_title_and_number_in_each_others_field_change_places() -> None:
    buyer = read_buyer(
        kind=BuyerKind.ENTERPRISE, title=GOOD.lower(), tax_no="某某商贸（上海）有限公司", mail=""
    )

    assert (buyer.title, buyer.tax_no) == ("某某商贸（上海）有限公司", GOOD)


def test_a_person_needs_no_number_and_no_title() -> None:
    buyer = read_buyer(kind=BuyerKind.INDIVIDUAL, title="", tax_no="ignored", mail=" a@b.cn ")

    assert (buyer.title, buyer.tax_no, buyer.mail) == ("个人", "", "a@b.cn")


def test_a_title_keeps_its_brackets_and_loses_markup() -> None:
    assert tidy_title(" 某某（上海）<b>有限\x1b公司\U0001f600</> ") == "某某（上海）b有限公司"
    assert tidy_title("  Some   Trading\tLtd ") == "Some Trading Ltd"


@pytest.mark.parametrize("title", ["", " \x00 ", "字" * 101])
def test_an_empty_or_endless_title_is_refused(title: str) -> None:
    with pytest.raises(TitleWrong):
        tidy_title(title)


@pytest.mark.parametrize("mail", ["nobody", "a@b", "a@b.cn\r\nBcc: c@d.cn", "a b@c.cn", "@c.cn"])
def test_a_wrong_mail_address_is_refused(mail: str) -> None:
    with pytest.raises(MailWrong):
        read_buyer(kind=BuyerKind.INDIVIDUAL, title="个人", tax_no="", mail=mail)
