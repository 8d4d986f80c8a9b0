"""WeCom: tokens and rights, contacts, groups, messages to members, group sends, OAuth."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.scenes.wechat_world import (
    ACCOUNT,
    CORP,
    GROUP,
    MINI,
    Play,
    playing,
)

CONTACT = "/cgi-bin/externalcontact"
SHOP = "http://127.0.0.1:8000/login"


async def contact_token(play: Play) -> str:
    return await play.corp_token("contact-secret")


async def test_tokens_of_the_two_secrets_open_different_doors() -> None:
    async with playing() as play:
        app, contact = await play.corp_token(), await contact_token(play)

        async def errcode(path: str, token: str) -> int:
            return int((await play.get(path, access_token=token))["errcode"])

        assert app != contact
        assert await play.corp_token() == app
        assert await errcode(f"{CONTACT}/get_follow_user_list", contact) == 0
        assert await errcode(f"{CONTACT}/get_follow_user_list", app) == 48002
        assert await errcode("/cgi-bin/user/simplelist", app) == 0
        assert await errcode("/cgi-bin/user/simplelist", contact) == 48002
        assert await errcode("/cgi-bin/user/simplelist", await play.app_token()) == 40014
        assert await errcode("/cgi-bin/user/simplelist", "") == 41001
        await play.sim("POST", "/clock", advance_s=7201)
        assert await errcode("/cgi-bin/user/simplelist", app) == 42001
        wrong = await play.get("/cgi-bin/gettoken", corpid=CORP, corpsecret="guess")
        assert wrong["errcode"] == 40001
        wrong = await play.get("/cgi-bin/gettoken", corpid="ww0", corpsecret="guess")
        assert wrong["errcode"] == 40013


async def test_a_new_contact_is_told_and_listed_and_keeps_its_id_when_it_comes_back() -> None:
    async with playing() as play:
        token = await contact_token(play)
        nobody = await play.get(f"{CONTACT}/list", access_token=token, userid="WangLei")
        added = await play.sim("POST", "/members/WangLei/add_contact", user="u1", state="store_1")
        external = added["external_userid"]
        await play.sim("POST", "/members/WangLei/add_contact", user="u1")

        listed = await play.get(f"{CONTACT}/list", access_token=token, userid="WangLei")
        got = await play.get(f"{CONTACT}/get", access_token=token, external_userid=external)

        assert nobody["errcode"] == 84061
        assert listed["external_userid"] == [external]
        assert got["external_contact"]["name"] == "林晓"
        assert got["external_contact"]["unionid"]
        assert got["follow_user"][0]["state"] == "store_1"
        told = await play.sim("GET", "/callbacks")
        assert [one["event"] for one in told] == ["change_external_contact add_external_contact"]
        assert "<State><![CDATA[store_1]]></State>" in told[0]["plain"]
        assert "<WelcomeCode>" in told[0]["plain"]
        await play.sim("POST", "/members/WangLei/remove_contact", user="u1", by="user")
        gone = await play.get(f"{CONTACT}/get", access_token=token, external_userid=external)
        assert gone["errcode"] == 84061
        again = await play.sim("POST", "/members/WangLei/add_contact", user="u1")
        assert again["external_userid"] == external


async def test_contacts_are_paged_by_cursor() -> None:
    async with playing() as play:
        for number in range(5):
            await play.sim("POST", "/users", id=f"x{number}", name=f"顾客{number}")
            await play.sim("POST", "/members/LiNa/add_contact", user=f"x{number}")
        token, names, cursor = await contact_token(play), [], ""
        while True:
            page = await play.post(
                f"{CONTACT}/batch/get_by_user",
                token,
                userid_list=["LiNa", "WangLei"],
                limit=2,
                cursor=cursor,
            )
            names += [one["external_contact"]["name"] for one in page["external_contact_list"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert names == [f"顾客{number}" for number in range(5)]


async def test_a_welcome_message_goes_once_within_twenty_seconds() -> None:
    async with playing() as play:
        token = await contact_token(play)
        codes = []
        for user in ("u1", "u2"):
            await play.sim("POST", "/members/LiNa/add_contact", user=user)
            plain = (await play.sim("GET", "/callbacks"))[-1]["plain"]
            codes.append(plain.split("<WelcomeCode><![CDATA[")[1].split("]]>")[0])
        path, text = f"{CONTACT}/send_welcome_msg", {"content": "欢迎光临"}

        good = await play.post(path, token, welcome_code=codes[0], text=text)
        twice = await play.post(path, token, welcome_code=codes[0], text=text)
        await play.sim("POST", "/clock", advance_s=21)
        late = await play.post(path, token, welcome_code=codes[1], text=text)

        assert (good["errcode"], twice["errcode"], late["errcode"]) == (0, 41051, 41051)
        assert len(await play.sim("GET", "/outbox?to=u1&channel=welcome")) == 1


async def test_groups_show_their_members_and_tell_their_changes() -> None:
    async with playing() as play:
        token = await contact_token(play)
        listed = await play.post(f"{CONTACT}/groupchat/list", token, limit=10)
        await play.sim("POST", f"/groups/{GROUP}/join", who="u2", scene=3)
        await play.sim("POST", f"/groups/{GROUP}/join", who="u2", scene=3)

        got = await play.post(f"{CONTACT}/groupchat/get", token, chat_id=GROUP, need_name=1)

        assert listed["group_chat_list"] == [{"chat_id": GROUP, "status": 0}]
        members = got["group_chat"]["member_list"]
        assert [(one["name"], one["type"]) for one in members] == [
            ("王磊", 1),
            ("林晓", 2),
            ("陈默", 2),
        ]
        assert "unionid" not in members[2]
        await play.sim("POST", f"/groups/{GROUP}/leave", who="u2")
        await play.sim("POST", f"/groups/{GROUP}/rename", name="新名字")
        told = [one["plain"] for one in await play.sim("GET", "/callbacks")]
        assert ["<MemChangeList><Item>" in plain for plain in told] == [True, True, False]
        version = told[0].split("<CurMemVer>")[1].split("</CurMemVer>")[0]
        assert f"<LastMemVer>{version}</LastMemVer>" in told[1]
        unknown = await play.post(f"{CONTACT}/groupchat/get", token, chat_id="wr0")
        assert unknown["errcode"] == 86003


async def test_a_card_sent_into_a_group_opens_for_its_people_only() -> None:
    async with playing() as play:
        card = {"chat_id": GROUP, "title": "羊绒围巾", "path": "pages/product/index?id=7&s=abc"}
        sent = await play.sim("POST", "/members/WangLei/send_card", **card, appid=MINI)

        opened = await play.sim("POST", "/users/u1/open_card", message_id=sent["id"])

        assert (opened["app_id"], opened["page"]) == (MINI, "pages/product/index")
        assert opened["query"] == "id=7&s=abc"
        token = await contact_token(play)
        found = await play.post(f"{CONTACT}/opengid_to_chatid", token, opengid=opened["opengid"])
        assert found["chat_id"] == GROUP
        outsider = {"message_id": sent["id"]}
        assert (await play.http.post("/_sim/users/u2/open_card", json=outsider)).status_code == 404
        foreign = await play.http.post("/_sim/members/LiNa/send_card", json={**card})
        assert foreign.status_code == 404
        assert (await play.sim("GET", f"/outbox?to={GROUP}"))[0]["body"]["title"] == "羊绒围巾"


async def test_messages_to_members_name_invalid_receivers_without_failing() -> None:
    async with playing() as play:
        token = await play.corp_token()

        async def send(touser: str, **changes: Any) -> dict[str, Any]:
            body = {"msgtype": "text", "text": {"content": "有新订单"}, "agentid": 1000002}
            return await play.post("/cgi-bin/message/send", token, touser=touser, **body | changes)

        good = await send("wanglei|Nobody")
        assert (good["errcode"], good["invaliduser"]) == (0, "Nobody")
        assert (await send("Nobody"))["errcode"] == 81013
        assert (await send(""))["errcode"] == 82001
        assert (await send("LiNa", agentid=1))["errcode"] == 40056
        assert (await send("LiNa", msgtype="dance"))["errcode"] == 40058
        long = {"content": "长" * 1000}
        assert (await send("LiNa", text=long))["errcode"] == 0
        outbox = await play.sim("GET", "/outbox?channel=wecom_app")
        assert [one["to"] for one in outbox] == ["WangLei", "LiNa"]
        assert len(outbox[1]["body"]["text"]["content"]) == 682
        for _ in range(2):
            await send("@all", enable_duplicate_check=1)
        assert len(await play.sim("GET", "/outbox?channel=wecom_app")) == 4
        recalled = await play.post("/cgi-bin/message/recall", token, msgid=good["msgid"])
        assert recalled["errcode"] == 0
        assert (await play.sim("GET", "/outbox?to=WangLei"))[0]["status"] == "recalled"


async def test_a_group_send_waits_for_the_member_and_has_a_monthly_cap() -> None:
    async with playing() as play:
        token = await contact_token(play)
        added = await play.sim("POST", "/members/LiNa/add_contact", user="u1")
        statuses = []
        for _ in range(5):
            made = await play.post(
                f"{CONTACT}/add_msg_template",
                token,
                sender="LiNa",
                external_userid=[added["external_userid"], "wmUnknown"],
                text={"content": "周末满减"},
            )
            assert made["fail_list"] == ["wmUnknown"]
            asked = {"msgid": made["msgid"]}
            task = await play.post(f"{CONTACT}/get_groupmsg_task", token, **asked)
            assert task["task_list"][0]["status"] == 0
            await play.sim("POST", "/members/LiNa/confirm_group_send", **asked)
            await play.sim("POST", "/members/LiNa/confirm_group_send", **asked)
            result = await play.post(
                f"{CONTACT}/get_groupmsg_send_result", token, **asked, userid="LiNa"
            )
            statuses.append(result["send_list"][0]["status"])

        assert statuses == [1, 1, 1, 1, 3]
        assert len(await play.sim("GET", "/outbox?to=u1")) == 4


async def test_a_member_logs_in_by_a_code_that_works_once() -> None:
    async with playing() as play:
        token = await play.corp_token()
        url = authorize_url(play)

        landed = await play.http.get(url, headers={"Cookie": "sim_person=WangLei"})

        assert landed.status_code == 302
        query = parse_qs(urlsplit(landed.headers["location"]).query)
        assert query["state"] == ["abc"]
        path = "/cgi-bin/auth/getuserinfo"
        person = await play.get(path, access_token=token, code=query["code"][0])
        assert person["userid"] == "WangLei"
        again = await play.get(path, access_token=token, code=query["code"][0])
        assert again["errcode"] == 40029


async def test_a_customer_who_opens_the_same_address_is_not_staff() -> None:
    async with playing() as play:
        token, path = await play.corp_token(), "/cgi-bin/auth/getuserinfo"

        async def info(user: str) -> dict[str, Any]:
            gone = await play.sim("POST", f"/users/{user}/oauth", url=authorize_url(play))
            code = parse_qs(urlsplit(gone["location"]).query)["code"][0]
            return await play.get(path, access_token=token, code=code)

        await play.sim("POST", "/members/WangLei/add_contact", user="u1")
        customer, stranger = await info("u1"), await info("u2")

        assert "userid" not in customer
        assert customer["external_userid"].startswith("wm")
        assert "external_userid" not in stranger
        assert stranger["openid"]


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": "http://evil.example/x"}, {"appid": "ww0"}, {"scope": ""}]
)
async def test_an_address_that_is_not_trusted_gets_no_code(changes: dict[str, str]) -> None:
    async with playing() as play:
        refused = await play.http.get(
            authorize_url(play, **changes), headers={"Cookie": "sim_person=WangLei"}
        )

        assert refused.status_code == 400


async def test_without_a_person_the_page_asks_whose_client_it_is() -> None:
    async with playing() as play:
        page = await play.http.get(authorize_url(play))

        assert "王磊" in page.text
        assert "sim_person=WangLei" in page.text


async def test_an_official_account_logs_a_follower_in() -> None:
    async with playing() as play:
        url = authorize_url(play, appid=ACCOUNT)
        gone = await play.sim("POST", "/users/u1/oauth", url=url)
        code = parse_qs(urlsplit(gone["location"]).query)["code"][0]
        asked = {"appid": ACCOUNT, "secret": "account-secret", "code": code}

        answer = await play.get(
            "/sns/oauth2/access_token", **asked, grant_type="authorization_code"
        )

        assert answer["openid"] != await play.openid("u1")


def authorize_url(play: Play, **changes: str) -> str:
    asked = {
        "appid": CORP,
        "redirect_uri": SHOP,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc",
    }
    asked = {name: value for name, value in {**asked, **changes}.items() if value}
    return f"{play.world.http}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"
