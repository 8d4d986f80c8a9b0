"""The nightly comparison of red letters: what only the backend has, and what only we have."""

from datetime import timedelta

import httpx2
import pytest

from core import clock
from core.outbox import OutboxRow
from invoicing.backends.port import Accepted, Listed
from invoicing.backends.queries import backend_of
from invoicing.models import Stray
from invoicing.reds import audit
from invoicing.reds.jobs import compare, compare_all
from invoicing.reds.models import RedLetter
from invoicing.reds.queries import RedState
from invoicing.reds.service.comparing import book_listing
from invoicing.reds.service.sending import Send, next_step
from tests.scene import tell_everyone
from tests.scenes.reds import an_invoiced_order, give_back, work

pytestmark = pytest.mark.usefixtures("shop")
BEFORE = timedelta(days=3)


async def a_red_letter(http: httpx2.AsyncClient) -> RedLetter:
    """Issued, and long enough ago for any list."""
    order = await an_invoiced_order(http)
    await give_back(order, order.paid_fen)
    await work(http)
    await RedLetter.all().update(issued_at=clock.now() - timedelta(hours=2))
    return await RedLetter.get()


async def alarms() -> list[str]:
    return [finding.text for finding in await audit.nothing_unclear()]


async def test_a_red_letter_that_both_sides_know_is_no_news(http: httpx2.AsyncClient) -> None:
    letter = await a_red_letter(http)
    await compare_all()
    await tell_everyone()

    assert letter.state is RedState.ISSUED
    assert (await Stray.all().count(), await alarms()) == (0, [])


async def sent_unseen(http: httpx2.AsyncClient) -> RedLetter:
    """Issued at the backend, and the worker never heard its answer."""
    order = await an_invoiced_order(http)
    await give_back(order, order.paid_fen)
    while (letter := await RedLetter.first()) is None:
        await tell_everyone(rounds=1)
    step = await next_step(letter.id)
    assert isinstance(step, Send)
    backend = await backend_of(letter.account_id)
    assert isinstance(await backend.red_submit(step.order), Accepted)
    await http.post("/_sim/clock", json={"advance_s": 60})
    return await RedLetter.get()


async def test_a_red_letter_issued_past_us_is_noted_once(http: httpx2.AsyncClient) -> None:
    letter = await sent_unseen(http)
    await RedLetter.all().update(red_no="ANOTHER")
    for _ in range(2):
        await compare(letter.account_id)

    [stray] = await Stray.all()
    assert (stray.is_red, stray.incl_fen) == (True, -letter.incl_fen)
    assert stray.request_no == letter.red_no


async def test_a_letter_whose_answer_was_lost_is_asked_about(http: httpx2.AsyncClient) -> None:
    letter = await sent_unseen(http)
    await RedLetter.all().update(state=RedState.UNKNOWN)
    await OutboxRow.filter(name="reds.issue").delete()
    await compare(letter.account_id)
    await tell_everyone()

    assert await Stray.all().count() == 0
    assert (await RedLetter.get()).state is RedState.ISSUED


async def test_a_letter_that_is_not_listed_is_asked_about_and_named(
    http: httpx2.AsyncClient,
) -> None:
    letter = await a_red_letter(http)
    await RedLetter.all().update(number="25312000000000009999")
    await compare(letter.account_id)

    said = "red letter 25312000000000009999 is not on the backend's list"
    assert await alarms() == [said]


async def test_another_amount_on_the_list_is_named(http: httpx2.AsyncClient) -> None:
    letter = await a_red_letter(http)
    listed = Listed(letter.number, "", letter.red_no, clock.now(), -1, is_red=True)
    since = clock.now() - BEFORE
    assert await book_listing(letter.account_id, letter.tax_entity_id, [listed], since=since) == []

    assert await alarms() == [f"the backend lists {letter.number} with -1 fen"]
