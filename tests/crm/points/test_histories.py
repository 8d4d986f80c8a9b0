"""Any history of earning, spending, refunds, expiry and joined memberships leaves true books."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.ledger import InsufficientBalance, expire_lots
from crm.people.models import Member, Merge
from crm.people.service import merge_members, sweep, undo_merge
from crm.points.service import earn_points, take_points_back
from tests.scene import tell_everyone
from tests.scenes.auditing import named_in
from tests.scenes.people import a_member, head_office
from tests.scenes.points import a_paid_order, a_program, has, pays_back, spends
from trade.orders.queries import OrderView, order_of

pytestmark = pytest.mark.usefixtures("db")
WHY = "顾客到店核实"
STEP = st.one_of(
    st.tuples(st.just("buy"), st.integers(0, 1), st.sampled_from([100, 9_950, 39_900])),
    st.tuples(st.just("buy_long_ago"), st.integers(0, 1), st.sampled_from([9_950, 39_900])),
    st.tuples(st.just("spend"), st.integers(0, 1), st.integers(1, 300)),
    st.tuples(st.just("refund"), st.integers(0, 3), st.sampled_from([33, 50, 100])),
    st.tuples(st.just("tell_again"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("expire"), st.just(0), st.just(0)),
    st.tuples(st.just("merge_or_undo"), st.just(0), st.just(0)),
)


class History:
    """Two members, their orders, and what they spent of their points."""

    def __init__(self, members: list[Member]) -> None:
        self.members = members
        self.orders: list[OrderView] = []
        self.spent = 0

    async def buy(self, which: int, fen: int) -> None:
        self.orders.append(await a_paid_order(await self._who(which), fen=fen))

    async def buy_long_ago(self, which: int, fen: int) -> None:
        """Its points ended three days ago, and nobody has swept them up yet."""
        order = await a_paid_order(await self._who(which), fen=fen, tell=False)
        await earn_points(order_id=order.id, at=clock.now() - timedelta(days=3))
        await tell_everyone()
        self.orders.append(order)

    async def spend(self, which: int, points: int) -> None:
        with contextlib.suppress(InsufficientBalance):
            await spends((await self._who(which)).id, points)
            self.spent += points

    async def refund(self, which: int, percent: int) -> None:
        if self.orders:
            order = await order_of(self.orders[which % len(self.orders)].id)
            left = order.paid_fen - order.refunded_fen
            if left:
                await pays_back(order, max(1, left * percent // 100))

    async def tell_again(self, which: int, _: int) -> None:
        if self.orders:
            order = self.orders[which % len(self.orders)]
            await earn_points(order_id=order.id, at=order.placed_at)
            await take_points_back(order_id=order.id)

    async def expire(self, _: int, __: int) -> None:
        await expire_lots()

    async def merge_or_undo(self, _: int, __: int) -> None:
        one, other = [await Member.get(id=member.id) for member in self.members]
        if one.merged_into_id is None and other.merged_into_id is None:
            names = {"one_public_id": one.public_id, "other_public_id": other.public_id}
            await merge_members(scope=head_office(), reason=WHY, **names)
        else:
            ids = [member.id for member in self.members]
            merge = await Merge.get(kept_id__in=ids, undone_at=None)
            await undo_merge(scope=head_office(), merge_public_id=merge.public_id, reason=WHY)
        await tell_everyone()

    async def _who(self, which: int) -> Member:
        member = await Member.get(id=self.members[which].id)
        return await Member.get(id=member.merged_into_id) if member.merged_into_id else member


@given(steps=st.lists(STEP, min_size=3, max_size=9))
@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_when_everything_is_sent_back_a_member_owes_just_what_was_spent(
    steps: list[tuple[str, int, int]],
) -> None:
    """Points that expired unused are lost once; a refund told twice or after a merge takes once."""
    await a_program(as_promised=True, expires={"count": 0, "span": "day", "to_end_of": "day"})
    history = History([await a_member(), await a_member()])
    for what, which, much in steps:
        await getattr(history, what)(which, much)
    is_true = await named_in({"points", "ledger"})
    for which in range(len(history.orders)):
        await history.refund(which, 100)
    await tell_everyone()
    await sweep()
    left = [await has(member.id) for member in history.members]

    assert is_true == set()
    assert sum(left) == -history.spent
    assert await named_in({"points", "ledger"}) == set()
