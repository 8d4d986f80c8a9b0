"""The confirmation form: who has to agree, three days, a reminder, and what a refusal leads to."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from core import clock
from core.outbox import OutboxRow
from core.security.scope import Role, Scope
from invoicing.backends.checking import look
from invoicing.backends.port import FormState, RedReason
from invoicing.backends.queries import accounts_of
from invoicing.reds.errors import LookChanged, OnlyWhole, ReasonNeeded, RedCannotMove, RedUnknown
from invoicing.reds.models import RedBlue, RedLetter
from invoicing.reds.queries import RedState, red_for, steps_of
from invoicing.reds.service import Pick, look_at, take_back_by_hand, try_again, withdraw
from invoicing.reds.service.sending import next_step
from tests.scene import make_due, tell_everyone
from tests.scenes.invoicing import MAIL
from tests.scenes.reds import (
    an_invoiced_order,
    blues_of,
    book,
    buyer_answers,
    give_back,
    net_invoiced,
    red_forms,
    reds_of,
    work,
)

OFFICE = Scope(Role.HEAD_OFFICE, staff_id=1)
S = RedState
pytestmark = pytest.mark.usefixtures("shop")


async def a_booked_red(http: httpx2.AsyncClient, fen: int = 10_000) -> Any:
    """Money went back of an invoice that its buyer has booked: the form waits for them."""
    order = await an_invoiced_order(http)
    [blue] = await blues_of(order)
    await book(http, blue.number)
    await give_back(order, fen)
    await work(http, rounds=2)
    return order


async def test_a_booked_invoice_waits_for_its_buyer_and_is_issued_when_they_agree(
    http: httpx2.AsyncClient,
) -> None:
    order = await a_booked_red(http)
    [red] = await reds_of(order)
    assert (red.state, red.form_state) == (S.CONFIRMING, FormState.WAITS_FOR_BUYER)
    assert red.form_ends_at is not None
    told = (await http.get("/_sim/mail", params={"to": MAIL})).json()
    assert len([one for one in told if "请确认红字发票" in one["subject"]]) == 1
    await buyer_answers(http, red.form_no, "confirm")
    await work(http)

    [red] = await reds_of(order)
    assert (red.state, await net_invoiced(order)) == (S.ISSUED, order.paid_fen - 10_000)


async def test_after_two_days_there_is_one_reminder(http: httpx2.AsyncClient) -> None:
    order = await a_booked_red(http)
    two_days = clock.now() - timedelta(hours=49)
    await RedLetter.all().update(form_at=two_days)
    await make_due()
    await tell_everyone(rounds=1)
    await make_due()
    await tell_everyone(rounds=1)

    [red] = await reds_of(order)
    actions = [step.action for step in await steps_of(red.id)]
    assert actions.count("remind") == 1


async def test_a_form_that_lapsed_is_made_again_under_the_same_letter_but_not_for_ever(
    http: httpx2.AsyncClient,
) -> None:
    order = await a_booked_red(http)
    [first] = await reds_of(order)
    for _ in range(3):
        await work(http, rounds=3, advance_s=73 * 3600)

    [red] = await reds_of(order)
    forms = await red_forms(http)
    assert (red.id, red.state, red.forms) == (first.id, S.REFUSED, 3)
    assert {form["state"] for form in forms} == {"07"}
    assert len({form["red_no"] for form in forms}) == 3
    assert "lapsed 3 times" in red.alarm


async def test_a_buyer_who_refuses_leaves_it_to_a_person_who_tries_again_or_withdraws(
    http: httpx2.AsyncClient,
) -> None:
    order = await a_booked_red(http)
    [red] = await reds_of(order)
    await buyer_answers(http, red.form_no, "refuse")
    await work(http, rounds=2)
    [red] = await reds_of(order)
    assert (red.state, red.form_state) == (S.REFUSED, FormState.REFUSED_BY_BUYER)
    old_no = red.red_no

    await try_again(OFFICE, red_id=red.public_id, note="已与客户电话沟通")
    await work(http, rounds=2)
    [red] = await reds_of(order)
    assert red.state is S.CONFIRMING
    assert red.red_no != old_no

    await withdraw(OFFICE, red_id=red.public_id, note="客户已认证，改线下处理")
    await work(http, rounds=3)
    [red] = await reds_of(order)
    assert (red.state, red.form_state) == (S.WITHDRAWN, FormState.WITHDRAWN)
    assert (await RedBlue.get()).red_fen == 0


async def test_a_lost_answer_is_asked_about_and_is_one_red_letter(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await http.post("/_sim/tax/faults", json={"kind": "lose_answer"})
    await give_back(order, 10_000)
    await work(http)

    [red] = await reds_of(order)
    assert red.state is S.ISSUED
    assert len(await red_forms(http)) == 1


async def test_a_worker_that_dies_while_sending_asks_and_never_sends_twice(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await give_back(order, 10_000)
    await tell_everyone(rounds=1)  # written down
    row = await RedLetter.get()
    assert row.state is S.QUEUED
    await next_step(row.id)  # as being sent; then the worker dies
    await tell_everyone(rounds=1)

    [red] = await reds_of(order)
    assert red.state is S.UNKNOWN
    assert await red_forms(http) == []


async def test_a_seller_who_is_logged_out_holds_red_letters_too(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    await http.post("/_sim/tax/settings", json={"logged_out": True})
    await give_back(order, 10_000)
    await tell_everyone()
    [red] = await reds_of(order)
    assert red.state is S.HELD
    [red_account] = await accounts_of(red.tax_entity_id)
    assert not red_account.is_usable
    await http.post("/_sim/tax/settings", json={"logged_out": False})
    await look(red_account.id)
    await work(http)

    [red] = await reds_of(order)
    assert (red.state, red.alarm) == (S.ISSUED, "")


async def test_a_refusal_is_an_alarm_that_names_the_providers_words(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    await http.post("/_sim/tax/faults", json={"kind": "refuse", "describe": "蓝票已入账"})
    await give_back(order, 10_000)
    await work(http, rounds=2)

    [red] = await reds_of(order)
    assert (red.state, red.said) == (S.REFUSED, "蓝票已入账")


async def test_a_person_looks_first_and_takes_back_once(http: httpx2.AsyncClient) -> None:
    order = await an_invoiced_order(http)
    [blue] = await blues_of(order)
    pick = Pick(RedReason.REDUCED, fen=5_000)
    look = await look_at(OFFICE, invoice_id=blue.public_id, pick=pick)
    assert (look.fen, look.left_fen) == (5_000, order.paid_fen)
    facts: dict[str, Any] = {
        "invoice_id": blue.public_id,
        "pick": pick,
        "seen": (look.fen, look.left_fen),
    }
    with pytest.raises(ReasonNeeded):
        await take_back_by_hand(OFFICE, note=" ", key="k1", **facts)
    first = await take_back_by_hand(OFFICE, note="协商降价", key="k1", **facts)
    again = await take_back_by_hand(OFFICE, note="协商降价", key="k1", **facts)
    with pytest.raises(LookChanged):
        await take_back_by_hand(OFFICE, note="协商降价", key="k2", **facts)
    await work(http)

    assert first == again
    assert (await red_for(OFFICE, first[0])).state is S.ISSUED
    assert await net_invoiced(order) == order.paid_fen - 5_000


async def test_issued_wrong_is_taken_back_whole_only_and_a_foreign_store_sees_nothing(
    http: httpx2.AsyncClient,
) -> None:
    order = await an_invoiced_order(http)
    [blue] = await blues_of(order)
    wrong = Pick(RedReason.WRONG, fen=5_000)
    with pytest.raises(OnlyWhole):
        await look_at(OFFICE, invoice_id=blue.public_id, pick=wrong)
    await give_back(order, 10_000)
    await tell_everyone(rounds=1)
    [red] = await reds_of(order)
    stranger = Scope(Role.STORE_MANAGER, staff_id=9, store_ids=frozenset({order.store_id + 1}))
    with pytest.raises(RedUnknown):
        await red_for(stranger, red.public_id)
    with pytest.raises(RedUnknown):
        await withdraw(stranger, red_id=red.public_id, note="不是我的")
    await work(http)
    with pytest.raises(RedCannotMove):
        await withdraw(OFFICE, red_id=red.public_id, note="太晚了")


async def test_a_callback_only_makes_us_ask_and_a_forged_one_is_refused(
    http: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    await a_booked_red(http)
    row = await RedLetter.get()
    await OutboxRow.filter(name="reds.ask").delete()
    notice = {"operater": "callback", "orderno": row.red_no, "content": "{}"}
    taken = await client.post(f"/callbacks/tax/{row.callback_token}", data=notice)
    forged = await client.post("/callbacks/tax/cb_forged", data=notice)
    other = await client.post(
        f"/callbacks/tax/{row.callback_token}", data={**notice, "orderno": "R0"}
    )

    assert [one.status_code for one in (taken, forged, other)] == [200, 404, 404]
    assert await OutboxRow.filter(name="reds.ask").count() == 1
