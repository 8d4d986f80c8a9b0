"""Invoices that wait are told to those who can do something, once, and name no buyer."""

import pytest

from bot.invoices import tell_of_account, tell_of_expired, tell_of_hold, tell_of_red
from core import clock
from core.security.scope import Role
from crm.people.models import MessageIntent
from invoicing.backends.events import BackendDown
from invoicing.events import InvoiceHeld, RequestExpired
from invoicing.reds.events import RedWaits
from tests.scenes.stores import a_member_of_staff, a_store

pytestmark = pytest.mark.usefixtures("db")


async def test_head_office_and_the_stores_manager_are_told_once() -> None:
    store = await a_store()
    office = await a_member_of_staff(role=Role.HEAD_OFFICE)
    manager = await a_member_of_staff(role=Role.STORE_MANAGER, store=store)
    _ = await a_member_of_staff(store=store)
    at, entity = clock.now(), store.tax_entity_id
    down = BackendDown(1, entity, "login", "请扫码", "https://tax.example.cn/qr", at)
    held = InvoiceHeld(entity, 0, store.id, "2611220000ABCDEF", "quota", "", at)
    red = RedWaits(7, 9, store.id, entity, "reminder", at)
    for _ in range(2):
        await tell_of_account(down)
        await tell_of_hold(held)
        await tell_of_red(red)

    told = await MessageIntent.all().order_by("id")
    assert [one.staff_id for one in told] == [
        office.id,
        *(office.id, manager.id),
        *(office.id, manager.id),
    ]
    assert all("/console/invoices/" in one.text for one in told)


async def test_what_an_account_holds_is_told_by_the_account_alone() -> None:
    store = await a_store()
    _ = await a_member_of_staff(role=Role.HEAD_OFFICE)
    held = InvoiceHeld(
        store.tax_entity_id, 1, store.id, "2611220000ABCDEF", "account", "", clock.now()
    )
    await tell_of_hold(held)

    assert await MessageIntent.all().count() == 0


async def test_a_receipt_that_never_came_is_told_to_the_store() -> None:
    store = await a_store()
    manager = await a_member_of_staff(role=Role.STORE_MANAGER, store=store)
    for _ in range(2):
        await tell_of_expired(RequestExpired("2611220000ABCDEF", store.id, clock.now()))

    [told] = await MessageIntent.all()
    assert told.staff_id == manager.id
    assert store.name in told.text
