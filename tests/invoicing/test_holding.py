"""Requests that wait: in their order, for the seller's account, quota, filing days or switch."""

from collections import Counter
from datetime import timedelta

import httpx2
import pytest

from core import clock
from core.outbox import OutboxRow
from core.settings import Settings
from invoicing.backends.models import Account
from invoicing.backends.rules import AccountState
from invoicing.models import InvoiceRequest
from invoicing.rules.parts import Limits
from invoicing.rules.sales import HoldReason
from invoicing.rules.states import RequestState
from invoicing.rules.terms import Terms, is_frozen
from invoicing.service import let_go_on, request_invoice, set_terms
from invoicing.service.capacity import Capacity, unprintable
from invoicing.service.holding import take_first
from invoicing.service.issuing import Send, next_step
from tests.scene import tell_everyone
from tests.scenes.invoicing import (
    OFFICE,
    a_buyer,
    a_code,
    an_account,
    recovered,
    rows_of,
    seller_id_of,
    work,
)
from tests.scenes.orders import Shelf, a_shelf

S = RequestState


async def asked(shelf: Shelf, number: int = 1) -> list[InvoiceRequest]:
    for code in [await a_code(shelf) for _ in range(number)]:
        await request_invoice(codes=[code], buyer=a_buyer())
    return list(await rows_of())


async def rules(shelf: Shelf, **said: object) -> int:
    entity = await seller_id_of(shelf.store_id)
    await set_terms(scope=OFFICE, tax_entity_id=entity, rules=said)
    return entity


async def held() -> list[HoldReason]:
    return [row.hold for row in await rows_of("held")]


async def test_a_held_line_drains_in_its_order_when_somebody_has_logged_in(
    shop: Settings, http: httpx2.AsyncClient
) -> None:
    shelf = await a_shelf(units=20)
    await http.post("/_sim/tax/settings", json={"logged_out": True})
    rows = await asked(shelf, 4)
    await tell_everyone()
    assert {row.state for row in await rows_of()} == {S.HELD}
    assert HoldReason.ACCOUNT in await held()
    assert (await Account.get()).state is AccountState.LOGIN
    await http.post("/_sim/tax/settings", json={"logged_out": False})
    await recovered()
    await work(http)

    theirs = (await http.get("/_sim/tax/invoices")).json()
    assert {one["order_no"] for one in theirs} == {row.request_no for row in rows}
    sent = [row.sent_at for row in await rows_of()]
    assert sent == sorted(at for at in sent if at)
    assert {row.alarm for row in await rows_of()} == {""}


@pytest.mark.usefixtures("db")
async def test_the_sellers_own_limit_of_the_month_holds_and_is_said_once() -> None:
    shelf = await a_shelf(units=20)
    entity = await rules(shelf, month_quota_fen=80_000)  # two of 353.10 without tax
    rows = await asked(shelf, 4)

    steps = [await next_step(row.id) for row in rows]

    assert [isinstance(step, Send) for step in steps] == [True, True, False, False]
    assert await held() == [HoldReason.QUOTA, HoldReason.QUOTA]
    told = await OutboxRow.filter(name="invoicing.drain", done_at=None).count()
    assert told == 1
    await rules(shelf, month_quota_fen=None)
    assert await let_go_on(entity) == 1
    taken = await take_first(entity, 0)
    assert taken == rows[2].id
    assert isinstance(await next_step(rows[2].id), Send)


@pytest.mark.usefixtures("db")
async def test_a_seller_that_is_switched_off_or_files_sends_nothing() -> None:
    shelf = await a_shelf(units=20)
    await rules(shelf, is_active=False)
    [row] = await asked(shelf)
    assert await next_step(row.id) is None
    assert await held() == [HoldReason.SELLER_OFF]
    today = clock.shop_day(clock.now()).day
    entity = await rules(shelf, is_active=True, frozen_from=today, frozen_until=today)
    await take_first(entity, 0)
    assert await next_step(row.id) is None
    assert await held() == [HoldReason.FROZEN]
    await rules(shelf, frozen_from=0, frozen_until=0)
    await take_first(entity, 0)

    assert isinstance(await next_step(row.id), Send)


def test_filing_days_are_days_of_the_month() -> None:
    terms, day = Terms(frozen_from=1, frozen_until=15), clock.shop_day(clock.now()).replace(day=15)

    assert is_frozen(day, terms)
    assert not is_frozen(day + timedelta(days=1), terms)
    assert not is_frozen(day, Terms())


@pytest.mark.usefixtures("db")
async def test_load_is_spread_over_accounts_by_weight_and_then_fixed() -> None:
    shelf = await a_shelf(units=40)
    entity = await seller_id_of(shelf.store_id)
    one, two = [await an_account(entity, point=f"{n}", weight=n) for n in (1, 2)]
    rows = await asked(shelf, 9)
    for row in rows:
        assert isinstance(await next_step(row.id), Send)

    assert Counter(row.account_id for row in await rows_of()) == {one.id: 3, two.id: 6}


@pytest.mark.usefixtures("db")
async def test_one_sick_account_stops_no_other() -> None:
    shelf = await a_shelf(units=40)
    entity = await seller_id_of(shelf.store_id)
    sick = await an_account(entity, point="1", state=AccountState.FACE)
    well = await an_account(entity, point="2")
    poor = await an_account(entity, point="3", quota_fen=100)
    for row in await asked(shelf, 3):
        assert isinstance(await next_step(row.id), Send)

    assert {row.account_id for row in await rows_of()} == {well.id}
    assert {sick.id, poor.id}.isdisjoint({well.id})


@pytest.mark.usefixtures("db")
async def test_a_request_stays_with_the_account_it_was_first_sent_to() -> None:
    shelf = await a_shelf(units=40)
    entity = await seller_id_of(shelf.store_id)
    first = await an_account(entity, point="1")
    [row] = await asked(shelf)
    await next_step(row.id)
    await InvoiceRequest.filter(id=row.id).update(state=S.QUEUED)
    await Account.filter(id=first.id).update(state=AccountState.LOGIN)
    second = await an_account(entity, point="2")

    assert await next_step(row.id) is None
    assert await held() == [HoldReason.ACCOUNT]
    assert (await rows_of())[0].account_id == first.id != second.id


@pytest.mark.usefixtures("db")
async def test_newcomers_queue_behind_those_who_wait() -> None:
    shelf = await a_shelf(units=40)
    first, second = await asked(shelf, 2)
    await InvoiceRequest.filter(id=first.id).update(state=S.HELD, hold=HoldReason.ACCOUNT)

    assert await next_step(second.id) is None
    assert await held() == [HoldReason.ACCOUNT, HoldReason.QUEUE]


def test_what_a_tax_disc_cannot_print_is_known_before_it_is_sent() -> None:
    disc = Capacity(1, frozenset(), Limits(), is_unicode=False, most_name=90)

    assert unprintable("上海㐂乐𠀀商贸", is_unicode=False) == "㐂𠀀"
    assert unprintable("上海㐂乐𠀀商贸", is_unicode=True) == ""
    assert disc.can_print("上海商贸（集团）")
    assert not disc.can_print("㐂乐")
