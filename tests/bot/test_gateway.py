"""WeCom against the sandbox: visitors, messages, signatures of pages, customers and groups."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bot import contacts
from bot.errors import CodeSpent, ForeignPage
from bot.gateway import Delivery, send_text, sign_page, visitor_of_code
from core.partners import NoAnswer
from core.settings import Settings, current
from core.wechat.api import PlatformRefused
from tests.scenes.platform import GROUP, the_platform
from tests.scenes.wechat_world import Play

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def play(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[Play]:
    async with the_platform(settings, secrets) as play:
        yield play


async def code_of(play: Play, who: str) -> str:
    """What comes back when `who` opens our page: a member, or a user of the sandbox."""
    ours = current().wecom
    assert ours
    asked = {
        "appid": ours.corp_id,
        "redirect_uri": "http://127.0.0.1:8000/side-panel",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        "agentid": ours.agent_id,
    }
    url = f"{ours.oauth_url}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"
    kind = "members" if who[0].isupper() else "users"
    back = await play.sim("POST", f"/{kind}/{who}/oauth", url=url)
    [code] = parse_qs(urlsplit(str(back["location"])).query)["code"]
    return code


async def test_only_a_member_of_the_corp_has_a_user_id(play: Play) -> None:
    await play.sim("POST", "/members/WangLei/add_contact", user="u1")
    guide = await visitor_of_code(await code_of(play, "WangLei"))
    customer = await visitor_of_code(await code_of(play, "u1"))

    assert (guide.user_id, guide.external_user_id) == ("WangLei", "")
    assert customer.user_id == ""
    assert customer.external_user_id.startswith(("wm", "wo"))


async def test_a_login_code_works_once(play: Play) -> None:
    code = await code_of(play, "LiNa")
    await visitor_of_code(code)

    for spent in (code, "nobody-gave-this"):
        with pytest.raises(CodeSpent):
            await visitor_of_code(spent)


async def test_a_message_reaches_a_member_and_its_repetition_does_not(play: Play) -> None:
    for _ in range(2):
        assert await send_text(user_id="WangLei", text="订单已支付") is Delivery.SENT

    [message] = await play.sim("GET", "/outbox?to=WangLei")
    assert message["body"]["text"] == {"content": "订单已支付"}


async def test_a_message_is_cut_between_characters(play: Play) -> None:
    await send_text(user_id="WangLei", text="长" * 1000)

    [message] = await play.sim("GET", "/outbox?to=WangLei")
    assert message["body"]["text"]["content"] == "长" * (2048 // 3)


async def test_a_message_to_nobody_is_unreachable(play: Play) -> None:
    assert await send_text(user_id="Nobody", text="在吗") is Delivery.UNREACHABLE


@pytest.mark.parametrize("kind", ["corp", "agent"])
async def test_a_page_of_ours_is_signed_with_its_own_ticket(play: Play, kind: Any) -> None:
    url = f"{current().public_url}/side-panel?chat=1#here"
    signed, again = await sign_page(url, kind), await sign_page(url, kind)

    shown = {
        "appId": signed.corp_id,
        "corpid": signed.corp_id,
        "agentid": signed.agent_id,
        "timestamp": signed.timestamp,
        "nonceStr": signed.nonce,
        "signature": signed.signature,
        "url": url.partition("#")[0],
    }
    step = {"corp": "config", "agent": "agent_config"}[kind]
    judged = await play.http.post(f"/_sim/jssdk/{step}", json=shown)
    paths = [line["path"] for line in await play.sim("GET", "/calls")]
    asked = {"corp": "/cgi-bin/get_jsapi_ticket", "agent": "/cgi-bin/ticket/get"}[kind]
    assert judged.json() == {"ok": True}
    assert paths.count(asked) == 1
    assert signed.nonce != again.nonce


async def test_pages_of_others_are_not_signed(play: Play) -> None:
    base = current().public_url
    for url in ("https://evil.example/", f"{base}.evil.example/", f"{base}@evil.example/", "//x"):
        with pytest.raises(ForeignPage):
            await sign_page(url, "corp")


async def test_customers_are_listed_by_member(play: Play) -> None:
    added = await play.sim("POST", "/members/WangLei/add_contact", user="u1", state="store_1")
    known = await contacts.contact_ids_of("WangLei")
    found = await contacts.find_contact(added["external_userid"])

    assert known == [added["external_userid"]]
    assert found is not None
    assert (found.is_wechat, bool(found.union_id)) == (True, True)
    assert [(follow.user_id, follow.state) for follow in found.follows] == [("WangLei", "store_1")]


async def test_no_customers_is_an_empty_list_and_a_lost_one_is_none(play: Play) -> None:
    added = await play.sim("POST", "/members/LiNa/add_contact", user="u2")
    await play.sim("POST", "/members/LiNa/remove_contact", user="u2", by="member")

    assert await contacts.contact_ids_of("LiNa") == []
    assert await contacts.find_contact(added["external_userid"]) is None
    assert await contacts.find_contact("wmNobody") is None


async def test_groups_are_found_by_their_owners(play: Play) -> None:
    owners = await contacts.followers()
    listed = await contacts.group_ids_of(owners)
    group = await contacts.find_group(GROUP)

    assert set(owners) == {"WangLei", "LiNa"}
    assert listed == [GROUP]
    assert group is not None
    assert (group.name, group.owner) == ("西单店会员群", "WangLei")
    assert sorted(member.is_customer for member in group.members) == [False, True]
    assert await contacts.find_group("wrNobody") is None


async def test_owners_are_asked_for_by_the_hundred(play: Play) -> None:
    for number in range(3):
        await play.sim("POST", "/groups", owner="LiNa", name=f"群{number}")
    nobodies = [f"nobody{number}" for number in range(150)]
    listed = await contacts.group_ids_of(["LiNa", *nobodies, "WangLei"])

    assert len(set(listed)) == len(listed) == 4


async def test_a_missing_right_is_the_operators_business(play: Play) -> None:
    await play.sim("POST", "/faults", match="groupchat/get", kind="errcode:48002", times=1)
    with pytest.raises(PlatformRefused) as refused:
        await contacts.find_group(GROUP)

    assert refused.value.facts["meaning"] == "operator"


async def test_a_lost_answer_is_said_so(play: Play) -> None:
    for kind in ("garbage", "http500", "reset"):
        await play.sim("POST", "/faults", match="message/send", kind=kind, times=1)
        with pytest.raises(NoAnswer):
            await send_text(user_id="WangLei", text="在吗")
