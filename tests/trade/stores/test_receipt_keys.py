from datetime import UTC, datetime

import pytest

from core.audit import Finding
from core.security.receipt_code import check, mint, read
from core.security.rotation import rotate
from tests.scenes.stores import a_store
from trade.stores.audit import every_store_can_sign_its_receipts
from trade.stores.errors import ReceiptKeyNotFound, StoreNotFound
from trade.stores.models import StoreKey
from trade.stores.queries import (
    device_key,
    device_of_key,
    receipt_key,
    receipt_key_of,
    seller_of,
    signing_store,
)
from trade.stores.service import make_device_key, refuse_device_keys, renew_receipt_key

pytestmark = pytest.mark.usefixtures("db")

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_a_code_names_the_key_and_the_key_names_the_store() -> None:
    store = await a_store()
    key = await receipt_key_of(store.id)
    code = mint(key, store_id=store.id, order_key=1, amount_fen=39_900, at=AT)
    store_id, found = await receipt_key(read(code).kid)

    assert (store_id, found) == (store.id, key)
    assert check(code, found).amount_fen == 39_900


async def test_a_key_names_the_store_its_name_and_its_seller_in_one_question() -> None:
    store = await a_store()
    key = await receipt_key_of(store.id)
    found = await signing_store(key.kid)

    assert (found.id, found.name, found.key) == (store.id, store.name, key)
    assert found.seller == await seller_of(store.id)


async def test_a_new_key_signs_and_the_old_one_is_still_read() -> None:
    store = await a_store()
    old = await receipt_key_of(store.id)
    kid = await renew_receipt_key(store.id)

    assert (await receipt_key_of(store.id)).kid == kid != old.kid
    assert await receipt_key(old.kid) == (store.id, old)


async def test_every_store_has_a_secret_of_its_own_that_never_stands_in_the_table() -> None:
    first, second = await a_store(), await a_store()
    keys = [await receipt_key_of(store.id) for store in (first, second)]

    assert keys[0].secret != keys[1].secret
    for row in await StoreKey.all():
        assert row.secret.startswith("v1.")
        assert all(key.secret.hex() not in row.secret for key in keys)


async def test_unknown_keys_and_stores_are_refused() -> None:
    with pytest.raises(ReceiptKeyNotFound):
        await receipt_key(4_711)
    with pytest.raises(ReceiptKeyNotFound):
        await receipt_key_of(4_711)
    with pytest.raises(StoreNotFound):
        await renew_receipt_key(4_711)


async def test_the_auditor_finds_a_store_without_key_and_a_key_moved_to_another_row() -> None:
    store, other = await a_store(code="S1"), await a_store()
    sound = await every_store_can_sign_its_receipts()
    mine, theirs = await StoreKey.get(store_id=store.id), await StoreKey.get(store_id=other.id)
    await StoreKey.filter(id=theirs.id).update(secret=mine.secret)
    await mine.delete()

    assert sound == []
    assert await every_store_can_sign_its_receipts() == [
        Finding("stores.receipt_keys", "S1", "has no key"),
        Finding("stores.receipt_keys", f"kid {theirs.id}", "cannot be read"),
    ]


async def test_the_keys_are_among_the_columns_that_a_rotation_rewrites() -> None:
    _ = await a_store()
    rotated = [(each.table, each.unreadable) for each in await rotate()]

    assert ("stores_key", ()) in rotated


async def test_a_device_signs_with_keys_of_its_own_and_a_stolen_one_is_refused() -> None:
    store, other = await a_store(), await a_store()
    own = await receipt_key_of(store.id)
    kid = await make_device_key(store.id, device="box:1")
    spared = await make_device_key(other.id, device="box:2")
    made = await device_key("box:1")
    assert made is not None

    assert (made[1].kid, (await receipt_key_of(store.id)).kid) == (kid, own.kid)
    assert await receipt_key(kid) == (store.id, made[1])
    assert [await device_of_key(each) for each in (kid, own.kid, 4_711)] == ["box:1", "", ""]
    assert [await refuse_device_keys("box:1") for _ in range(2)] == [1, 0]
    with pytest.raises(ReceiptKeyNotFound):
        await receipt_key(kid)
    with pytest.raises(ReceiptKeyNotFound):
        await signing_store(kid)
    assert (await receipt_key(spared))[0] == other.id
    assert await refuse_device_keys("") == 0
    with pytest.raises(StoreNotFound):
        await make_device_key(4_711, device="box:3")
