"""Callbacks: encrypted, retried with the same body, and every way they may go wrong."""

import asyncio
import base64
import json

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette.responses import Response

from sandbox.callbacks import to_xml
from sandbox.msg_crypto import Seal, Sealed, read_envelope, sorted_sha1
from tests.scenes.wechat_world import (
    ACCOUNT,
    AES_KEY,
    CORP,
    GROUP,
    MINI,
    Json,
    Play,
    playing,
    receiving,
    world_config,
)


def opened(got: Json, receive_id: str, form: str = "xml") -> str:
    """What a strict receiver reads."""
    query = got["query"]
    encrypt = read_envelope(got["body"].decode(), form)
    sealed = Sealed(encrypt, query["msg_signature"], query["timestamp"], query["nonce"])
    return Seal("token00", AES_KEY, receive_id).open(sealed)


async def rename(play: Play, name: str) -> None:
    await play.sim("POST", f"/groups/{GROUP}/join", who=name)


async def test_a_corp_event_opens_with_the_corps_keys() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        await play.sim("POST", "/members/WangLei/add_contact", user="u1")

        got = (await receiver.wait_for(1))[0]

        text = opened(got, CORP)
        assert text.startswith(f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName>")
        assert "<ChangeType><![CDATA[add_external_contact]]></ChangeType>" in text
        assert b"<AgentID>" in got["body"]
        assert "signature" not in got["query"]


async def test_an_app_event_comes_as_json_with_both_signatures() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        await play.sim("POST", "/users/u1/popup", templates={"t1": "accept"})
        await play.sim("POST", "/users/u1/popup", templates={"t1": "accept", "t2": "reject"})

        got = await receiver.wait_for(2)

        events = [json.loads(opened(one, MINI, "json")) for one in got]
        assert events[0]["List"]["SubscribeStatusString"] == "accept"
        assert [one["TemplateId"] for one in events[1]["List"]] == ["t1", "t2"]
        assert got[0]["query"]["encrypt_type"] == "aes"
        assert len(got[0]["query"]["signature"]) == 40


async def test_a_failing_receiver_gets_the_very_same_body_three_more_times() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        receiver.answers = [Response("no", 500) for _ in range(5)]
        await play.sim("POST", "/members/WangLei/add_contact", user="u1")
        await receiver.wait_for(1)

        await play.sim("POST", "/clock", advance_s=120)

        assert len(receiver.got) == 4
        assert len({(one["body"], one["query"]["nonce"]) for one in receiver.got}) == 1
        assert (await play.sim("GET", "/callbacks"))[0]["status"] == "given up"


async def test_each_event_has_a_fresh_prefix_and_nonce() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        for user in ("u1", "u2"):
            await play.sim("POST", "/members/WangLei/add_contact", user=user)

        got = await receiver.wait_for(2)

        first, second = (read_envelope(one["body"].decode(), "xml")[:24] for one in got)
        assert first != second
        assert got[0]["query"]["nonce"] != got[1]["query"]["nonce"]


async def test_events_may_come_twice_out_of_order_unsigned_or_not_at_all() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        await play.sim("POST", "/faults", match=f"callback {CORP}", kind="reorder")
        await play.sim("POST", "/members/WangLei/add_contact", user="u1")
        await asyncio.sleep(0.05)
        assert receiver.got == []
        await play.sim("POST", "/members/WangLei/add_contact", user="u2")
        texts = [opened(one, CORP) for one in await receiver.wait_for(2)]
        u1 = (await play.sim("GET", "/users"))[0]["external_userids"][CORP]
        assert [u1 in text for text in texts] == [False, True]

        await play.sim("POST", "/faults", match="add_external_contact", kind="duplicate")
        await play.sim("POST", "/members/LiNa/add_contact", user="u1")
        twice = (await receiver.wait_for(4))[2:]
        assert twice[0]["body"] == twice[1]["body"]

        await play.sim("POST", "/faults", match="callback", kind="drop")
        await play.sim("POST", "/members/LiNa/remove_contact", user="u1")
        await play.sim("POST", "/faults", match="callback", kind="wrong_signature")
        await play.sim("POST", "/members/LiNa/add_contact", user="u1")
        last = (await receiver.wait_for(5))[4]
        assert last["query"]["msg_signature"] == "0" * 40
        assert (await play.sim("GET", "/callbacks"))[3]["status"] == "dropped"


async def test_a_callback_can_be_sent_again_by_hand() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        await play.sim("POST", "/members/WangLei/add_contact", user="u1")
        await receiver.wait_for(1)
        callback_id = (await play.sim("GET", "/callbacks"))[0]["id"]

        await play.sim("POST", f"/callbacks/{callback_id}/resend")

        assert receiver.got[0]["body"] == receiver.got[1]["body"]


async def test_a_saved_address_is_checked_with_a_get() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        assert await play.sim("POST", "/callback_check", target=ACCOUNT) == {"ok": True}
        encrypted = await play.sim("POST", "/callback_check", target=CORP)

        assert encrypted == {"ok": False}
        query = receiver.got[1]["query"]
        sealed = Sealed(
            query["echostr"], query["msg_signature"], query["timestamp"], query["nonce"]
        )
        echo = Seal("token00", AES_KEY, CORP).open(sealed)
        receiver.answers = [Response(echo)]
        assert len(echo) == 19


async def test_older_corps_send_the_flat_member_list() -> None:
    config = world_config()
    corp = config.corps[0].model_copy(update={"flat_member_list": True}).model_dump()
    async with playing(world_config(corps=[corp])) as play:
        await rename(play, "u2")

        plain = (await play.sim("GET", "/callbacks"))[0]["plain"]
        assert "<MemChangeList><![CDATA[wm" in plain


def test_text_that_ends_a_cdata_section_is_split() -> None:
    assert to_xml({"Content": "a]]>b", "Count": 2}) == (
        "<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content><Count>2</Count></xml>"
    )


def reply(receive_id: str, to: str, block: int = 32) -> str:
    """An encrypted passive reply as a receiver writes it, padded to `block`."""
    text = (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>gh_sandbox</FromUserName>"
        "<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>您好</Content></xml>"
    )
    message = text.encode()
    frame = b"p" * 16 + len(message).to_bytes(4, "big") + message + receive_id.encode()
    pad = block - len(frame) % block
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    encrypted = encryptor.update(frame + bytes([pad]) * pad) + encryptor.finalize()
    encrypt = base64.b64encode(encrypted).decode()
    signature = sorted_sha1("token00", "1", "n", encrypt)
    return to_xml({"Encrypt": encrypt, "MsgSignature": signature, "TimeStamp": "1", "Nonce": "n"})


def padded_to_sixteen(openid: str) -> str:
    """A reply whose padding ends in the middle of a block of 32."""
    return next(
        short
        for short in (reply(ACCOUNT, openid + "x" * more, 16) for more in range(17))
        if len(base64.b64decode(read_envelope(short, "xml"))) % 32
    )


async def test_a_passive_reply_reaches_its_person_and_a_wrong_one_nobody() -> None:
    async with receiving() as receiver, playing(world_config(receiver.url)) as play:
        openid = (await play.sim("GET", "/users"))[0]["openids"][ACCOUNT]
        good = reply(ACCOUNT, openid)
        wrong = [
            padded_to_sixteen(openid),
            reply(CORP, openid),
            good.replace("<![CDATA[n]]>", "<![CDATA[m]]>"),
        ]
        receiver.answers = [Response(text) for text in (good, *wrong)]
        for number in range(4):
            await play.sim("POST", "/users/u1/write", app_id=ACCOUNT, text="在吗")
            await receiver.wait_for(number + 1)
        await play.sim("POST", "/clock", advance_s=1)

        replies = await play.sim("GET", "/outbox?channel=passive_reply")

        assert [(one["to"], one["body"]["content"]) for one in replies] == [("u1", "您好")]
        tries = [one["tries"][0] for one in await play.sim("GET", "/callbacks")]
        assert [one.get("reply_refused") for one in tries] == [
            None,
            "length",
            "receive id",
            "signature",
        ]
