import pytest
from tortoise.exceptions import IntegrityError

from core.security.scope import Role
from core.upsert import Upserted
from tests.scenes.stores import a_franchisee, a_member_of_staff, a_store, a_tax_entity
from trade.stores.errors import StoreNotFound
from trade.stores.models import Store
from trade.stores.queries import (
    all_stores,
    find_staff_by_user,
    find_store,
    get_store,
    open_stores_near,
    seller_of,
    staff_of_store,
    stores_of,
)
from trade.stores.rules import StoreKind
from trade.stores.service import StoreDraft, put_stores

pytestmark = pytest.mark.usefixtures("db")


async def test_a_store_is_found_by_id_and_by_code() -> None:
    store = await a_store(name="徐汇店")
    found = await find_store(store.code)

    assert found == await get_store(store.id)
    assert found.name == "徐汇店"
    assert await find_store("nowhere") is None
    with pytest.raises(StoreNotFound):
        await get_store(999)


async def test_asking_for_no_store_answers_none() -> None:
    store = await a_store()

    assert await stores_of([]) == []
    assert [view.id for view in await stores_of([store.id, 999])] == [store.id]
    assert [view.id for view in await all_stores()] == [store.id]


async def test_the_seller_is_the_tax_entity_of_the_store() -> None:
    seller = await a_tax_entity(name="木棠家居（杭州）有限公司", drawer="顾清")
    store = await a_store(tax_entity=seller)
    found = await seller_of(store.id)

    assert (found.tax_entity_id, found.name, found.drawer) == (seller.id, seller.name, "顾清")
    with pytest.raises(StoreNotFound):
        await seller_of(999)


async def test_nearby_are_the_open_stores_by_distance() -> None:
    here = await a_store(latitude=31.23, longitude=121.47)
    far = await a_store(latitude=30.27, longitude=120.15)
    near = await a_store(latitude=31.22, longitude=121.44)
    _ = await a_store(latitude=31.23, longitude=121.47, is_open=False)
    found = await open_stores_near(here.id, limit=5)

    assert [each.store.id for each in found] == [near.id, far.id]
    assert found[0].distance_m < 4_000
    assert found[1].distance_m > 150_000
    assert len(await open_stores_near(here.id, limit=1)) == 1


async def test_a_franchise_store_without_an_owner_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="stores_store_owner_check"):
        _ = await a_store(kind=StoreKind.FRANCHISE)


async def test_a_guide_without_a_store_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="stores_staff_store_check"):
        _ = await a_member_of_staff(Role.GUIDE, store=None)


async def test_those_who_left_are_found_but_work_nowhere() -> None:
    store = await a_store()
    here = await a_member_of_staff(store=store)
    gone = await a_member_of_staff(store=store, is_active=False)
    found = await find_staff_by_user(gone.user_id)

    assert found
    assert not found.is_active
    assert [view.id for view in await staff_of_store(store.id)] == [here.id]
    assert await find_staff_by_user("nobody") is None


async def test_putting_stores_adds_corrects_and_then_changes_nothing() -> None:
    seller, owner = await a_tax_entity(), await a_franchisee()

    def drafts(phone: str) -> list[StoreDraft]:
        return [
            StoreDraft(
                code=code,
                name=f"木棠{code}",
                kind=StoreKind.FRANCHISE,
                region="华东",
                city="苏州",
                address="观前街 1 号",
                phone=phone,
                hours="10:00-22:00",
                latitude=31.31,
                longitude=120.63,
                has_till=True,
                is_open=True,
                tax_entity_id=seller.id,
                franchisee_id=owner.id,
            )
            for code in ("A", "B")
        ]

    first = await put_stores(drafts("0512-1"))
    again = await put_stores(drafts("0512-1"))
    corrected = await put_stores(drafts("0512-2")[:1])

    assert (first, again) == (Upserted(new=2), Upserted(same=2))
    assert corrected == Upserted(changed=1)
    phones = [store.phone for store in await Store.all().order_by("code")]
    assert phones == ["0512-2", "0512-1"]
