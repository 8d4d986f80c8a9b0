"""Old memberships are claimed, people join by phone or e-mail, and every id says whose it is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core import clock
from core.errors import NotConfigured
from core.ledger import Account, AccountKind, balance
from core.security.scope import Role
from core.security.sessions import scope_of
from core.settings import Settings, configure
from crm.people import identities
from crm.people.errors import (
    BadCard,
    BadEmail,
    BadPhone,
    ClaimRefused,
    CodeRefused,
    IdTaken,
    PhoneTaken,
)
from crm.people.models import Identity, Match, Member, OneTimeCode
from crm.people.queries import IdKind, find_member_by_id, id_of, ids_of, member_known_as
from crm.people.rules import Entrance
from crm.people.service import (
    claim_card,
    convert_contact_id,
    give_card,
    know_contact,
    register_by_code,
    save_email,
    save_phone,
    send_code,
    sign_in,
)
from crm.people.service.registering import GOOD_FOR, _hash, contact_of
from sandbox.world import World
from tests.crm.people.test_merging import given_units
from tests.scenes.people import (
    a_member,
    login_code,
    phone_code,
    played,
    with_open_id,
    with_phone,
)

pytestmark = pytest.mark.usefixtures("db")
CORP = "ww-corp"


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


async def an_old_member(phone: str = "13800138000", card: str = "CARD-1001") -> Member:
    """Known from the till alone, with 500 points."""
    member = await with_phone(await a_member(), phone)
    await give_card(member_id=member.id, card_no=card, source="import")
    await given_units(member, 500, f"old-{member.id}")
    return member


async def points_of(member_id: int) -> int:
    return await balance(Account(AccountKind.POINTS, f"member:{member_id}"))


async def test_an_old_membership_is_claimed_by_its_phone(world: World) -> None:
    _ = await an_old_member()
    done = await sign_in(code=login_code(world))
    await save_phone(member_id=done.member_id, code=phone_code(world))

    assert await points_of(done.member_id) == 500
    assert await member_known_as("CARD-1001") == done.member_id


async def test_an_old_membership_is_claimed_by_card_and_the_end_of_its_phone() -> None:
    _ = await an_old_member()
    online = await with_open_id(await a_member(), "wx", "o-1")
    for _ in range(2):
        await claim_card(member_id=online.id, card_no=" card-1001", phone_end="8000")

    assert await points_of(online.id) == 500


@pytest.mark.parametrize(
    ("card", "end"), [("CARD-1001", "1234"), ("CARD-9999", "8000"), ("CARD-1001", "")]
)
async def test_a_card_that_is_not_proven_is_refused_with_one_answer(card: str, end: str) -> None:
    old, online = await an_old_member(), await a_member()
    with pytest.raises(ClaimRefused):
        await claim_card(member_id=online.id, card_no=card, phone_end=end)

    assert await points_of(old.id) == 500


async def test_a_card_whose_owner_comes_by_wechat_is_not_claimed() -> None:
    old, online = await with_open_id(await an_old_member(), "wx", "o-1"), await a_member()
    with pytest.raises(ClaimRefused):
        await claim_card(member_id=online.id, card_no="CARD-1001", phone_end="8000")

    assert (await Member.get(id=old.id)).merged_into_id is None


@pytest.mark.parametrize("card", ["", "x", "卡" * 8, "C" * 40, "C-1'; DROP"])
async def test_what_is_no_card_is_refused(card: str) -> None:
    with pytest.raises(BadCard):
        await claim_card(member_id=(await a_member()).id, card_no=card, phone_end="8000")


async def test_a_phone_of_somebody_online_shows_the_pair_to_our_people(world: World) -> None:
    first = await with_open_id(await with_phone(await a_member()), "wx", "o-1")
    second = await a_member()
    with pytest.raises(PhoneTaken):
        await save_phone(member_id=second.id, code=phone_code(world))

    match = await Match.get()
    assert (match.one_id, match.other_id) == (first.id, second.id)


async def test_the_same_union_id_in_two_apps_is_one_person(world: World) -> None:
    done = await sign_in(code=login_code(world))
    union = await id_of(done.member_id, IdKind.UNION_ID)
    assert union is not None
    assert await find_member_by_id(IdKind.UNION_ID, union) == done.member_id


async def test_two_whom_wechat_calls_one_are_joined_at_the_next_login(world: World) -> None:
    """The union id came to another member before this app was bound to the account."""
    done = await sign_in(code=login_code(world))
    union = await id_of(done.member_id, IdKind.UNION_ID)
    assert union is not None
    await Identity.filter(member_id=done.member_id, kind=IdKind.UNION_ID).delete()
    other = await a_member()
    await identities.add(other.id, IdKind.UNION_ID, union, source="official account")
    again = await sign_in(code=login_code(world))

    assert again.member_id == done.member_id
    assert (await Member.get(id=other.id)).merged_into_id == done.member_id


async def test_wecoms_customer_is_the_member_with_the_union_id() -> None:
    member = await a_member()
    await identities.add(member.id, IdKind.UNION_ID, "u-1", source="login")
    for _ in range(2):
        known = await know_contact(external_user_id="wm-1", union_id="u-1", corp_id=CORP)
        assert known == member.id

    assert await find_member_by_id(IdKind.EXTERNAL_USERID, "wm-1", realm=CORP) == member.id
    assert await know_contact(external_user_id="wm-2", union_id="u-2", corp_id=CORP) is None
    assert await know_contact(external_user_id="", union_id="", corp_id=CORP) is None


async def test_a_converted_id_leaves_its_history() -> None:
    member, other = await a_member(), await a_member()
    for one, name in ((member, "wo-old"), (other, "wm-taken")):
        await identities.add(one.id, IdKind.EXTERNAL_USERID, name, realm=CORP, source="t")
    with pytest.raises(IdTaken):
        await convert_contact_id(old_id="wo-old", new_id="wm-taken", corp_id=CORP)
    assert await convert_contact_id(old_id="wo-old", new_id="wm-new", corp_id=CORP)
    assert not await convert_contact_id(old_id="wo-old", new_id="wm-new", corp_id=CORP)
    old = await Identity.get(known_as="wo-old")

    assert await id_of(member.id, IdKind.EXTERNAL_USERID, realm=CORP) == "wm-new"
    assert (old.until is not None, old.why_ended) == (True, "converted")


async def test_a_card_of_another_is_refused_and_a_new_card_ends_the_old_one() -> None:
    member, other = await an_old_member(), await a_member()
    with pytest.raises(IdTaken):
        await give_card(member_id=other.id, card_no="CARD-1001", source="till")
    await give_card(member_id=member.id, card_no="CARD-2002", source="till")
    shown = [(view.kind, view.until is None) for view in await ids_of(member.id)]

    assert (IdKind.TILL_CARD, True) in shown
    assert (IdKind.TILL_CARD, False) in shown
    assert await member_known_as("CARD-1001") is None


async def a_code(contact: str, digits: str = "123456") -> None:
    """As if it had been sent."""
    kind, value = contact_of(contact)
    known_as = identities.searched(kind, value)[-1]
    await OneTimeCode(
        known_as=known_as,
        code_hash=_hash(known_as, digits),
        expires_at=clock.now() + GOOD_FOR,
    ).save()


@pytest.mark.parametrize("contact", ["13800138000", "Lin@Example.com"])
async def test_somebody_joins_by_a_code_and_comes_back_as_the_same(contact: str) -> None:
    await a_code(contact)
    first = await register_by_code(contact=contact, code="123456")
    await a_code(contact.upper(), "654321")
    again = await register_by_code(contact=contact, code="654321")
    scope = await scope_of(again.token)

    assert (first.is_new, again.is_new) == (True, False)
    assert first.member_id == again.member_id
    assert scope is not None
    assert scope.role is Role.MEMBER


async def test_a_code_works_once_and_is_tried_five_times() -> None:
    await a_code("13800138000")
    await register_by_code(contact="13800138000", code="123456")
    with pytest.raises(CodeRefused):
        await register_by_code(contact="13800138000", code="123456")
    await a_code("13900139000")
    for _ in range(5):
        with pytest.raises(CodeRefused):
            await register_by_code(contact="13900139000", code="000000")
    with pytest.raises(CodeRefused):
        await register_by_code(contact="13900139000", code="123456")

    assert await Member.all().count() == 1


async def test_a_code_of_one_opens_nothing_of_another() -> None:
    await a_code("13800138000")
    with pytest.raises(CodeRefused):
        await register_by_code(contact="13900139000", code="123456")


async def test_who_has_a_phone_from_a_list_comes_in_by_its_code() -> None:
    old = await an_old_member()
    await a_code("13800138000")

    assert (await register_by_code(contact="13800138000", code="123456")).member_id == old.id


@pytest.mark.parametrize(
    ("contact", "refusal"),
    [("12345", BadPhone), ("lin@", BadEmail), ("a@b@c.com", BadEmail), ("＠", BadPhone)],
)
async def test_what_is_no_address_is_refused(contact: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await send_code(contact=contact)


async def test_without_a_mail_server_there_is_no_code(settings: Settings) -> None:
    configure(settings.model_copy(update={"mail": None, "sms": None}))
    for contact in ("lin@example.com", "13800138000"):
        with pytest.raises(NotConfigured):
            await send_code(contact=contact)


async def test_an_email_is_kept_by_its_code_and_taken_from_nobody() -> None:
    one, other = await a_member(), await a_member()
    await a_code("lin@example.com")
    shown = await save_email(member_id=one.id, email="lin@example.com", code="123456")
    await a_code("lin@example.com")
    with pytest.raises(IdTaken):
        await save_email(member_id=other.id, email="LIN@example.com", code="123456")

    assert shown == "l***@example.com"


async def test_the_entrance_of_the_first_time_stays(world: World) -> None:
    done = await sign_in(code=login_code(world), scene=1177)
    await sign_in(code=login_code(world), scene=1007)

    assert (await Member.get(id=done.member_id)).entrance is Entrance.PUSH
