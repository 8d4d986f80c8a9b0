"""Tokens, login codes, phone codes and mini-program codes of api.weixin.qq.com."""

import base64
import io
import json

import zxingcpp
from PIL import Image

from sandbox import wxa_crypto
from tests.scenes.wechat_world import ACCOUNT, MINI, login_query, playing, world_config


async def test_a_login_code_gives_the_same_person_once() -> None:
    async with playing() as play:
        code = (await play.sim("POST", "/users/u1/login"))["js_code"]

        first = await play.get("/sns/jscode2session", **login_query(code))
        again = await play.get("/sns/jscode2session", **login_query(code))

        assert first["openid"].startswith("o")
        assert len(first["openid"]) == 28
        assert len(base64.b64decode(first["session_key"])) == 16
        assert first["unionid"]
        assert again["errcode"] == 40163
        assert await play.openid("u1") == first["openid"]
        assert await play.openid("u2") != first["openid"]


async def test_wrong_login_requests_have_the_right_numbers() -> None:
    async with playing() as play:
        code = (await play.sim("POST", "/users/u2/login"))["js_code"]

        async def errcode(**changes: str) -> int:
            answer = await play.get("/sns/jscode2session", **{**login_query(code), **changes})
            return int(answer.get("errcode", 0))

        assert await errcode(js_code="unknown") == 40029
        assert await errcode(js_code="") == 41008
        assert await errcode(appid="wx0") == 40013
        assert await errcode(secret="guess") == 40001
        assert await errcode(grant_type="client_credential") == 40002
        await play.sim("POST", "/clock", advance_s=301)
        assert await errcode() == 40029
        code = (await play.sim("POST", "/users/u2/login"))["js_code"]
        assert "unionid" not in await play.get("/sns/jscode2session", **login_query(code))


async def test_too_many_logins_of_one_person_are_slowed() -> None:
    config = world_config(limits={"codes_per_minute": 2})
    async with playing(config) as play:
        await play.openid()
        await play.openid()
        code = (await play.sim("POST", "/users/u1/login"))["js_code"]

        assert (await play.get("/sns/jscode2session", **login_query(code)))["errcode"] == 45011


async def test_a_phone_code_is_another_code_and_works_once() -> None:
    async with playing() as play:
        token = await play.app_token()
        path = "/wxa/business/getuserphonenumber"
        login = (await play.sim("POST", "/users/u1/login"))["js_code"]
        code = (await play.sim("POST", "/users/u1/phone"))["code"]

        assert (await play.post(path, token, code=login))["errcode"] == 40029
        good = await play.post(path, token, code=code)
        assert good["phone_info"]["purePhoneNumber"] == "13800138000"
        assert good["phone_info"]["watermark"]["appid"] == MINI
        assert (await play.post(path, token, code=code))["errcode"] == 40163
        assert (await play.post(path, "rubbish", code=code))["errcode"] == 40001
        assert (await play.http.post(path, json={"code": code})).json()["errcode"] == 41001


async def test_the_old_phone_data_opens_under_the_newest_session_only() -> None:
    async with playing() as play:
        code = (await play.sim("POST", "/users/u1/login"))["js_code"]
        key = (await play.get("/sns/jscode2session", **login_query(code)))["session_key"]

        sealed = await play.sim("POST", "/users/u1/phone")

        text = wxa_crypto.decrypt_data(key, sealed["iv"], sealed["encryptedData"], MINI)
        assert json.loads(text)["phoneNumber"] == "13800138000"


async def test_a_session_is_checked_and_reset_by_its_signature() -> None:
    async with playing() as play:
        code = (await play.sim("POST", "/users/u1/login"))["js_code"]
        session = await play.get("/sns/jscode2session", **login_query(code))
        asked = {
            "access_token": await play.app_token(),
            "openid": session["openid"],
            "signature": wxa_crypto.session_signature("", session["session_key"]),
            "sig_method": "hmac_sha256",
        }

        assert (await play.get("/wxa/checksession", **asked))["errcode"] == 0
        reset = await play.get("/wxa/resetusersessionkey", **asked)
        assert reset["session_key"] != session["session_key"]
        assert (await play.get("/wxa/checksession", **asked))["errcode"] == 87009


