"""Accounts are looked at: who is due, what is asked how often, and who gets the link to log in."""

from datetime import timedelta

import httpx2
import pytest

from core import clock
from core.database import sql
from core.settings import Settings
from invoicing.backends import audit, checking
from invoicing.backends.errors import AccountUnknown
from invoicing.backends.queries import AccountState, AccountView, account_of, all_accounts
from invoicing.backends.rules import is_due, wants_quota
from invoicing.backends.service import check_account, usable_accounts
from tests.scenes.auditing import overlooked_of
from tests.scenes.invoicing import SELLER_TAX_NO
from tests.scenes.stores import a_store
from trade.stores.queries import seller_of

MINUTE = timedelta(minutes=1)


async def the_account() -> AccountView:
    """The settings' own, of a seller that the played provider knows."""
    seller = await seller_of((await a_store()).id)
    await sql("UPDATE stores_tax_entity SET tax_no = $1", SELLER_TAX_NO)
    [account] = await usable_accounts(seller.tax_entity_id)
    return account


async def again(account: AccountView) -> AccountView:
    found = await account_of(account.id)
    assert found is not None
    return found


async def test_a_look_notes_login_and_quota(shop: Settings, http: httpx2.AsyncClient) -> None:
    account = await the_account()
    await http.post("/_sim/tax/settings", json={"credit_line": "5000.00"})
    assert await check_account(public_id=account.public_id) is AccountState.READY

    seen = await again(account)
    assert (seen.quota_fen, seen.is_low) == (500_000, True)
    await http.post("/_sim/tax/settings", json={"credit_line": "0.00"})
    assert await checking.look(account.id) is AccountState.READY  # the quota was just asked for
    assert await check_account(public_id=account.public_id) is AccountState.QUOTA


async def test_who_lost_the_login_gets_the_link_until_it_is_back(
    shop: Settings, http: httpx2.AsyncClient
) -> None:
    account = await the_account()
    await http.post("/_sim/tax/settings", json={"logged_out": True})
    assert await checking.look(account.id) is AccountState.LOGIN
    assert (await again(account)).login_url.startswith("http")

    await http.post("/_sim/tax/settings", json={"logged_out": False})
    assert await checking.look(account.id) is AccountState.READY
    assert (await again(account)).login_url == ""


@pytest.mark.usefixtures("shop")
async def test_each_account_that_is_due_is_owed_one_look() -> None:
    account = await the_account()
    for _ in range(2):
        await checking.owe_looks()
    owed = await sql("SELECT payload FROM core_outbox WHERE name = 'backends.look'")
    assert len(owed) == 1

    assert await checking.look(0) is None
    with pytest.raises(AccountUnknown):
        await check_account(public_id="tba_nothing")
    assert [one.id for one in await all_accounts()] == [account.id]


@pytest.mark.parametrize(
    ("state", "minutes", "expected"),
    [
        (AccountState.READY, 14, False),
        (AccountState.READY, 15, True),
        (AccountState.LOGIN, 5, True),
        (AccountState.QUOTA, 89, False),
        (AccountState.QUOTA, 90, True),
        (AccountState.HELD, 59, False),
    ],
)
def test_the_sick_are_looked_at_more_often(
    state: AccountState, minutes: int, *, expected: bool
) -> None:
    at = clock.now()

    assert is_due(state, at - minutes * MINUTE, at) is expected
    assert is_due(state, None, at)


def test_a_quota_is_asked_for_less_than_twenty_times_a_day() -> None:
    at = clock.now()
    asked, last = 0, None
    for minute in range(24 * 60):
        if wants_quota(last, at + minute * MINUTE):
            asked, last = asked + 1, at + minute * MINUTE

    assert asked == 16


@pytest.mark.usefixtures("shop")
async def test_the_auditor_names_who_is_down_or_forgotten() -> None:
    await the_account()
    down = "UPDATE backends_account SET state = 'login', down_since = now() - interval '3 hours'"
    old = "UPDATE backends_account SET created_at = now() - interval '4 hours'"
    wanted = {"backends.down": [down], "backends.unseen": [old]}

    assert await overlooked_of(wanted, {"backends"}) == []
    assert await audit.nobody_is_down_for_hours() == []
