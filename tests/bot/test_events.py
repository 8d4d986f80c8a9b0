"""Typed reading of what the platforms tell, from the vectors and from their odd forms."""

import pytest

from bot.protocol.events import key_of, read_news
from bot.protocol.news import (
    Answer,
    ContactChanged,
    Followed,
    GroupChanged,
    Message,
    News,
    Scanned,
    ServiceCalled,
    SubscriptionAnswered,
    SubscriptionSent,
    TagChanged,
    TemplateDelivered,
    Unfollowed,
    Unread,
)
from tests.scenes.vectors import of_kind

TOLD = {
    vector["id"]: vector["expect"]["plaintext"]
    for vector in of_kind("msgcrypt.decrypt")
    if vector["expect"]["result"] == "accept" and vector["expect"]["plaintext"][:1] in "<{"
}
KINDS: dict[str, type[News]] = {
    "change_external_contact": ContactChanged,
    "change_external_chat": GroupChanged,
    "change_external_tag": TagChanged,
    "kf_msg_or_event": ServiceCalled,
    "customer_acquisition": Unread,
    "[subscribe]": Followed,
    "[SCAN]": Scanned,
    "[unsubscribe]": Unfollowed,
    "TEMPLATESENDJOBFINISH": TemplateDelivered,
    "subscribe_msg_popup_event": SubscriptionAnswered,
    "subscribe_msg_sent_event": SubscriptionSent,
    "[text]": Message,
}


@pytest.mark.parametrize("name", TOLD)
def test_each_vector_is_read_as_its_kind(name: str) -> None:
    news = read_news(TOLD[name])
    expected = [kind for word, kind in KINDS.items() if word in TOLD[name]]

    assert not expected or type(news) in expected


def group(members: str) -> GroupChanged:
    news = read_news(
        "<xml><MsgType>event</MsgType><Event>change_external_chat</Event><ChatId>wr1</ChatId>"
        f"<ChangeType>update</ChangeType><UpdateDetail>add_member</UpdateDetail>{members}</xml>"
    )
    assert isinstance(news, GroupChanged)
    return news


@pytest.mark.parametrize(
    ("listed", "members"),
    [
        ("<MemChangeList><Item>wm1</Item><Item>wm2</Item></MemChangeList>", ("wm1", "wm2")),
        ("<MemChangeList><Item>wm1</Item></MemChangeList>", ("wm1",)),
        ("<MemChangeList>wm1,wm2</MemChangeList>", ("wm1", "wm2")),
        ("<MemChangeList>wm1</MemChangeList>", ("wm1",)),
        ("<MemChangeList></MemChangeList>", ()),
        ("", ()),
    ],
)
def test_the_members_of_a_change_come_in_both_forms(listed: str, members: tuple[str, ...]) -> None:
    assert group(listed).members == members


ACCEPT = '{"TemplateId":"t1","SubscribeStatusString":"accept","PopupScene":"0"}'
REJECT = '{"TemplateId":"t2","SubscribeStatusString":"reject","PopupScene":0}'


@pytest.mark.parametrize(
    ("listed", "answers"),
    [
        (f'"List":{ACCEPT}', [("t1", "accept")]),
        (f'"List":[{ACCEPT},{REJECT}]', [("t1", "accept"), ("t2", "reject")]),
        ('"List":[]', []),
        ('"List":"?"', []),
        ('"Other":1', []),
    ],
)
def test_answers_come_as_an_object_or_a_list(listed: str, answers: list[tuple[str, str]]) -> None:
    text = f'{{"MsgType":"event","Event":"subscribe_msg_popup_event",{listed}}}'
    news = read_news(text)

    assert isinstance(news, SubscriptionAnswered)
    assert news.answers == tuple(Answer(*answer) for answer in answers)


def test_a_scene_has_no_prefix_whether_they_followed_before_or_not() -> None:
    form = "<xml><MsgType>event</MsgType><Event>{}</Event><EventKey>{}</EventKey></xml>"
    new, known = (
        read_news(form.format("subscribe", "qrscene_store_18")),
        read_news(form.format("SCAN", "store_18")),
    )

    assert isinstance(new, Followed)
    assert isinstance(known, Scanned)
    assert new.scene == known.scene == "store_18"


def test_two_events_of_one_second_are_two_and_one_event_told_twice_is_one() -> None:
    form = (
        "<xml><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_contact</Event><ExternalUserID>{}</ExternalUserID></xml>"
    )
    keys = [key_of(form.format(who), read_news(form.format(who))) for who in ("a", "b", "a")]

    assert keys[0] == keys[2] != keys[1]


def test_a_number_that_is_no_number_does_not_name_a_message() -> None:
    text = "<xml><MsgType>text</MsgType><MsgId>{}</MsgId></xml>"
    for odd in ("", "x" * 65, "a b", "七"):
        told = text.format(odd)
        assert key_of(told, read_news(told)).startswith("text:")