async def test_a_new_plain_token_ends_the_old_one_after_the_grace() -> None:
    async with playing() as play:
        old = await play.app_token()
        new = await play.app_token()
        path = "/wxa/business/getuserphonenumber"

        assert (await play.post(path, old, code="x"))["errcode"] == 40029
        await play.sim("POST", "/clock", advance_s=301)
        assert (await play.post(path, old, code="x"))["errcode"] == 42001
        assert (await play.post(path, new, code="x"))["errcode"] == 40029
        await play.sim("POST", "/clock", advance_s=7200)
        assert (await play.post(path, new, code="x"))["errcode"] == 42001


async def test_the_stable_token_stays_until_it_is_forced() -> None:
    async with playing() as play:
        asked = {"grant_type": "client_credential", "appid": MINI, "secret": "mini-secret"}

        async def stable(**more: bool) -> str:
            answer = await play.http.post("/cgi-bin/stable_token", json={**asked, **more})
            return str(answer.json()["access_token"])

        first = await stable()
        await play.app_token()
        assert await stable() == first
        forced = await stable(force_refresh=True)
        assert forced != first
        path = "/wxa/business/getuserphonenumber"
        assert (await play.post(path, first, code="x"))["errcode"] == 42001
        assert (await play.post(path, forced, code="x"))["errcode"] == 40029


async def test_a_code_picture_can_be_scanned_and_opens_the_page_with_its_scene() -> None:
    async with playing() as play:
        token = await play.app_token()
        answer = await play.http.post(
            "/wxa/getwxacodeunlimit",
            params={"access_token": token},
            json={"scene": "k=ab12", "page": "pages/product/index", "check_path": False},
        )

        assert answer.headers["content-type"] == "image/png"
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))
        opened = await play.sim("POST", "/users/u1/scan", qr=found[0].text)
        assert opened == {
            "kind": "mini_program",
            "app_id": MINI,
            "page": "pages/product/index",
            "query": "scene=k=ab12",
        }


async def test_codes_with_a_long_scene_or_an_unknown_page_are_refused() -> None:
    app = world_config().apps[0].model_copy(update={"pages": ("pages/index/index",)})
    async with playing(world_config(apps=[app.model_dump()])) as play:
        token = await play.app_token()
        path = "/wxa/getwxacodeunlimit"

        assert (await play.post(path, token, scene="x" * 33))["errcode"] == 40169
        assert (await play.post(path, token, scene="店"))["errcode"] == 40169
        assert (await play.post(path, token, scene="a", page="/pages/x"))["errcode"] == 41030
        assert (await play.post(path, token, scene="a", page="pages/x"))["errcode"] == 41030


async def test_a_follower_is_told_apart_from_a_new_one() -> None:
    async with playing() as play:
        token = await play.app_token(ACCOUNT, "account-secret")
        scene = {"scene": {"scene_str": "store_12"}}
        body = {"action_name": "QR_STR_SCENE", "action_info": scene, "expire_seconds": 600}
        made = await play.post("/cgi-bin/qrcode/create", token, **body)
        picture = await play.http.get("/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))[0].text

        first = await play.sim("POST", "/users/u1/scan", qr=found)
        again = await play.sim("POST", "/users/u1/scan", qr=found)

        assert (first["event"], again["event"]) == ("subscribe", "SCAN")
        told = [line["plain"] for line in await play.sim("GET", "/callbacks")]
        assert "<EventKey><![CDATA[qrscene_store_12]]></EventKey>" in told[0]
        assert "<EventKey><![CDATA[store_12]]></EventKey>" in told[1]
