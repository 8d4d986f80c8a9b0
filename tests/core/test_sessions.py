from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock
from core.security.scope import NOTHING, Role, Scope
from core.security.sessions import (
    SessionRow,
    end_session,
    end_sessions_of,
    open_session,
    resolve_staff_with,
    scope_of,
)
from trade.stores.queries import scope_of_staff

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def staff() -> Iterator[dict[int, Scope]]:
    """Who works here now, as the room of stores would say."""
    known = {3: Scope(Role.GUIDE, staff_id=3, store_ids=frozenset({1}))}

    async def find(staff_id: int) -> Scope | None:
        return known.get(staff_id)

    resolve_staff_with(find)
    yield known
    resolve_staff_with(scope_of_staff)


async def test_a_token_opens_its_members_scope_and_is_not_kept_as_it_is() -> None:
    token = await open_session(role=Role.MEMBER, member_id=12)

    assert await scope_of(token) == Scope(Role.MEMBER, member_id=12)
    assert not await SessionRow.exists(token_hash=token)


@pytest.mark.parametrize("token", ["", "nonsense", "\0", "é" * 300])
async def test_a_token_nobody_gave_out_opens_nothing(token: str) -> None:
    assert await scope_of(token) is None


async def test_a_session_ends_by_time_by_logout_and_for_a_person() -> None:
    tokens = [await open_session(role=Role.MEMBER, member_id=12) for _ in range(4)]
    await end_session(tokens[0])
    row = await SessionRow.all().order_by("created_at").first()
    assert row is not None
    row.expires_at = clock.now() - timedelta(seconds=1)
    await row.save()

    assert [bool(await scope_of(token)) for token in tokens] == [False, False, True, True]
    assert await end_sessions_of(member_id=12) == 3
    assert [bool(await scope_of(token)) for token in tokens] == [False] * 4


async def test_who_leaves_loses_the_rights_at_once(staff: dict[int, Scope]) -> None:
    token = await open_session(role=Role.GUIDE, staff_id=3)
    before = await scope_of(token)
    del staff[3]

    assert before == Scope(Role.GUIDE, staff_id=3, store_ids=frozenset({1}))
    assert await scope_of(token) is None


async def test_a_scope_without_stores_sees_none() -> None:
    nobody = Scope(Role.STORE_MANAGER, staff_id=1)

    assert nobody.stores_q() == NOTHING
    assert nobody.members_q() == NOTHING
    assert not nobody.sees_store(1)
    assert not nobody.sees_store(None)
    assert Scope(Role.HEAD_OFFICE, staff_id=2).sees_store(1)
