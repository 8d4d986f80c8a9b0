"""Pay v3 without I/O, where the vectors say nothing: odd keys, odd answers, odd notices."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from tests.scenes.vectors import KEYRING, of_kind
from tests.scenes.wechat import PayPlatform, as_bytes, envelope, payment
from trade.payments.protocol.answers import Refused, Unknown, believe, refunded, transaction
from trade.payments.protocol.keys import PlatformKeys, private_key, public_key
from trade.payments.protocol.notices import Notice, PaidFact, fact_of, key_of, open_notice
from trade.payments.protocol.reading import Fields
from trade.payments.protocol.sealing import (
    open_aead,
    open_certificates,
    open_field,
    open_resource,
    seal_field,
)
from trade.payments.protocol.untrusted import Untrusted
from trade.payments.protocol.verifying import check_signature

PLATFORM = KEYRING["platform_public_key_mode"]
CERTIFIED = KEYRING["platform_certificate_mode"]
NOW = 1_767_228_000
PATIENT = effort(suppress_health_check=list(HealthCheck), deadline=None)


def platform(key_id: str = PLATFORM["id"]) -> PayPlatform:
    return PayPlatform(PLATFORM["private_key_for_the_simulator"], key_id, KEYRING["apiv3_key"])


def keys() -> PlatformKeys:
    return PlatformKeys({PLATFORM["id"]: PLATFORM["public_key"]})


def test_private_keys_are_read_in_every_usual_dress() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        pem = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
        for dressed in (pem, pem.replace("\n", "\r\n"), f"\n{pem}\n"):
            assert private_key(dressed).private_numbers() == key.private_numbers()


def test_keys_of_another_kind_are_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    ours = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    theirs = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for read, pem in ((private_key, ours), (public_key, theirs.decode()), (public_key, "no PEM")):
        with pytest.raises(ValueError, match=r"."):
            read(pem)


def test_a_certificate_is_found_by_its_serial_in_any_spelling() -> None:
    serial = CERTIFIED["serial_no"]
    known = PlatformKeys({serial: CERTIFIED["certificate"]})

    for spelled in (serial, serial.lower(), f"00{serial}"):
        assert known.find(spelled) is not None
    for other in (serial[:-1], f"{serial}0", f" {serial}", "", "0"):
        assert known.find(other) is None


def test_several_keys_overlap_while_they_change() -> None:
    both = PlatformKeys(
        {PLATFORM["id"]: PLATFORM["public_key"], CERTIFIED["serial_no"]: CERTIFIED["certificate"]}
    )
    old = PayPlatform(CERTIFIED["private_key_for_the_simulator"], CERTIFIED["serial_no"], "")
    for signer in (platform(), old):
        headers = signer.sign(b"{}", timestamp=str(NOW))
        check_signature(headers.items(), b"{}", keys=both, now=NOW)

    crossed = old.sign(b"{}", timestamp=str(NOW), serial=PLATFORM["id"])
    with pytest.raises(Untrusted):
        check_signature(crossed.items(), b"{}", keys=both, now=NOW)


@pytest.mark.parametrize(
    ("age_s", "is_fresh"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_signature_is_fresh_for_five_minutes(age_s: int, is_fresh: bool) -> None:  # noqa: FBT001
    headers = platform().sign(b"", timestamp=str(NOW - age_s)).items()
    if is_fresh:
        check_signature(headers, b"", keys=keys(), now=NOW)
    else:
        with pytest.raises(Untrusted, match="stale"):
            check_signature(headers, b"", keys=keys(), now=NOW)


@PATIENT
@given(st.text(max_size=60))
def test_a_name_that_was_sealed_opens_again(name: str) -> None:
    ours = KEYRING["merchant"]
    sealed = seal_field(name, public_key(ours["certificate"]))

    assert open_field(sealed, private_key(ours["private_key"])) == name


def test_certificates_that_are_not_what_they_are_named_are_refused() -> None:
    [vector] = of_kind("pay3.certificates")
    body = json.loads(vector["input"]["body"])
    for change in ({"serial_no": "00"}, {"serial_no": 5}, {"encrypt_certificate": None}):
        bent = {"data": [body["data"][0] | change]}
        with pytest.raises(Untrusted):
            open_certificates(as_bytes(bent), api_v3_key=vector["keys"]["apiv3_key"])
    for broken in (b"", b"[]", b'{"data":{}}', b'{"data":[1]}'):
        with pytest.raises(Untrusted):
            open_certificates(broken, api_v3_key="k" * 32)


def told(status: int, body: Any, **changes: Any) -> object:
    raw = body if isinstance(body, bytes) else as_bytes(body)
    headers = changes.pop("headers", None) or platform().sign(raw, timestamp=str(NOW), **changes)
    return believe(status, headers.items(), raw, keys=keys(), now=NOW)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (204, b"", Fields({})),
        (200, {"prepay_id": "wx1"}, Fields({"prepay_id": "wx1"})),
        (404, {"code": "ORDERNOTEXIST"}, Refused("ORDER_NOT_EXIST", "")),
        (403, {"code": "RULE_LIMIT", "message": "no"}, Refused("RULE_LIMIT", "no")),
        (202, {"code": "USERPAYING"}, Refused("USERPAYING", "", is_passing=True)),
        (429, {"code": "WHATEVER"}, Refused("WHATEVER", "", is_passing=True)),
        (500, {"code": "OPENID_MISMATCH"}, Refused("OPENID_MISMATCH", "")),
        (500, {"code": "SYSTEM_ERROR"}, Unknown("500 SYSTEM_ERROR")),
        (502, {"code": "NO_AUTH"}, Unknown("502 NO_AUTH")),
        (503, b"", Unknown("503 without a code")),
        (400, {"code": 7}, Unknown("400 without a code")),
        (200, b"[]", Unknown("200 not an object")),
        (200, b"paid", Unknown("200 not JSON")),
    ],
)
def test_an_answer_is_a_yes_a_no_or_nobody_knows(status: int, body: Any, outcome: object) -> None:
    assert told(status, body) == outcome


@pytest.mark.parametrize("status", [200, 204, 400, 404, 500])
def test_an_answer_nobody_signed_is_not_believed_whatever_its_status(status: int) -> None:
    said = told(status, {"prepay_id": "wx1", "code": "ORDER_CLOSED"}, headers={"x": "y"})

    assert isinstance(said, Unknown)


@pytest.mark.parametrize("read", [transaction, refunded])
def test_an_answer_that_lacks_something_is_not_read(read: Any) -> None:
    for tree in ({}, {"out_trade_no": "1"}, {"out_refund_no": 1}, {"amount": {"total": "1"}}):
        with pytest.raises(Untrusted):
            read(Fields(tree))


PAID = payment(mch_id="1900000109", app_id="wx1")


def notice(said: dict[str, Any], kind: str = "transaction") -> Notice:
    return Notice("id", "TRANSACTION.SUCCESS", kind, json.dumps(said))


def test_a_coupon_lowers_what_the_payer_gives_and_not_the_total() -> None:
    said = PAID | {"amount": {"total": 39_900, "payer_total": 29_900, "currency": "CNY"}}
    fact = fact_of("transaction", json.dumps(said))

    assert isinstance(fact, PaidFact)
    assert (fact.total_fen, fact.payer_fen) == (39_900, 29_900)


def test_the_key_is_of_the_fact_and_not_of_its_spelling() -> None:
    same = dict(reversed(PAID.items())) | {"attach": "changed", "trade_state_desc": "ok"}
    assert key_of(notice(PAID)) == key_of(notice(same))

    other = PAID | {"amount": PAID["amount"] | {"total": 1}}
    keys_of = {key_of(notice(PAID)), key_of(notice(other)), key_of(notice(PAID, "profitsharing"))}
    assert len(keys_of) == 3
    assert max(len(key_of(notice(PAID, "k" * 128))) for _ in range(1)) <= 160


JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers()))


KINDS = st.sampled_from(["transaction", "refund", "mch_payment", "profitsharing"])


@PATIENT
@given(name=st.sampled_from(sorted(PAID)), junk=JUNK, kind=KINDS)
def test_no_fact_raises_anything_foreign(name: str, junk: Any, kind: str) -> None:
    for said in (PAID | {name: junk}, {name: junk}):
        with suppress(Untrusted):
            fact_of(kind, json.dumps(said))


@PATIENT
@given(name=st.sampled_from(["algorithm", "nonce", "ciphertext", "associated_data"]), junk=JUNK)
def test_no_resource_raises_anything_foreign(name: str, junk: Any) -> None:
    resource = platform().seal(PAID) | {name: junk}
    try:
        open_resource(resource, api_v3_key=KEYRING["apiv3_key"])
    except Untrusted:
        return
    assert name == "associated_data"


@PATIENT
@given(st.text(max_size=80), st.text(max_size=14), st.text(max_size=40))
def test_no_seal_raises_anything_foreign(ciphertext: str, nonce: str, key: str) -> None:
    with pytest.raises(Untrusted):
        open_aead(ciphertext, nonce=nonce, associated_data="", api_v3_key=key)


def test_a_notice_without_associated_data_opens_when_it_was_sealed_so() -> None:
    [vector] = [v for v in of_kind("pay3.aead") if not v["input"]["associated_data"]][:1]
    opened = open_aead(**vector["input"], api_v3_key=vector["keys"]["apiv3_key"])

    assert opened == vector["expect"]["plaintext"]


def test_a_body_is_verified_before_it_is_read() -> None:
    body = as_bytes(envelope(platform().seal(PAID)))
    headers = platform().sign(body, timestamp=str(NOW)).items()
    given_keys: dict[str, Any] = {"keys": keys(), "api_v3_key": KEYRING["apiv3_key"], "now": NOW}

    assert open_notice(headers, body, **given_keys).original_type == "transaction"
    with pytest.raises(Untrusted, match="signature"):
        open_notice(headers, base64.b64encode(body), **given_keys)
