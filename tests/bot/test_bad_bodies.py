"""Bodies that are out to hurt a parser: 400 at once, and nothing is kept (threat S16)."""

import base64
import time
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCipher, _get_signature  # type: ignore[import-untyped]

from bot.protocol.encrypted_data import open_encrypted_data
from bot.protocol.envelope import MAX_BYTES, encrypted_part, read_tree
from bot.protocol.events import key_of, read_news
from bot.protocol.msgcrypt import MsgCrypt
from bot.protocol.untrusted import Untrusted
from core.inbox import InboxRow
from core.settings import Settings
from tests.scenes.wechat import Sender

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CRYPT = MsgCrypt(token="QDG6eK", encoding_aes_key=KEY, receive_id="wx5823bf96d3bd56c7")
SENDER = Sender("QDG6eK", KEY, "wx5823bf96d3bd56c7")

PATIENT = effort(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS: dict[str, bytes] = {
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><xml>&l9;</xml>'.encode(),
    "a file": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Encrypt>&f;</Encrypt></xml>',
    "an address": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><Encrypt>A</Encrypt></xml>',
    "an entity nobody declared": b"<xml><Encrypt>&who;</Encrypt></xml>",
    "200,000 levels": b"<a>" * 200_000,
    "21,000 levels in 64 KB": b"<a>" * 21_000,
    "17 levels": b"<xml>" + b"<a>" * 16 + b"</a>" * 16 + b"</xml>",
    "17 levels of JSON": b'{"a":' * 17 + b"1" + b"}" * 17,
    "30,000 levels of JSON": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "65 KB": b"<xml><Encrypt>" + b"A" * MAX_BYTES + b"</Encrypt></xml>",
    "not UTF-8": b"<xml><Encrypt>\xff\xfe</Encrypt></xml>",
    "UTF-16": "<xml><Encrypt>A</Encrypt></xml>".encode("utf-16"),
    "UTF-16 without its mark": "<xml><Encrypt>A</Encrypt></xml>".encode("utf-16-le"),
    "a nul": b"<xml><Encrypt>\x00</Encrypt></xml>",
    "cut off": b"<xml><Encrypt>AAAA</Encr",
    "two documents": b"<xml><Encrypt>A</Encrypt></xml><xml/>",
    "another root": b"<html><Encrypt>AAAA</Encrypt></html>",
    "Encrypt with parts": b"<xml><Encrypt><a>1</a></Encrypt></xml>",
    "JSON with NaN": b'{"Encrypt":NaN}',
    "JSON with a name twice": b'{"Encrypt":"A","Encrypt":"B"}',
    "JSON with both names": b'{"Encrypt":"A","encrypt":"A"}',
    "JSON with a long number": b'{"Encrypt":' + b"1" * 6000 + b"}",
    "a list": b'[{"Encrypt":"A"}]',
    "nothing": b"",
    "blanks": b"  \n",
}


@pytest.mark.parametrize("path", ["wecom", "official-account", "mini-program"])
async def test_a_bomb_is_refused_and_leaves_no_trace(client: httpx2.AsyncClient, path: str) -> None:
    answers = {}
    for name, body in BOMBS.items():
        response = await client.post(f"/callbacks/{path}?msg_signature=a&timestamp=1", content=body)
        answers[name] = (response.status_code, response.text)

    assert answers == dict.fromkeys(BOMBS, (400, "refused"))
    assert await InboxRow.all().count() == 0


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_less_than_50_ms(name: str) -> None:
    began = time.process_time()
    with pytest.raises(Untrusted):
        encrypted_part(BOMBS[name])

    assert time.process_time() - began < 0.05


def sender_of(settings: Settings) -> Sender:
    assert settings.wecom
    ours = settings.wecom
    keys = (ours.token.get_secret_value(), ours.encoding_aes_key.get_secret_value())
    return Sender(*keys, ours.corp_id)


async def test_a_sealed_text_that_does_not_read_is_kept_for_a_person(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    for text in ("<!DOCTYPE x><xml/>", "<a>" * 40, "你好", '{"a":'):
        query, body = sender_of(settings).seal(text)
        answer = await client.post(f"/callbacks/wecom?{query}", content=body)

        assert (answer.status_code, answer.text) == (200, "success")
    assert await InboxRow.all().count() == 4


async def test_a_message_goes_by_its_number_and_an_event_by_its_text(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    message = "<xml><MsgType>text</MsgType><Content>{}</Content><MsgId>7</MsgId></xml>"
    event = "<xml><MsgType>event</MsgType><Event>SCAN</Event><EventKey>{}</EventKey></xml>"
    texts = [message.format(1), message.format(2), event.format(1), event.format(2)]
    for _ in range(25):
        for text in texts:
            query, body = sender_of(settings).seal(text)
            assert (await client.post(f"/callbacks/wecom?{query}", content=body)).is_success

    kept = [row.body for row in await InboxRow.all().order_by("id")]
    assert kept == [texts[0], *texts[2:]]


async def test_a_query_that_says_a_thing_twice_is_refused(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    query, body = sender_of(settings).seal("<xml><MsgType>event</MsgType></xml>")
    answer = await client.post(f"/callbacks/wecom?{query}&nonce=2", content=body)

    assert answer.status_code == 400


async def test_callbacks_take_get_and_post_only(client: httpx2.AsyncClient) -> None:
    for path in ("wecom", "official-account", "mini-program"):
        for method in ("PUT", "DELETE", "PATCH"):
            assert (await client.request(method, f"/callbacks/{path}")).status_code == 405


@PATIENT
@given(plaintext=st.text(max_size=200), form=st.sampled_from(["xml", "json"]))
async def test_whatever_the_platform_seals_is_kept(
    client: httpx2.AsyncClient, settings: Settings, plaintext: str, form: str
) -> None:
    query, body = sender_of(settings).seal(plaintext, as_json=form == "json")
    answer = await client.post(f"/callbacks/wecom?{query}", content=body)

    assert answer.status_code == (400 if "\0" in plaintext else 200)


@PATIENT
@given(st.binary(max_size=400))
def test_no_body_raises_anything_foreign(body: bytes) -> None:
    for raw in (body, b"<xml>" + body + b"</xml>", b"{" + body + b"}"):
        try:
            tree = read_tree(raw)
        except Untrusted:
            continue
        assert isinstance(tree, dict)


@PATIENT
@given(st.text(max_size=300), st.text(max_size=50))
def test_no_ciphertext_raises_anything_foreign(encrypt: str, signature: str) -> None:
    for sent in (encrypt, SENDER.enclose("AAAA")[0]):
        with pytest.raises(Untrusted):
            CRYPT.open(sent, signature=signature, timestamp="1", nonce="2")


@PATIENT
@given(st.binary(max_size=200))
def test_no_frame_with_a_good_signature_raises_anything_foreign(frame: bytes) -> None:
    """Under our own key, so that the frame itself is what is judged."""
    whole = frame + bytes(-len(frame) % 16)
    sealed = WeChatCipher(base64.b64decode(KEY + "=")).encrypt(whole)
    encrypt = base64.b64encode(sealed).decode()
    signature = _get_signature("QDG6eK", "1", "2", encrypt)
    with pytest.raises(Untrusted):
        CRYPT.open(encrypt, signature=signature, timestamp="1", nonce="2")


@PATIENT
@given(st.text(max_size=300))
def test_what_is_sealed_opens_again_with_any_text(text: str) -> None:
    sealed = CRYPT.seal(text, timestamp="1", nonce="2")
    opened = CRYPT.open(sealed.encrypt, signature=sealed.signature, timestamp="1", nonce="2")

    assert opened == text


@PATIENT
@given(st.text(max_size=300))
def test_news_is_read_or_refused(text: str) -> None:
    try:
        news: Any = read_news(text)
    except Untrusted:
        news = None
    assert len(key_of(text, news)) <= 160


@PATIENT
@given(st.text(max_size=100), st.text(max_size=40), st.text(max_size=40))
def test_no_encrypted_data_raises_anything_foreign(data: str, iv: str, key: str) -> None:
    with pytest.raises(Untrusted):
        open_encrypted_data(data, iv=iv, session_key=key, app_id="wx1")
