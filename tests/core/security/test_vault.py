import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.security.vault import VaultError, blind_index, blind_indexes, decrypt, encrypt
from tests.scenes.keys import a_key, with_keys

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PHONE = "13800138000"


@given(st.text(max_size=60), st.text(max_size=30))
def test_what_is_encrypted_comes_back_for_its_own_row(text: str, row: str) -> None:
    with_keys()
    cipher = encrypt(text, bound_to=row)

    assert decrypt(cipher, bound_to=row) == text
    assert encrypt(text, bound_to=row) != cipher


def test_a_cipher_cannot_be_carried_to_another_row() -> None:
    with_keys()
    cipher = encrypt(PHONE, bound_to="member:12")

    with pytest.raises(VaultError):
        decrypt(cipher, bound_to="member:13")


def test_every_altered_character_is_refused() -> None:
    with_keys({"f1": a_key(), "f2": a_key()})
    cipher = encrypt(PHONE, bound_to="member:12")
    for place, char in enumerate(cipher):
        for other in {ALPHABET[(ALPHABET.find(char) + step) % 64] for step in (1, 2, 17)} | {"."}:
            altered = cipher[:place] + other + cipher[place + 1 :]
            if altered != cipher:
                with pytest.raises(VaultError):
                    decrypt(altered, bound_to="member:12")


@pytest.mark.parametrize(
    "cipher", ["", "v1", "v1.f1", "v1.f1.", "v1.f1.AAAA", "v1.f1.é", "v2.f1.AA"]
)
def test_what_is_no_cipher_is_refused(cipher: str) -> None:
    with_keys()
    with pytest.raises(VaultError):
        decrypt(cipher, bound_to="member:12")


def test_a_refusal_tells_no_secret() -> None:
    with_keys()
    cipher = encrypt(PHONE, bound_to="member:12")
    with pytest.raises(VaultError) as refusal:
        decrypt(cipher, bound_to="member:13")

    assert PHONE not in str(refusal.value)
    assert cipher.rpartition(".")[2] not in str(refusal.value)


def test_an_index_finds_again_and_says_nothing() -> None:
    with_keys()
    index = blind_index(PHONE, "phone")

    assert index == blind_index(PHONE, "phone")
    assert index != blind_index(PHONE, "phone.last4")
    assert index != blind_index("13800138001", "phone")
    assert PHONE not in index


def test_the_index_differs_by_key_and_no_field_key_makes_it() -> None:
    key = a_key()
    with_keys({"f1": key}, {"i1": a_key()})
    one = blind_index(PHONE, "phone")
    with_keys({"f1": key}, {"i1": a_key()})
    other = blind_index(PHONE, "phone")

    assert one != other


def test_a_purpose_and_a_text_cannot_be_shifted_into_each_other() -> None:
    with_keys()
    assert blind_index("b", "a") != blind_index("", "ab")


def test_old_ciphers_and_indexes_are_understood_under_a_new_key() -> None:
    field_key, index_key = a_key(), a_key()
    with_keys({"f1": field_key}, {"i1": index_key})
    cipher, index = encrypt(PHONE, bound_to="member:12"), blind_index(PHONE, "phone")
    with_keys({"f1": field_key, "f2": a_key()}, {"i1": index_key, "i2": a_key()})

    assert decrypt(cipher, bound_to="member:12") == PHONE
    assert index in blind_indexes(PHONE, "phone")
    assert blind_index(PHONE, "phone") != index
    assert encrypt(PHONE, bound_to="member:12").startswith("v1.f2.")


def test_a_dropped_key_opens_nothing() -> None:
    with_keys()
    cipher = encrypt(PHONE, bound_to="member:12")
    with_keys({"f2": a_key()})

    with pytest.raises(VaultError, match="no key"):
        decrypt(cipher, bound_to="member:12")


def test_a_key_of_the_wrong_size_is_a_bug() -> None:
    with_keys({"f1": base64.b64encode(b"short").decode()})

    with pytest.raises(ValueError, match="32 bytes"):
        encrypt(PHONE, bound_to="member:12")
