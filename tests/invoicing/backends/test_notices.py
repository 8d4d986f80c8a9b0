"""Callbacks of providers: a number to ask about, and nothing else is taken from them."""

import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.backends.errors import BadNotice
from invoicing.backends.queries import read_notice

NO = "2511211403ABCDEF"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            urlencode({"operater": "callback", "orderno": NO, "content": "{}"}).encode(),
            {"status": "0000", "message": "同步成功"},
        ),
        (
            json.dumps({"serialNo": NO, "status": "1", "invoiceNo": "9" * 20}).encode(),
            {"code": "0", "message": "success"},
        ),
    ],
    ids=["nuonuo", "baiwang"],
)
def test_a_notice_names_a_number_and_hears_what_its_sender_wants(
    body: bytes, answer: dict[str, str]
) -> None:
    notice = read_notice(body)

    assert (notice.number, dict(notice.answer)) == (NO, answer)


@pytest.mark.parametrize(
    "body",
    [b"", b"orderno=1", b"operater=callback", b"[]", b'{"serialNo": 5}', b"[" * 99_999, b"\xff"],
)
def test_a_notice_that_names_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(BadNotice):
        read_notice(body)


@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with suppress(BadNotice):
        assert read_notice(body).number
