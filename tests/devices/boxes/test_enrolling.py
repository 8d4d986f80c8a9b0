"""How a box comes in, changes its keys, and is put out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette

from app.web import build
from core.database import sql
from core.security.receipt_code import BadReceiptCode, check, mint
from core.settings import Settings, configure, current
from devices.boxes.authority import der_of, make_authority, sign
from devices.boxes.enrolling import Beat, enrol, hear_beat, renew
from devices.boxes.errors import BoxEnded, BoxRefused, BoxUnfit, InviteRefused, RequestUnfit
from devices.boxes.knowing import box_of_certificate
from devices.boxes.managing import add_box, end_box, invite_again, want_new_key
from tests.scenes.boxes import Wire, a_body, a_box, a_request, an_order
from tests.scenes.stores import a_store
from trade.stores.errors import ReceiptKeyNotFound
from trade.stores.queries import receipt_key

pytestmark = pytest.mark.usefixtures("db")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
PROXY = ip_network("10.0.0.0/24")


def a_beat(**more: object) -> Beat:
    given: dict[str, object] = {
        "at": datetime.now(UTC), "version": "1", "waiting": 0, "has_printer": True, "kid": 0,
        "layout_no": 0,
    }  # fmt: skip
    return Beat(**{**given, **more})  # type: ignore[arg-type]


async def test_a_box_comes_in_once_by_its_code_and_signs_codes_of_its_store() -> None:
    store = await a_store()
    code = await add_box(store_id=store.id, name=" 收银台 1 ", by="scene")
    papers = await enrol(code.lower().replace("-", " "), a_request())
    kid_store, key = await receipt_key(papers.key.kid)

    assert (kid_store, key) == (store.id, papers.key)
    assert (await box_of_certificate(der_of(papers.certificate))).store_id == store.id
    with pytest.raises(InviteRefused):
        await enrol(code, a_request())


async def test_an_answer_that_was_lost_is_had_again_with_the_same_key() -> None:
    store, request = await a_store(), a_request()
    code = await add_box(store_id=store.id, name="1", by="scene")
    first, again = await enrol(code, request), await enrol(code, request)

    assert first == again


async def test_wrong_old_and_foreign_codes_open_nothing() -> None:
    store = await a_store()
    code = await add_box(store_id=store.id, name="1", by="scene")
    await sql("UPDATE boxes_box SET invite_ends_at = now() - interval '1 second'")

    for said in (code, "", "AAAA-AAAA-AAAA", "\0"):
        with pytest.raises(InviteRefused):
            await enrol(said, a_request())


async def test_only_a_signed_request_with_a_p256_key_gets_a_certificate() -> None:
    code = await add_box(store_id=(await a_store()).id, name="1", by="scene")
    weak = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    made = weak.sign(rsa.generate_private_key(65537, 2048), hashes.SHA256())
    other = a_request(ec.generate_private_key(ec.SECP384R1()))
    for request in (made.public_bytes(Encoding.PEM).decode(), other, "x", a_request()[:-60]):
        with pytest.raises(RequestUnfit):
            await enrol(code, request)


async def test_a_certificate_of_another_authority_or_of_nobody_is_refused() -> None:
    box = await a_box()
    foreign = sign(a_request(), box.papers.box, make_authority(NOW), NOW)

    for der in (der_of(foreign.pem), box.der[:-1], b"", None):
        with pytest.raises(BoxRefused):
            await box_of_certificate(der)


async def test_two_certificates_are_good_while_a_box_changes_over_and_no_third() -> None:
    box = await a_box()
    request = a_request()
    second = await renew(box.speaker, request)
    same = await renew(box.speaker, request)
    assert second.certificate == same.certificate
    for papers in (box.papers, second):
        await box_of_certificate(der_of(papers.certificate))
    third = await renew(box.speaker, a_request())

    for papers in (second, third):
        await box_of_certificate(der_of(papers.certificate))
    with pytest.raises(BoxRefused):
        await box_of_certificate(box.der)


async def test_a_receipt_key_is_changed_on_wish_or_after_a_year_and_the_old_one_is_read() -> None:
    box = await a_box()
    assert not (await hear_beat(box.speaker, a_beat(kid=box.papers.key.kid))).must_renew
    box_id = box.speaker.box_id
    await want_new_key(box_id, by="scene")
    assert (await hear_beat(box.speaker, a_beat(kid=box.papers.key.kid))).must_renew
    second = await renew(box.speaker, a_request())
    assert not (await hear_beat(box.speaker, a_beat(kid=second.key.kid))).must_renew
    await sql("UPDATE stores_key SET created_at = now() - interval '366 days'")
    assert (await hear_beat(box.speaker, a_beat(kid=second.key.kid))).must_renew
    third = await renew(box.speaker, a_request())

    kids = [papers.key.kid for papers in (box.papers, second, third)]
    assert len(set(kids)) == 3
    assert [(await receipt_key(kid))[0] for kid in kids] == [box.store.id] * 3


async def test_a_certificate_that_ends_soon_must_be_renewed() -> None:
    box = await a_box()
    await sql("UPDATE boxes_certificate SET ends_at = now() + interval '119 days'")
    speaker = await box_of_certificate(box.der)

    assert (await hear_beat(speaker, a_beat(kid=box.papers.key.kid))).must_renew


async def test_a_retired_box_is_out_and_what_it_printed_stays_good() -> None:
    box = await a_box()
    await end_box(box.speaker.box_id, is_stolen=False, by="scene")

    assert await receipt_key(box.papers.key.kid) == (box.store.id, box.papers.key)
    with pytest.raises(BoxRefused):
        await box_of_certificate(box.der)
    for again in (end_box(box.speaker.box_id, is_stolen=True, by="s"),
                  invite_again(box.speaker.box_id, by="s"),
                  want_new_key(box.speaker.box_id, by="s")):  # fmt: skip
        with pytest.raises(BoxEnded):
            await again


async def test_codes_of_a_stolen_box_are_refused() -> None:
    box = await a_box()
    code = mint(box.papers.key, store_id=box.store.id, order_key=1, amount_fen=1, at=NOW)
    await end_box(box.speaker.box_id, is_stolen=True, by="scene")

    assert check(code, box.papers.key).amount_fen == 1
    with pytest.raises(ReceiptKeyNotFound):
        await receipt_key(box.papers.key.kid)
    with pytest.raises(BadReceiptCode):
        check(code[:-1] + "_", box.papers.key)


async def test_new_hardware_comes_in_by_a_new_code_and_the_old_is_out() -> None:
    box = await a_box()
    code = await invite_again(box.speaker.box_id, by="scene")
    await box_of_certificate(box.der)  # until the code is used
    papers = await enrol(code, a_request())

    assert papers.box == box.papers.box
    assert papers.key.kid != box.papers.key.kid
    with pytest.raises(BoxRefused):
        await box_of_certificate(box.der)


async def test_a_box_needs_a_store_and_a_name() -> None:
    store = await a_store()
    for store_id, name in ((4_711, "1"), (store.id, " "), (store.id, "x" * 41)):
        with pytest.raises(BoxUnfit):
            await add_box(store_id=store_id, name=name, by="scene")


@pytest.fixture
async def wired(settings: Settings) -> AsyncIterator[Starlette]:
    app = build(settings)
    async with app.router.lifespan_context(app):
        yield app


def through(app: Starlette, **seen: object) -> AsyncClient:
    transport = ASGITransport(Wire(app, **seen))  # type: ignore[arg-type]
    return AsyncClient(transport=transport, base_url="http://shop")


async def test_a_paper_is_taken_from_the_tls_of_the_gate(wired: Starlette) -> None:
    box, body = await a_box(), a_body(an_order())
    async with through(wired, certificate=box.der) as client:
        first = await client.post("/boxes/v1/papers", json=body)
        again = await client.post("/boxes/v1/papers", json=body)
        other = {"idempotency-key": "0" * 32}
        mixed = await client.post("/boxes/v1/papers", json=body, headers=other)
        junk = await client.post("/boxes/v1/papers", content=b"\xff{")

    assert [first.status_code, first.json()] == [201, {"result": "accepted"}]
    assert [again.status_code, again.json()] == [201, {"result": "known"}]
    assert [mixed.status_code, junk.status_code] == [422, 422]
    assert mixed.json()["error"]["code"] == "boxes.paper_unreadable"


@pytest.mark.parametrize(
    ("peer", "status"), [("10.0.0.7", 200), ("10.0.1.7", 401), ("", 401), ("x", 401)]
)
async def test_a_certificate_in_a_header_is_believed_from_the_proxy_alone(
    wired: Starlette, peer: str, status: int
) -> None:
    box = await a_box()
    known = current()
    configure(known.model_copy(update={"trusted_proxies": frozenset({PROXY})}))
    beat = {"at": "2026-05-01T00:00:00Z", "version": "1", "waiting": 0, "kid": 1, "layoutNo": 0}
    headers = {"x-client-certificate": quote(box.papers.certificate), "x-forwarded-for": "10.0.0.7"}
    try:
        async with through(wired, peer=peer) as client:
            answer = await client.post("/boxes/v1/beats", json=beat, headers=headers)
            junk = {"x-client-certificate": "junk"}
            odd = await client.post("/boxes/v1/beats", json=beat, headers=junk)
    finally:
        configure(known)

    assert (answer.status_code, odd.status_code) == (status, 401)


async def test_a_clock_that_is_wrong_is_noticed() -> None:
    box = await a_box()
    orders = await hear_beat(box.speaker, a_beat(at=datetime(1970, 1, 1, tzinfo=UTC)))
    [row] = await sql("SELECT clock_skew_s, version FROM boxes_box")

    assert abs(orders.now - datetime.now(UTC)) < timedelta(seconds=5)
    assert row["clock_skew_s"] == -(10**8)
