"""Partners and their keys: shown once, bound to rights and stores, ended at once."""

from datetime import timedelta

import pytest

from core import clock
from core.audit_log import AuditRow
from core.database import sql
from core.security.api_keys import (
    ApiKeyRow,
    KeyRefused,
    PartnerNameTaken,
    PartnerUnfit,
    PartnerUnknown,
    add_partner,
    partner_named,
    partners,
    renew_key,
    revoke_keys,
    scope_of_key,
)
from core.security.scope import NOTHING, Grant, Role

pytestmark = pytest.mark.usefixtures("db")
TILL = [Grant.TILL_WRITE]


async def test_a_key_opens_its_partners_rights_and_is_not_kept_as_it_is() -> None:
    made = await add_partner(name="till", grants=TILL, store_ids=[2, 1], by="cli")
    scope = await scope_of_key(made.token)

    assert (scope.role, scope.actor) == (Role.PARTNER, f"partner:{made.partner_id}")
    assert scope.store_ids == {1, 2}
    assert scope.grants == {Grant.TILL_WRITE}
    assert not scope.sees_store(3)
    assert scope.members_q() == NOTHING
    kept = str(await sql("SELECT * FROM core_api_key"))
    assert made.token.rpartition("_")[2] not in kept


async def test_a_partner_of_all_stores_sees_every_store_and_no_member() -> None:
    made = await add_partner(name="erp", grants=[Grant.ORDERS_READ], store_ids=None, by="cli")
    scope = await scope_of_key(made.token)

    assert scope.sees_store(99)
    assert scope.members_q() == NOTHING


@pytest.mark.parametrize(
    "token", ["", "dgk_", "dgk_a_b", "dgk_\0_x", "dgk_é_x", "dgk_" + "a" * 500]
)
async def test_a_key_nobody_gave_out_opens_nothing(token: str) -> None:
    with pytest.raises(KeyRefused):
        await scope_of_key(token)


async def test_a_prefix_alone_or_with_another_secret_opens_nothing() -> None:
    made = await add_partner(name="till", grants=TILL, store_ids=[1], by="cli")
    for token in (f"dgk_{made.prefix}_", made.token + "x", made.token[:-1]):
        with pytest.raises(KeyRefused):
            await scope_of_key(token)


async def test_an_expired_and_a_revoked_key_open_nothing() -> None:
    made = await add_partner(name="till", grants=TILL, store_ids=[1], by="cli")
    other = await renew_key(name="till", by="cli")
    await ApiKeyRow.filter(prefix=made.prefix).update(expires_at=clock.now())

    assert await revoke_keys(name="till", prefix=other.prefix, by="cli") == 1
    assert await revoke_keys(name="till", prefix=other.prefix, by="cli") == 0
    for token in (made.token, other.token):
        with pytest.raises(KeyRefused):
            await scope_of_key(token)


async def test_a_renewed_key_and_the_old_one_open_side_by_side_for_the_overlap() -> None:
    old = await add_partner(name="till", grants=TILL, store_ids=[1], by="cli")
    new = await renew_key(name="till", by="cli", overlap=timedelta(hours=1))

    assert await scope_of_key(old.token) == await scope_of_key(new.token)
    row = await ApiKeyRow.get(prefix=old.prefix)
    assert row.expires_at <= clock.now() + timedelta(hours=1)
    assert (await ApiKeyRow.get(prefix=new.prefix)).expires_at == new.expires_at


async def test_the_last_use_is_remembered_and_every_change_is_on_record() -> None:
    made = await add_partner(name="till", grants=TILL, store_ids=[1], by="staff:1")
    await scope_of_key(made.token)
    await revoke_keys(name="till", by="staff:1")
    [view] = await partners()

    assert view.keys[0].last_used_at is not None
    assert view.keys[0].revoked_at is not None
    assert await AuditRow.all().values_list("actor", "action") == [
        ("staff:1", "partner.add"),
        ("staff:1", "partner.revoke"),
    ]


async def test_who_cannot_be_a_partner_is_refused() -> None:
    await add_partner(name="till", grants=TILL, store_ids=[1], by="cli")
    with pytest.raises(PartnerNameTaken):
        await add_partner(name="till", grants=TILL, store_ids=[1], by="cli")
    for grants, stores, days in (([], [1], 9), (TILL, [], 9), (TILL, [1], 999), (TILL, [1], 0)):
        life = timedelta(days=days)
        with pytest.raises(PartnerUnfit):
            await add_partner(name="x", grants=grants, store_ids=stores, by="cli", life=life)
    for work in (partner_named("nobody"), renew_key(name="nobody", by="cli")):
        with pytest.raises(PartnerUnknown):
            await work
