"""What the e-invoice provider refuses before it takes an order."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.tax_file import qr_text
from sandbox.tax_rules import TaxRefused, check_order, is_tax_no
from sandbox.tax_signature import signature
from tests.scenes.outside import SELLER, a_tax_line, a_tax_order

VECTORS = json.loads((Path(__file__).parents[1] / "data/invoicing.json").read_text("utf-8"))


def refusal_of(**changes: Any) -> str:
    with pytest.raises(TaxRefused) as refused:
        check_order({**a_tax_order(), **changes}, SELLER["tax_no"])
    return refused.value.code


def refusal_of_line(**changes: Any) -> str:
    return refusal_of(invoiceDetail=[{**a_tax_line(), **changes}])


def test_a_good_order_passes() -> None:
    (line,) = check_order(a_tax_order(), SELLER["tax_no"])

    assert (str(line.ex), str(line.tax), str(line.incl)) == ("148.67", "19.33", "168.00")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"buyerName": ""}, "E4000"),
        ({"buyerName": "长" * 101}, "E4000"),
        ({"buyerName": "木棉</>棉"}, "E9117"),
        ({"buyerName": "林晓😀"}, "E9117"),
        ({"buyerName": SELLER["tax_no"]}, "E9113"),
        ({"buyerTaxNum": "91440300MA5EXAMP2A"}, "E9110"),
        ({"orderNo": "中文编号"}, "E4000"),
        ({"orderNo": "x" * 21}, "E4000"),
        ({"invoiceType": "2"}, "E9104"),
        ({"invoiceLine": "c"}, "E9104"),
        ({"invoiceLine": "bs"}, "E9112"),
        ({"invoiceDate": "2025-11-09"}, "E4000"),
        ({"pushMode": "0"}, "E9114"),
        ({"pushMode": "1", "buyerPhone": "123"}, "E9115"),
        ({"salerTaxNum": "91310000MA1HUAJ88X"}, "E9103"),
        ({"remark": "长" * 201}, "E4000"),
        ({"invoiceDetail": []}, "E9101"),
        ({"invoiceDetail": [7]}, "E9102"),
    ],
)
def test_an_order_is_refused_for_its_head(changes: dict[str, Any], code: str) -> None:
    assert refusal_of(**changes) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"goodsName": ""}, "E4000"),
        ({"goodsCode": "10905"}, "E9116"),
        ({"taxRate": "0.12"}, "E9118"),
        ({"taxExcludedAmount": "148.66"}, "E9119"),
        ({"tax": "19.40", "taxExcludedAmount": "148.60"}, "E9120"),
        ({"tax": "19.333"}, "E4000"),
        ({"tax": "NaN"}, "E4000"),
        ({"tax": True}, "E4000"),
        ({"price": ""}, "E9122"),
        ({"price": "148.000"}, "E9124"),
        ({"num": "-1"}, "E9123"),
        ({"num": "0.0000000001"}, "E9123"),
        ({"invoiceLineProperty": "2"}, "E9125"),
        ({"invoiceLineProperty": "1"}, "E9125"),
        ({"invoiceLineProperty": "9"}, "E4000"),
    ],
)
def test_an_order_is_refused_for_its_line(changes: dict[str, Any], code: str) -> None:
    assert refusal_of_line(**changes) == code


def discount(**changes: Any) -> dict[str, Any]:
    line = a_tax_line(incl="-10.00", ex="-8.85", tax="-1.15", nature="1")
    for name in ("price", "num", "unit", "specType"):
        line.pop(name, None)
    return {**line, **changes}


def test_a_discount_line_after_its_line_passes() -> None:
    detail = [{**a_tax_line(), "invoiceLineProperty": "2"}, discount()]
    lines = check_order({**a_tax_order(), "invoiceDetail": detail}, SELLER["tax_no"])

    assert [line.nature for line in lines] == [2, 1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"goodsName": "*服装*别的"}, "E9126"),
        ({"unit": "件"}, "E9127"),
        (
            {"taxIncludedAmount": "-200.00", "taxExcludedAmount": "-176.99", "tax": "-23.01"},
            "E9128",
        ),
    ],
)
def test_a_discount_line_is_refused(changes: dict[str, Any], code: str) -> None:
    detail = [{**a_tax_line(), "invoiceLineProperty": "2"}, discount(**changes)]

    assert refusal_of(invoiceDetail=detail) == code


def test_half_cents_of_many_lines_may_not_add_up_beyond_1_27() -> None:
    line = a_tax_line(incl="0.04", ex="0.04", tax="0.00", num="", price="")

    assert refusal_of(invoiceDetail=[line] * 250) == "E9131"


def test_a_line_of_nothing_is_refused() -> None:
    free = a_tax_line(incl="0.00", ex="0.00", tax="0.00", num="", price="")

    assert refusal_of(invoiceDetail=[free]) == "E9129"
    assert refusal_of(invoiceDetail=[a_tax_line(), free]) == "E9130"


def is_taken(order: dict[str, Any]) -> bool:
    try:
        check_order(order, SELLER["tax_no"])
    except TaxRefused:
        return False
    return True


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
@example(10**26)
@example("1E+999999")
@example("1E-999999")
def test_any_value_anywhere_is_taken_or_refused_and_never_breaks(value: Any) -> None:
    heads = [{**a_tax_order(), field: value} for field in a_tax_order()]
    rows = [{**a_tax_line(), field: value} for field in a_tax_line()]
    orders = [*heads, *({**a_tax_order(), "invoiceDetail": [row]} for row in rows)]

    assert {is_taken(order) for order in orders} <= {True, False}


def test_the_published_signatures_come_out() -> None:
    for vector in VECTORS["signatures"]["nuonuo"]:
        found = signature(vector["secret"], vector, vector["body"].encode())
        assert found == vector["sign"]


def test_published_credit_codes_are_told_from_wrong_ones() -> None:
    codes = VECTORS["tax_id"]
    wrong = [one["value"] for one in codes["uscc_invalid"] if len(one["value"]) == 18]

    assert all(is_tax_no(code) for code in codes["uscc_valid"])
    assert wrong
    assert not any(is_tax_no(code) for code in wrong)


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        (SELLER["tax_no"], True),
        (SELLER["tax_no"][:-1] + "0", False),
        ("11010519491231002X", True),
        ("110105194912310021", False),
        ("440300123456789", True),
        ("91440300", False),
        ("９１４４", False),
    ],
)
def test_a_tax_number_has_one_of_the_known_shapes(text: str, is_right: bool) -> None:  # noqa: FBT001
    assert is_tax_no(text) is is_right


def test_the_face_qr_carries_the_known_check() -> None:
    order = {"invoiceLine": "pc"}
    doc = {"number": "24312000000136634917", "incl": "0.01", "order": order}

    text = qr_text({**doc, "issued_at": "2024-05-14T03:00:00+00:00"})
    assert text == "01,32,,24312000000136634917,0.01,20240514,,1DD6"
