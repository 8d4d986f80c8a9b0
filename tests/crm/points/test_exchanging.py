"""Points and a partner's points: one number, one effect, and nothing is lost when answers are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.database import sql
from core.outbox import OutboxRow
from core.privacy import Purpose
from core.settings import Settings, current
from crm.people.rules.consents import CONSENT_TEXTS
from crm.people.service import give_consent
from crm.points.errors import (
    AllianceUnknown,
    BadAccount,
    ConsentNeeded,
    DifferenceUnknown,
    ExchangeTooMuch,
    NotEnough,
    NotLinked,
    NotWholeLots,
)
from crm.points.models import Alliance, AllianceAccount, Difference, Exchange
from crm.points.protocol import NotUnderstood, read_day, read_transfer
from crm.points.rules import ExchangeState
from crm.points.service import (
    exchange_points,
    link_account,
    reconcile_day,
    settle_difference,
    unlink_account,
)
from sandbox import faults
from sandbox.world import World
from tests.scene import make_due, tell_everyone
from tests.scenes.auditing import named_in
from tests.scenes.people import a_member, played
from tests.scenes.points import has, some_points

pytestmark = pytest.mark.usefixtures("db")
ACCOUNT = "SKY88123456"


@pytest.fixture
async def world(settings: Settings, secrets: dict[str, Any]) -> AsyncIterator[World]:
    async with played(settings, secrets) as world:
        yield world


async def a_partner(**more: Any) -> None:
    """100 of our points are 80 miles, 100 miles are 50 of our points; 5,000 a day."""
    rates = {"out_ours": 100, "out_theirs": 80, "in_theirs": 100, "in_ours": 50}
    await Alliance(code="skyclub", name="云天会", most_a_day=5_000, **rates, **more).save()


async def somebody(points: int = 1_000, *, account: str = ACCOUNT) -> int:
    """Has agreed that the partner is told, linked an account, and has points."""
    member = await a_member()
    version = CONSENT_TEXTS[Purpose.OTHER_COMPANY].version
    await give_consent(
        member_id=member.id, purpose=Purpose.OTHER_COMPANY, version=version, how="test"
    )
    await link_account(member_id=member.id, alliance="skyclub", account=account)
    if points:
        await some_points(member.id, points)
    return member.id


async def wants(member_id: int, points: int, direction: str = "out", key: str = "x-0001") -> str:
    wanted = await exchange_points(
        member_id=member_id, alliance="skyclub", direction=direction, points=points, key=key
    )
    return wanted.exchange_no


def miles(world: World) -> int:
    club = world.collection("alliances")[current().points_partners["skyclub"].app_key]
    return int(club["members"].get(ACCOUNT, 10_000))


async def clean() -> bool:
    return await named_in({"points", "ledger"}) == set()


async def state() -> ExchangeState:
    return (await Exchange.get()).state


async def test_points_go_out_once_however_often_it_is_asked(world: World) -> None:
    await a_partner()
    member_id = await somebody()
    numbers = {await wants(member_id, 500) for _ in range(3)}
    await tell_everyone()

    assert len(numbers) == 1
    assert (await has(member_id), miles(world), await state()) == (500, 10_400, "done")
    assert await clean()


async def test_points_come_in_when_the_partner_has_said_yes(world: World) -> None:
    await a_partner(in_days=90)
    member_id = await somebody(0)
    await wants(member_id, 1_000, "in")
    before = await has(member_id)
    await tell_everyone()

    assert before == 0
    assert (await has(member_id), miles(world), await state()) == (500, 9_000, "done")
    assert await clean()


async def test_what_the_partner_refuses_comes_back(world: World) -> None:
    await a_partner()
    member_id = await somebody(account="NOBODY0000")
    await wants(member_id, 500)
    gone = await has(member_id)
    await tell_everyone()

    assert (gone, await has(member_id), await state()) == (500, 1_000, "refused")
    assert await clean()


@pytest.mark.parametrize("direction", ["out", "in"])
async def test_a_lost_answer_is_asked_about_and_nothing_moves_twice(
    world: World, direction: str
) -> None:
    """The partner did it and the answer was lost: the next question finds it done."""
    await a_partner()
    member_id = await somebody()
    path = "POST /alliance/v1/transfers"
    faults.order(world, {"match": path, "kind": "reset", "when": "after"})
    await wants(member_id, 500, direction)
    await tell_everyone()
    between = await state()
    for _ in range(3):
        await make_due()
        await tell_everyone()

    assert between == "unknown"
    assert await state() == "done"
    assert await has(member_id) == (500 if direction == "out" else 1_250)
    assert miles(world) == (10_400 if direction == "out" else 9_500)
    assert await clean()


async def test_a_call_that_never_arrived_is_made_again_under_its_number(world: World) -> None:
    await a_partner()
    member_id = await somebody()
    faults.order(world, {"match": "POST /alliance/v1/transfers", "kind": "reset"})
    await wants(member_id, 500)
    await tell_everyone()
    await make_due()
    await tell_everyone()

    assert (await state(), miles(world)) == ("done", 10_400)


async def test_a_transfer_that_waits_at_the_partner_is_waited_for(world: World) -> None:
    await a_partner()
    member_id = await somebody()
    faults.order(world, {"match": "alliance out", "kind": "errcode:2"})
    await wants(member_id, 500)
    await tell_everyone()
    between = await state(), await has(member_id)
    for _ in range(2):
        await make_due()
        await tell_everyone()

    assert between == ("unknown", 500)
    assert (await state(), miles(world)) == ("done", 10_400)


async def test_wishes_at_once_stay_within_the_balance_and_the_day(world: World) -> None:
    await a_partner()
    member_id = await somebody(20_000)
    said = await asyncio.gather(
        *(wants(member_id, 1_000, key=f"x-{at:04}") for at in range(8)), return_exceptions=True
    )

    assert sum(isinstance(one, ExchangeTooMuch) for one in said) == 3
    assert await has(member_id) == 15_000


async def test_what_cannot_cross_is_refused(world: World) -> None:
    await a_partner()
    member_id, stranger = await somebody(100), (await a_member()).id
    with pytest.raises(NotWholeLots):
        await wants(member_id, 150)
    with pytest.raises(NotEnough):
        await wants(member_id, 200)
    with pytest.raises(NotLinked):
        await wants(stranger, 100)
    with pytest.raises(ConsentNeeded):
        await link_account(member_id=stranger, alliance="skyclub", account=ACCOUNT)
    with pytest.raises(BadAccount):
        await link_account(member_id=member_id, alliance="skyclub", account="云")
    with pytest.raises(AllianceUnknown):
        await link_account(member_id=member_id, alliance="other", account=ACCOUNT)
    await unlink_account(member_id=member_id, alliance="skyclub")
    with pytest.raises(NotLinked):
        await wants(member_id, 100)

    assert await has(member_id) == 100
    assert not await OutboxRow.filter(name="points.exchange").exists()


async def test_the_account_at_the_partner_is_kept_encrypted(world: World) -> None:
    await a_partner()
    await somebody()
    row = await AllianceAccount.get()

    assert row.account_cipher
    assert ACCOUNT not in row.account_cipher


async def test_a_day_is_compared_and_each_difference_told_once(world: World) -> None:
    await a_partner()
    member_id = await somebody()
    today = clock.shop_day(clock.now())
    number = await wants(member_id, 500)
    await tell_everyone()
    club = world.collection("alliances")[current().points_partners["skyclub"].app_key]
    club["transfers"][number]["day"] = today.isoformat()
    agreed = await reconcile_day("skyclub", today)
    club["transfers"][number]["points"] = 300
    club["transfers"]["PJ9"] = {**club["transfers"][number], "no": "PJ9", "points": 70}
    found = [await reconcile_day("skyclub", today) for _ in range(2)]
    first = await Difference.get(what="amount")
    await settle_difference(difference_id=first.id, by="staff:1", note="已核实")
    del club["transfers"]["PJ9"]
    left = await reconcile_day("skyclub", today)

    assert (agreed, found, left) == (0, [2, 2], 0)
    assert {row.what for row in await Difference.all()} == {"amount", "only_theirs"}
    assert (await Difference.get(what="only_theirs")).settled_by == "reconciliation"
    with pytest.raises(DifferenceUnknown):
        await settle_difference(difference_id=0, by="staff:1", note="x")


async def test_what_no_partner_answers_for_a_day_is_named_by_the_auditor(world: World) -> None:
    await a_partner()
    member_id = await somebody()
    await wants(member_id, 500)
    long_ago = clock.now() - timedelta(days=2)
    await sql("UPDATE points_exchange SET at = $1", long_ago)

    assert "points.exchanges" in await named_in({"points"})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"no": "a"}', b'{"no": "b", "status": "done"}', b'{"no": "a", "status": "x"}'],
)
async def test_an_answer_in_no_known_shape_is_no_answer(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_transfer(200, body, "a")
    with pytest.raises(NotUnderstood):
        read_day(200, body)
