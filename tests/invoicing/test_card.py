"""A card in WeChat that says the invoice is there: optional, and it never blocks anything."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from core.mail import Fate
from core.settings import InvoiceCard, Settings, configure, current
from invoicing import sending
from invoicing.service.delivering import Letter
from sandbox import faults, messages, people, subscribe
from sandbox.world import World
from tests.scenes.reach import SUBSCRIPTION, a_world, the_app

pytestmark = pytest.mark.usefixtures("db")
CARD = InvoiceCard(
    template_id=SUBSCRIPTION,
    fields={"character_string1": "number", "amount2": "amount", "thing3": "seller", "date4": "day"},
)


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    async with a_world(settings, secrets) as world:
        yield world


def with_card() -> None:
    app = current().mini_program
    assert app
    mini = app.model_copy(update={"invoice_card": CARD})
    configure(current().model_copy(update={"mini_program": mini}))


def a_letter(world: World) -> Letter:
    return Letter(
        delivery_id=1,
        attempt=1,
        message_key="dlv_abc",
        to=people.openid(world, the_app(world).app_id, "u1"),
        number="26312000000136634917",
        incl_fen=123_456_00,
        seller_name="知木生活（上海）家居有限公司二十个字以上的销售方",
        order_no="1",
        issued_on=date(2026, 3, 4),
        page_url="",
        link="",
        files=(),
    )


async def test_a_card_opens_the_invoice_and_takes_one_permit(world: World) -> None:
    with_card()
    subscribe.popup(world, the_app(world), "u1", {SUBSCRIPTION: "accept"})

    first = await sending.card(a_letter(world))
    second = await sending.card(a_letter(world))

    assert (first.fate, second.fate, second.reason) == (Fate.SENT, Fate.REFUSED, "declined")
    [read] = messages.outbox(world, channel="subscribe")
    assert read["body"]["page"] == "pages/invoice/index?token=dlv_abc"
    assert read["body"]["data"]["amount2"] == "¥123456.00"


async def test_without_a_template_nothing_is_sent_and_nothing_fails(world: World) -> None:
    assert (await sending.card(a_letter(world))).reason == "not_configured"


async def test_a_lost_answer_is_maybe_and_not_sent_again(world: World) -> None:
    with_card()
    subscribe.popup(world, the_app(world), "u1", {SUBSCRIPTION: "accept"})
    send = "/cgi-bin/message/subscribe/send"
    faults.order(world, {"match": send, "kind": "reset", "when": "after"})

    assert (await sending.card(a_letter(world))).fate is Fate.MAYBE
