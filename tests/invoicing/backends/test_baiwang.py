"""Baiwang's wire: exact signatures, both lists of an answer, and tokens that end."""

import json

import pytest

from invoicing.backends.baiwang import protocol
from invoicing.backends.port import Accepted, Held, Hold, Refused, Unknown
from tests.scenes.backends import NO, Opposite, an_order
from tests.scenes.invoicing import vectors


@pytest.mark.parametrize("case", vectors()["signatures"]["baiwang"], ids=lambda c: c["sign"][:8])
def test_signatures_are_those_of_the_vectors(case: dict[str, str]) -> None:
    params: dict[str, str] = dict(case["params"])  # type: ignore[arg-type]  # a dict in the file

    assert protocol.sign(case["secret"], params, case["body"]) == case["sign"]


def test_an_issue_says_lines_sums_and_its_own_codes() -> None:
    said = json.loads(protocol.issue_body(an_order()))

    data = said["data"]
    assert (data["invoiceType"], data["invoiceTypeCode"], data["serialNo"]) == ("0", "02", NO)
    assert (data["invoiceTotalPrice"], data["invoiceTotalTax"]) == ("706.19", "91.81")
    [line] = data["invoiceDetailsList"]
    assert (line["invoiceLineNature"], line["goodsTotalPrice"]) == ("00", "706.19")


def reply(**response: object) -> bytes:
    return json.dumps({"success": True, "response": response}).encode()


FAIL = {"serialNo": NO, "errorCode": "70035", "errorMessage": "流水号重复"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(success=[{"serialNo": NO}], fail=[{"serialNo": "OTHER"}]), Accepted()),
        (reply(success=[{"serialNo": "OTHER"}], fail=[FAIL]), Accepted()),
        (
            reply(success=[], fail=[{**FAIL, "errorMessage": "商品编码错误"}]),
            Refused("70035", "商品编码错误"),
        ),
        (
            reply(success=[], fail=[{**FAIL, "errorMessage": "可用额度不足"}]),
            Held("70035", "可用额度不足", Hold.QUOTA),
        ),
        (reply(success=[], fail=[]), Unknown("neither taken nor refused")),
        (reply(success=[], fail=[{**FAIL, "errorCode": "55"}]), Unknown("code 55")),
        (b"<html>", Unknown("unreadable")),
    ],
)
def test_only_the_row_of_our_number_counts(answer: bytes, expected: object) -> None:
    assert protocol.read_issue(answer, NO) == expected


@pytest.mark.parametrize("opposite", ["baiwang"], indirect=True)
async def test_a_token_that_ended_is_fetched_anew_and_nothing_is_sent_twice(
    opposite: Opposite,
) -> None:
    await opposite.issued()
    opposite.world.collection("tax_baiwang_tokens").clear()

    order = an_order(request_no=f"{NO[:-1]}2")
    assert isinstance(await opposite.backend.submit(order), Accepted)
    assert len(opposite.world.collection("tax_baiwang_tokens")) == 1
