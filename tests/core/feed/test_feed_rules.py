"""Pure decisions of the feed."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.feed.rules import Verdict, signature, verdict_of, wait_s


@given(st.binary(max_size=40), st.integers(1, 10**9), st.text(min_size=1, max_size=20))
def test_a_signature_is_of_these_bytes_under_this_number(
    body: bytes, sequence: int, secret: str
) -> None:
    made = signature(secret, timestamp=1, sequence=sequence, body=body)

    assert made == signature(secret, timestamp=1, sequence=sequence, body=body)
    assert made != signature(secret, timestamp=1, sequence=sequence + 1, body=body)
    assert made != signature(secret, timestamp=2, sequence=sequence, body=body)
    assert made != signature(secret, timestamp=1, sequence=sequence, body=body + b" ")


def test_what_a_status_means_and_how_long_is_waited() -> None:
    said = [verdict_of(status) for status in (200, 204, 301, 400, 404, 408, 422, 429, 500, 0)]
    taken, refused, lost = Verdict.TAKEN, Verdict.REFUSED, Verdict.LOST

    assert said == [
        taken, taken, lost, refused, refused, lost, refused, lost, lost, lost,
    ]  # fmt: skip
    assert [wait_s(tries) for tries in (1, 2, 11, 12, 99)] == [2, 4, 2048, 3600, 3600]
    assert timedelta(seconds=sum(wait_s(n) for n in range(1, 20))) > timedelta(hours=8)
