"""Accounts at tax backends: enrolled, weighed, held, and what their health makes of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.database import sql
from core.events import listeners, on
from core.settings import Settings, configure
from invoicing.backends.errors import AccountTaken, AccountUnfit, AccountUnknown
from invoicing.backends.events import BackendBack, BackendDown
from invoicing.backends.missing import Missing
from invoicing.backends.nuonuo.gateway import Nuonuo
from invoicing.backends.port import Health, Held, Hold, Unknown
from invoicing.backends.queries import (
    AccountState,
    AccountView,
    Adapter,
    account_of,
    accounts_of,
    backend_of,
)
from invoicing.backends.service import (
    AccountDraft,
    change_account,
    enrol_account,
    hold_account,
    note_health,
    note_held,
    resume_account,
    rotate_secrets,
    usable_accounts,
)
from tests.scene import tell_everyone
from tests.scenes.people import head_office
from tests.scenes.stores import a_store
from trade.stores.errors import SellerNotFound
from trade.stores.queries import seller_of

WELL = Health(is_logged_in=True, quota_fen=5_000_000)
SECRETS = {"app_key": "k", "secret": "s", "access_token": "t"}


async def a_draft(**more: Any) -> AccountDraft:
    seller = await seller_of((await a_store()).id)
    facts = {"adapter": Adapter.NUONUO, "name": "诺诺一", "base_url": "https://sdk.example.cn"}
    return AccountDraft(tax_entity_id=seller.tax_entity_id, **{**facts, **more})


async def an_account(**more: Any) -> AccountView:
    draft = await a_draft(**more)
    return await enrol_account(scope=head_office(), draft=draft, secrets=SECRETS)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The names of the news that were heard."""
    heard: list[str] = []

    @on(BackendDown)
    async def hear_down(event: BackendDown) -> None:
        heard.append(f"{event.name} {event.state}")

    @on(BackendBack)
    async def hear_back(event: BackendBack) -> None:
        heard.append(event.name)

    yield heard
    for one in (hear_down, hear_back):
        del listeners[f"{__name__}.{one.__name__}"]


async def state(account: AccountView) -> AccountState:
    found = await account_of(account.id)
    assert found is not None
    return found.state


@pytest.mark.usefixtures("db")
async def test_a_seller_whose_settings_name_no_provider_has_no_account(settings: Settings) -> None:
    configure(settings.model_copy(update={"tax_provider": None}))
    seller = (await a_draft()).tax_entity_id
    assert await usable_accounts(seller) == []
    assert isinstance(await backend_of(0), Missing)


async def test_the_account_of_the_settings_is_made_once(shop: Settings) -> None:
    seller = (await a_draft()).tax_entity_id

    [first], [again] = await usable_accounts(seller), await usable_accounts(seller)

    assert first == again
    assert first.is_of_settings
    assert isinstance(await backend_of(first.id), Nuonuo)


@pytest.mark.usefixtures("db")
async def test_secrets_are_sealed_and_replaced_one_by_one() -> None:
    account = await an_account()
    await rotate_secrets(
        scope=head_office(), public_id=account.public_id, secrets={"secret": "new", "app_key": ""}
    )

    [row] = await sql("SELECT credentials FROM backends_account")
    assert "new" not in row["credentials"]
    backend = await backend_of(account.id)
    assert isinstance(backend, Nuonuo)
    assert (backend._access.secret, backend._access.app_key) == ("new", "k")
    assert "new" not in repr(backend._access)


