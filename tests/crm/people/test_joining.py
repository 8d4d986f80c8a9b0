"""Coming in by WeChat: one person, one member, whatever the network and the thumbs do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.outbox import OutboxRow
from core.security.scope import Role
from core.security.sessions import SessionRow, scope_of
from core.security.source_code import mint_source
from core.settings import Settings
from crm.people.errors import ConsentTextUnknown, LogInAgain
from crm.people.models import Binding, Consent, Identity, Member, Touch
from crm.people.queries import touches_of
from crm.people.rules import CONSENT_TEXTS, IdKind, Purpose
from crm.people.service import sign_in
from sandbox.world import World
from tests.scenes.people import login_code, played
from tests.scenes.stores import a_member_of_staff
from trade.stores.models import Staff

CURRENT = CONSENT_TEXTS[Purpose.MEMBERSHIP].version
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any], db: None) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


def code_of(guide: Staff, group_id: int | None = None) -> str:
    return mint_source(guide.id, guide.store_id or 0, group_id, None)


async def test_a_first_login_makes_a_member_and_a_session(world: World) -> None:
    done = await sign_in(code=login_code(world), consent_version=CURRENT)
    scope = await scope_of(done.token)
    consent = await Consent.get(member_id=done.member_id)

    assert done.is_new
    assert scope is not None
    assert (scope.role, scope.member_id) == (Role.MEMBER, done.member_id)
    assert (consent.purpose, consent.text_version) == (Purpose.MEMBERSHIP, CURRENT)
    assert await Identity.filter(member_id=done.member_id, kind=IdKind.OPEN_ID).count() == 1


async def test_coming_again_is_the_same_member(world: World) -> None:
    first = await sign_in(code=login_code(world))
    again = await sign_in(code=login_code(world))
    other = await sign_in(code=login_code(world, "u2"))

    assert (again.member_id, again.is_new) == (first.member_id, False)
    assert other.member_id != first.member_id
    assert again.token != first.token


async def test_a_double_tap_ends_in_log_in_again_and_not_in_a_second_member(world: World) -> None:
    code = login_code(world)
    taps = await asyncio.gather(sign_in(code=code), sign_in(code=code), return_exceptions=True)

    assert sorted(type(tap).__name__ for tap in taps) == ["LogInAgain", "SignedIn"]
    assert await Member.all().count() == 1
    assert await SessionRow.all().count() == 1


@pytest.mark.parametrize("person", ["u1", "u4"], ids=["with a union id", "without"])
async def test_first_logins_at_once_are_one_member(world: World, person: str) -> None:
    codes = [login_code(world, person) for _ in range(8)]
    done = await asyncio.gather(*[sign_in(code=code) for code in codes])

    assert len({each.member_id for each in done}) == 1
    assert sum(each.is_new for each in done) == 1
    assert await Member.all().count() == 1


async def test_a_code_nobody_gave_is_refused(world: World) -> None:
    with pytest.raises(LogInAgain):
        await sign_in(code="no-such-code")

    assert not await Member.exists()


async def test_an_old_consent_text_is_refused_before_the_code_is_spent(world: World) -> None:
    code = login_code(world)
    with pytest.raises(ConsentTextUnknown):
        await sign_in(code=code, consent_version="1999-01")

    assert (await sign_in(code=code)).is_new


async def test_the_source_binds_a_new_member_to_the_guide_who_shared(world: World) -> None:
    guide = await a_member_of_staff()
    done = await sign_in(code=login_code(world), source_code=code_of(guide, group_id=7))
    bound = await Binding.get(member_id=done.member_id)
    told = await OutboxRow.filter(name__contains="crm.people").values_list("name", flat=True)

    assert (bound.guide_id, bound.store_id, bound.unbound_at) == (guide.id, guide.store_id, None)
    assert (await Touch.get(member_id=done.member_id)).group_id == 7
    assert told == []


async def test_the_first_source_binds_and_the_last_one_is_remembered(world: World) -> None:
    first, second = await a_member_of_staff(), await a_member_of_staff()
    done = await sign_in(code=login_code(world), source_code=code_of(first))
    await sign_in(code=login_code(world), source_code=code_of(second))
    touches = await touches_of(done.member_id)

    assert touches is not None
    assert [touch.guide_id for touch in touches] == [first.id, second.id]
    assert (await Binding.get(member_id=done.member_id)).guide_id == first.id


@pytest.mark.parametrize("bad", ["x", "a.b.c", "…", "0" * 200])
async def test_a_bad_source_code_bars_nobody_and_is_logged(
    world: World, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    done = await sign_in(code=login_code(world), source_code=bad)

    assert done.is_new
    assert not await Touch.exists()
    assert "a source code did not read" in caplog.messages
    assert bad not in caplog.text or len(bad) < 6


async def test_a_changed_source_code_binds_nobody(world: World) -> None:
    code = code_of(await a_member_of_staff())
    forged = code[:-1] + ("A" if code[-1] != "A" else "B")
    await sign_in(code=login_code(world), source_code=forged)

    assert not await Binding.exists()


async def test_a_guide_who_left_gets_no_new_member(world: World) -> None:
    guide = await a_member_of_staff(is_active=False)
    done = await sign_in(code=login_code(world), source_code=code_of(guide))

    assert done.is_new
    assert not await Binding.exists()
