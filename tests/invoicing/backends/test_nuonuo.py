"""The provider's wire: exact signatures, and nothing believed that was not read properly."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.backends.nuonuo import protocol as nuonuo
from invoicing.backends.port import (
    Accepted,
    Held,
    Issued,
    NotFound,
    Order,
    Pending,
    Refused,
    Seller,
    Unknown,
)
from invoicing.rules.tax import discount_lines, net_lines
from tests.scenes.invoicing import goods, vectors

NO = "2511211403ABCDEF"
ISSUED = {
    "orderNo": NO,
    "serialNo": "25112114030000000001",
    "status": "2",
    "invoiceTime": 1763705000000,
    "allElectronicInvoiceNumber": "26312000000136634917",
    "exTaxAmount": "353.10",
    "taxAmount": "45.90",
    "orderAmount": "399.00",
    "pdfUrl": "http://127.0.0.1/x.pdf",
}


def an_order(**more: Any) -> Order:
    seller = Seller("91310101MA1DGXY129", "知木生活", "上海", "021-1", "", "沈知秋")
    facts: dict[str, Any] = {
        "request_no": NO,
        "seller": seller,
        "buyer_title": "某某商贸（上海）有限公司",
        "buyer_tax_no": "11310115MA4R207G5L",
        "buyer_is_person": False,
        "lines": tuple(net_lines([goods()])),
        "remark": "订单号 1",
        "asked_at": datetime(2025, 11, 21, 6, 3, tzinfo=UTC),
        "callback_url": "http://127.0.0.1:8000/callbacks/tax/cb_x",
    }
    return Order(**{**facts, **more})


def said(code: str, result: object = None) -> bytes:
    return json.dumps({"code": code, "describe": "说明", "result": result}).encode()


@pytest.mark.parametrize("case", vectors()["signatures"]["nuonuo"], ids=lambda c: c["nonce"])
def test_signatures_are_those_of_the_vectors(case: dict[str, str]) -> None:
    signed = nuonuo.sign(
        case["secret"],
        app_key=case["appkey"],
        senid=case["senid"],
        nonce=case["nonce"],
        timestamp=case["timestamp"],
        body=case["body"],
    )

    assert signed == case["sign"]


def test_a_submit_says_all_three_amounts_and_china_time() -> None:
    order = json.loads(nuonuo.submit_body(an_order()))["order"]

    assert order["invoiceDate"] == "2025-11-21 14:03:00"
    assert order["orderNo"] == NO
    assert order["naturalPersonFlag"] == "0"
    [line] = order["invoiceDetail"]
    assert (line["taxExcludedAmount"], line["tax"], line["taxIncludedAmount"]) == (
        "353.10",
        "45.90",
        "399.00",
    )
    assert (line["taxRate"], line["price"], line["num"]) == ("0.13", "353.1", "1")


def test_a_person_has_no_number_and_a_discount_line_no_quantity() -> None:
    lines = tuple(discount_lines([goods(discount_fen=900)]))
    text = nuonuo.submit_body(an_order(buyer_tax_no="", buyer_is_person=True, lines=lines))

    order = json.loads(text)["order"]
    assert "buyerTaxNum" not in order
    assert not {"num", "price", "unit", "specType"} & set(order["invoiceDetail"][1])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (said("E0000", {"invoiceSerialNum": "S1"}), Accepted),
        (said("E0000"), Accepted),
        (said("E9106"), Accepted),
        (said("E4000"), Refused),
        (said("E9105"), Refused),
        (said("E9109"), Unknown),
        (said("E9154"), Refused),
        (said("070307"), Held),
        (said("E9613"), Held),
        (said("E7777"), Unknown),
        (b"<html>504</html>", Unknown),
        (b"", Unknown),
        (b"[]", Unknown),
        (b"null", Unknown),
        (b'{"code": ' + b"[" * 5000, Unknown),
        (b" " * 1_000_001, Unknown),
    ],
)
def test_only_proven_refusals_are_final(answer: bytes, kind: type) -> None:
    assert isinstance(nuonuo.read_submit(answer), kind)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, Issued),
        ({"status": "21"}, Issued),
        ({"status": "24"}, Issued),
        ({"status": 2}, Issued),
        ({"status": "20", "allElectronicInvoiceNumber": ""}, Pending),
        ({"status": "22", "failCause": "商品编码不可用"}, Refused),
        ({"status": "22", "failCause": "可用发票额度不足"}, Held),
        ({"status": "3"}, Unknown),
        ({"status": "31"}, Unknown),
        ({"orderNo": "SOMEBODYELSES000"}, NotFound),
        ({"allElectronicInvoiceNumber": "12345"}, Unknown),
        ({"allElectronicInvoiceNumber": "../../etc/passwd"}, Unknown),
        ({"exTaxAmount": "1e99"}, Unknown),
        ({"exTaxAmount": "1.005"}, Unknown),
        ({"exTaxAmount": "NaN"}, Unknown),
        ({"invoiceTime": -1}, Unknown),
        ({"invoiceTime": "soon"}, Unknown),
    ],
)
def test_an_answer_is_read_as_a_strangers(change: dict[str, Any], kind: type) -> None:
    answer = nuonuo.read_query(said("E0000", [{**ISSUED, **change}]), NO)

    assert isinstance(answer, kind)


def test_an_invoice_comes_with_number_time_and_fen() -> None:
    answer = nuonuo.read_query(said("E0000", [ISSUED]), NO)

    assert isinstance(answer, Issued)
    assert (answer.number, answer.code) == ("26312000000136634917", "")
    assert (answer.ex_fen, answer.tax_fen, answer.incl_fen) == (35_310, 4_590, 39_900)
    assert answer.issued_at == datetime(2025, 11, 21, 6, 3, 20, tzinfo=UTC)


def test_an_invoice_of_the_older_kind_has_code_and_number() -> None:
    old = {"allElectronicInvoiceNumber": "", "invoiceCode": "050003523456", "invoiceNo": "29342181"}

    answer = nuonuo.read_query(said("E0000", [{**ISSUED, **old}]), NO)

    assert isinstance(answer, Issued)
    assert (answer.code, answer.number) == ("050003523456", "29342181")


def test_an_unknown_number_is_not_found() -> None:
    assert nuonuo.read_query(said("E9500"), NO) == NotFound()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ISSUED, "code", "result"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_answer_breaks_the_reader(value: object) -> None:
    for raw in (json.dumps(value).encode(), said("E0000", value)):
        nuonuo.read_submit(raw)
        nuonuo.read_query(raw, NO)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    assert isinstance(nuonuo.read_submit(raw), Accepted | Refused | Held | Unknown)
