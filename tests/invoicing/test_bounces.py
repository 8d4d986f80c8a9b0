"""Mails that came back: only a final failure of a mail of ours says anything."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.protocol.bounces import Bounce, read_bounce

KEY = "dlv_" + "abcdefghij234567klmnopqrst"


def a_report(*, action: str = "failed", key: str = KEY, status: str = "5.1.1") -> bytes:
    """As a mail server writes it."""
    boundary = "b1"
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: invoice@shop.example.cn\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n'
        f"\r\n--{boundary}\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; nobody@buyer.example.cn\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 no such user\r\n"
        f"\r\n--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{key}@shop.example.cn>\r\nSubject: x\r\n\r\n--{boundary}--\r\n"
    ).encode()


def test_a_final_failure_names_the_delivery_and_the_reason() -> None:
    assert read_bounce(a_report()) == Bounce(KEY, "5.1.1")


@pytest.mark.parametrize(
    "data",
    [
        a_report(action="delayed"),
        a_report(key="someone-elses"),
        b"",
        b"Subject: hello\r\n\r\nhello",
        a_report() + b"x" * 1_000_000,
        bytes(EmailMessage()),
    ],
)
def test_anything_else_says_nothing(data: bytes) -> None:
    assert read_bounce(data) is None


@given(st.binary(max_size=300), st.integers(0, 900))
def test_no_bytes_break_the_reader(noise: bytes, at: int) -> None:
    report = a_report()
    found = read_bounce(report[:at] + noise + report[at:])

    assert found is None or found.message_key == KEY