@pytest.mark.usefixtures("db")
async def test_two_accounts_of_one_seller_have_two_points() -> None:
    draft = await a_draft()
    await enrol_account(scope=head_office(), draft=draft, secrets=SECRETS)
    with pytest.raises(AccountTaken):
        await enrol_account(scope=head_office(), draft=draft, secrets=SECRETS)
    await enrol_account(scope=head_office(), draft=replace(draft, point="2"), secrets=SECRETS)

    assert [one.point for one in await accounts_of(draft.tax_entity_id)] == ["", "2"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("change", "said", "field"),
    [
        ({"name": " "}, SECRETS, "name"),
        ({"point": "一号"}, SECRETS, "point"),
        ({"base_url": "file:///etc/passwd"}, SECRETS, "base_url"),
        ({"weight": 0}, SECRETS, "weight"),
        ({"most_fen": -1}, SECRETS, "most_fen"),
        ({"most_lines": 5000}, SECRETS, "most_lines"),
        ({}, {**SECRETS, "secret": ""}, "secret"),
        ({"adapter": Adapter.BRIDGE}, {}, "point"),
    ],
)
async def test_an_odd_account_is_refused_with_its_field(
    change: dict[str, Any], said: dict[str, str], field: str
) -> None:
    draft = await a_draft(**change)
    with pytest.raises(AccountUnfit) as refused:
        await enrol_account(scope=head_office(), draft=draft, secrets=said)

    assert refused.value.facts["field"] == field


@pytest.mark.usefixtures("db")
async def test_nobody_enrols_for_a_seller_that_is_not_there() -> None:
    draft = replace(await a_draft(), tax_entity_id=999_999)
    with pytest.raises(SellerNotFound):
        await enrol_account(scope=head_office(), draft=draft, secrets=SECRETS)
    with pytest.raises(AccountUnknown):
        await hold_account(scope=head_office(), public_id="tba_nothing")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Health(is_logged_in=False), AccountState.LOGIN),
        (Health(is_logged_in=True, needs_face=True), AccountState.FACE),
        (Health(is_logged_in=True, quota_fen=0), AccountState.QUOTA),
        (Health(is_logged_in=True, numbers_left=0), AccountState.NUMBERS),
        (Health(is_logged_in=True, hold=Hold.BUREAU), AccountState.BUREAU),
        (WELL, AccountState.READY),
    ],
)
async def test_health_says_whether_an_account_issues(
    answer: Health, expected: AccountState
) -> None:
    account = await an_account()

    await note_health(account.id, answer)

    assert await state(account) is expected
    usable = await usable_accounts(account.tax_entity_id)
    assert bool(usable) is (expected is AccountState.READY)


@pytest.mark.usefixtures("db")
async def test_going_down_and_coming_back_is_told_once(told: list[str]) -> None:
    account = await an_account()
    for answer in (Health(is_logged_in=False), Health(is_logged_in=False), WELL, WELL):
        await note_health(account.id, answer)
        await tell_everyone()

    assert told == ["backends.down login", "backends.back"]


@pytest.mark.usefixtures("db")
async def test_silence_counts_after_three_checks() -> None:
    account = await an_account()
    seen = [await note_health(account.id, Unknown("ReadTimeout")) for _ in range(3)]
    assert seen == [AccountState.READY, AccountState.READY, AccountState.SILENT]

    assert await note_health(account.id, WELL) is AccountState.READY


@pytest.mark.usefixtures("db")
async def test_a_hold_by_hand_outlasts_good_health() -> None:
    account = await an_account()
    await hold_account(scope=head_office(), public_id=account.public_id)
    assert await note_health(account.id, WELL) is AccountState.HELD
    assert await note_held(account.id, Held("1", "login", Hold.LOGIN)) is AccountState.HELD

    await resume_account(scope=head_office(), public_id=account.public_id)
    assert await state(account) is AccountState.READY


@pytest.mark.usefixtures("db")
async def test_a_refused_request_holds_its_account_and_a_late_one_does_not(
    told: list[str],
) -> None:
    account = await an_account()
    await note_held(account.id, Held("E9613", "too often today", Hold.LATER))
    assert await state(account) is AccountState.READY

    await note_held(account.id, Held("070307", "not logged in", Hold.LOGIN))
    assert await state(account) is AccountState.LOGIN
    await tell_everyone()
    assert told == ["backends.down login"]


@pytest.mark.usefixtures("db")
async def test_an_account_that_is_switched_off_takes_nothing_new() -> None:
    account = await an_account()
    await change_account(
        scope=head_office(), public_id=account.public_id, weight=3, most_fen=10_000, is_active=False
    )

    assert await usable_accounts(account.tax_entity_id) == []
    changed = await account_of(account.id)
    assert changed is not None
    assert (changed.weight, changed.most_fen) == (3, 10_000)
