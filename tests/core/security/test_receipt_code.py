import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.security.receipt_code import (
    MAC_BYTES,
    MAX_MINUTES,
    BadReceiptCode,
    ReceiptCode,
    ReceiptKey,
    check,
    mint,
    order_key_of,
    read,
)

KEY = ReceiptKey(7, b"k" * 32)
AT = datetime(2026, 11, 21, 11, 41, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def a_code(key: ReceiptKey = KEY, amount_fen: int = 39_900) -> str:
    return mint(key, store_id=3, order_key=order_key_of("2611210001"), amount_fen=amount_fen, at=AT)


@given(
    st.integers(1, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=6, max_size=6),
    st.integers(0, 2**32 - 1),
    st.integers(0, MAX_MINUTES),
)
def test_a_code_says_what_was_minted(
    kid: int, store_id: int, order_key: bytes, amount_fen: int, minutes: int
) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    key = ReceiptKey(kid, b"s" * 16)
    code = mint(key, store_id=store_id, order_key=order_key, amount_fen=amount_fen, at=at)

    assert len(code) == 42
    assert read(code) == check(code, key)
    assert check(code, key) == ReceiptCode(kid, store_id, order_key, amount_fen, at)


def test_printing_twice_gives_the_same_code() -> None:
    assert a_code() == a_code()
    by_number = mint(KEY, store_id=3, order_key=258, amount_fen=1, at=AT)
    assert read(by_number).order_key == b"\0\0\0\0\1\2"


def test_every_altered_character_is_refused() -> None:
    code = a_code()
    for place in range(len(code)):
        for other in ALPHABET:
            altered = code[:place] + other + code[place + 1 :]
            if altered != code:
                with pytest.raises(BadReceiptCode):
                    check(altered, KEY)


@pytest.mark.parametrize(
    "key", [ReceiptKey(7, b"K" * 32), ReceiptKey(8, b"k" * 32)], ids=["secret", "kid"]
)
def test_the_key_of_another_store_is_refused(key: ReceiptKey) -> None:
    with pytest.raises(BadReceiptCode):
        check(a_code(), key)


@pytest.mark.parametrize("change", ["", "short", " padded", "=", "é" * 42, "\0" * 42, "+" * 42])
def test_what_is_no_code_is_refused(change: str) -> None:
    for text in (change, change + a_code(), a_code() + change):
        if text != a_code():
            with pytest.raises(BadReceiptCode):
                read(text)


@given(st.binary(min_size=31, max_size=31))
def test_any_31_bytes_are_read_or_refused(raw: bytes) -> None:
    code = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    with pytest.raises(BadReceiptCode):
        check(code, KEY)


def test_a_sale_that_does_not_fit_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot say"):
        a_code(amount_fen=2**32)
    with pytest.raises(ValueError, match="cannot say"):
        a_code(amount_fen=-1)
    with pytest.raises(ValueError, match="six bytes"):
        mint(KEY, store_id=3, order_key=b"12345", amount_fen=1, at=AT)
    with pytest.raises(ValueError, match="not a receipt key"):
        ReceiptKey(1, b"short")


def test_a_key_does_not_show_its_secret() -> None:
    assert "kkk" not in repr(KEY)


def test_a_million_guesses_of_a_signature_hit_nothing() -> None:
    """80 bits: a million guesses hit with probability 8e-19; a sample of them is really tried."""
    code = a_code()
    head = code[: (31 - MAC_BYTES) * 8 // 6]
    guesses = [head + secrets.token_urlsafe(32)[: 42 - len(head) - 1] + "A" for _ in range(5_000)]
    hits = 0
    for guess in guesses:
        try:
            check(guess, KEY)
            hits += 1
        except BadReceiptCode:
            pass

    assert hits == 0
    assert 10**6 / 2 ** (8 * MAC_BYTES) < 1e-17


def test_signatures_spread_over_their_whole_space() -> None:
    codes = {a_code(amount_fen=amount)[28:] for amount in range(20_000)}

    assert len(codes) == 20_000
