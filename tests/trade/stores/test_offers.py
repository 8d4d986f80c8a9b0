"""What owners say about their stores: deliveries, hours, and whether their goods serve others."""

from datetime import date

import pytest

from core.audit_log import AuditRow
from tests.scenes.stores import a_franchisee, a_store
from trade.stores.errors import BadHours, NotLendable, StoreNotFound
from trade.stores.queries import get_store, offers
from trade.stores.service import DeliveryTerms, set_deliveries, set_hours, set_lending

pytestmark = pytest.mark.usefixtures("db")
TERMS = DeliveryTerms(
    offers_pickup=False, offers_express=True, city_radius_m=3_000, city_fee_fen=500
)


async def test_a_store_offers_what_was_said_of_it() -> None:
    store = await a_store()
    before = await get_store(store.id)
    await set_deliveries(store.id, TERMS, actor="head_office:1")
    after = await get_store(store.id)

    asked = ("pickup", "express", "city", "taken", "drone")
    assert [offers(before, each) for each in asked] == [True, True, False, True, False]
    assert [offers(after, each) for each in asked] == [False, True, True, True, False]
    assert (after.city_fee_fen, after.city_minimum_fen) == (500, 0)


async def test_hours_replace_the_text_for_machines() -> None:
    store = await a_store(hours="10:00-22:00")
    week = [((540, 1080),)] * 6 + [()]
    holiday = date(2026, 10, 1)
    await set_hours(store.id, week=week, special={holiday: ()}, actor="head_office:1")
    hours = (await get_store(store.id)).opening_hours

    assert hours
    assert hours.week == (((540, 1080),),) * 6 + ((),)
    assert hours.on(holiday) == ()
    for bad in ([()] * 6, [((1440, 10),)] * 7):
        with pytest.raises(BadHours):
            await set_hours(store.id, week=bad, special={}, actor="x")


async def test_only_the_goods_of_another_companys_store_can_be_lent_or_kept() -> None:
    theirs, ours = await a_store(franchisee=await a_franchisee()), await a_store()
    before = (await get_store(theirs.id)).lends_stock
    await set_lending(theirs.id, lends_stock=True, actor="franchisee:9")

    assert (before, (await get_store(theirs.id)).lends_stock) == (False, True)
    rows = await AuditRow.filter(actor="franchisee:9")
    assert [row.action for row in rows] == ["stores.lending_set"]
    with pytest.raises(NotLendable):
        await set_lending(ours.id, lends_stock=True, actor="x")


async def test_of_a_store_nobody_knows_nothing_is_said() -> None:
    with pytest.raises(StoreNotFound):
        await set_deliveries(999, TERMS, actor="x")
    with pytest.raises(StoreNotFound):
        await set_lending(999, lends_stock=True, actor="x")
    with pytest.raises(StoreNotFound):
        await set_hours(999, week=[()] * 7, special={}, actor="x")
