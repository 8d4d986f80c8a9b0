"""The stock room as a machine: any steps in any order, the auditor and a plain sum as oracles."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tortoise.context import TortoiseContext

from app.wiring import orm_config
from core import clock
from core.database import sql, use_case
from core.errors import DomainError
from core.settings import Settings
from tests.trade.stock.room import HERE, THERE, findings
from trade.stock.queries import Disposition, Reason, availability
from trade.stock.service import (
    Arrived,
    Counted,
    FeedRow,
    Piece,
    ReserveLine,
    ReserveRequest,
    adjust,
    apply_stock_feed,
    approve_count,
    capture_reservation,
    close_inbound,
    enter_count,
    open_count,
    put_back,
    receive_inbound,
    receive_return,
    receive_stock,
    release_reservation,
    reserve,
    set_safety,
    ship_transfer,
    take_out,
    tell_changes,
)

SKUS, STORES = (7, 8), (HERE, THERE)
EMPTY = """
SET session_replication_role = replica;
TRUNCATE stock_level, stock_movement, stock_reservation, stock_inbound_line, stock_inbound,
    stock_count_line, stock_count, stock_feed_mark, core_outbox;
RESET session_replication_role
"""
sku = st.sampled_from(SKUS)
store = st.sampled_from(STORES)
units = st.integers(1, 6)
serial = count(1)


class StockRoom(RuleBasedStateMachine):
    """`shelf`, `held` and `away` say what on hand, reserved and in transit must be."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.shelf: Counter[tuple[int, int]] = Counter()
        self.held: dict[str, tuple[int, int, int]] = {}
        self.away: dict[str, tuple[int, int]] = {}
        self.truths: dict[tuple[int, int], datetime] = {}
        self.runner.run(self._open())

    async def _open(self) -> None:
        self.context = TortoiseContext()
        await self.context.__aenter__()
        await self.context.init(config=orm_config(self.url))
        for statement in EMPTY.split(";"):
            await sql(statement)

    def teardown(self) -> None:
        self.runner.run(self.context.__aexit__(None, None, None))
        self.runner.close()

    def does(self, work: Awaitable[object]) -> bool:
        """False: it was refused."""

        async def done() -> None:
            await work

        try:
            self.runner.run(done())
        except DomainError:
            return False
        return True

    @rule(sku=sku, store=store, units=units)
    def receive(self, sku: int, store: int, units: int) -> None:
        cause = f"R{next(serial)}"
        for _ in range(2):
            assert self.does(receive_stock(cause=cause, sku_id=sku, store_id=store, quantity=units))
        self.shelf[sku, store] += units

    @rule(sku=sku, store=store, units=units)
    def hold(self, sku: int, store: int, units: int) -> None:
        order = f"O{next(serial)}"
        request = ReserveRequest(order, store, (ReserveLine(sku, units),), clock.now())
        free = self.shelf[sku, store] - self._kept(sku, store)
        assert self.does(use_case(reserve)(request)) == (free >= units)
        if free >= units:
            self.held[order] = sku, store, units

    @rule(is_paid=st.booleans())
    def end_order(self, *, is_paid: bool) -> None:
        if not self.held:
            return
        order, (sku, store, units) = self.held.popitem()
        work = capture_reservation if is_paid else release_reservation
        for _ in range(2):
            assert self.does(use_case(work)(order_no=order))
        if is_paid:
            self.shelf[sku, store] -= units

    @rule(sku=sku, store=store, units=units, is_forced=st.booleans(), is_late=st.booleans())
    def sell(self, sku: int, store: int, units: int, *, is_forced: bool, is_late: bool) -> None:
        at = clock.now() - timedelta(hours=1) if is_late else None
        seen = is_late and (sku, store) in self.truths
        free = self.shelf[sku, store] - self._kept(sku, store)
        done = self.does(
            take_out(
                order_no=f"T{next(serial)}",
                store_id=store,
                lines=[(sku, units)],
                is_forced=is_forced,
                at=at,
            )
        )
        assert done == (is_forced or seen or free >= units)
        if done and not seen:
            self.shelf[sku, store] -= units

    @rule(sku=sku, units=units)
    def send(self, sku: int, units: int) -> None:
        number = f"TF{next(serial)}"
        done = self.does(
            ship_transfer(
                number=number,
                from_store_id=HERE,
                store_id=THERE,
                pieces=[Piece(sku, units)],
                actor="a",
            )
        )
        assert done == (self.shelf[sku, HERE] - self._kept(sku, HERE) >= units)
        if done:
            self.shelf[sku, HERE] -= units
            self.away[number] = sku, units

    @rule(arrived=st.integers(0, 7), damaged=st.integers(0, 2))
    def arrive(self, arrived: int, damaged: int) -> None:
        if not self.away:
            return
        number, (sku, _) = self.away.popitem()
        pieces = [Arrived(sku, arrived, damaged)]
        for _ in range(2):
            assert self.does(
                receive_inbound(number=number, key="k", pieces=pieces, actor="b", is_last=True)
            )
        assert self.does(close_inbound(number=number, actor="b"))
        self.shelf[sku, THERE] += arrived

    @rule(sku=sku, store=store, units=st.integers(0, 9), by_feed=st.booleans())
    def see(self, sku: int, store: int, units: int, *, by_feed: bool) -> None:
        number, at = next(serial), clock.now()
        if by_feed:
            row = FeedRow(sku, store, units, at)
            assert self.does(apply_stock_feed(source="erp", seq=number, rows=[row]))
        else:
            self.does(self._count(f"PD{number}", sku, store, units, at))
        self.shelf[sku, store] = units
        self.truths[sku, store] = at

    async def _count(self, number: str, sku: int, store: int, units: int, at: datetime) -> None:
        await open_count(number=number, store_id=store, actor="a")
        await enter_count(number=number, found=[Counted(sku, units)], actor="a", at=at)
        await approve_count(number=number, actor="b")

    @rule(sku=sku, store=store, units=units, reason=st.sampled_from(Reason))
    def correct(self, sku: int, store: int, units: int, reason: Reason) -> None:
        change = units if reason is Reason.FOUND else -units
        done = self.does(
            adjust(
                cause=f"A{next(serial)}",
                sku_id=sku,
                store_id=store,
                quantity=change,
                reason=reason,
                actor="a",
            )
        )
        if done and reason is not Reason.SCRAPPED:
            self.shelf[sku, store] += change

    @rule(sku=sku, units=units, disposition=st.sampled_from(Disposition))
    def take_return(self, sku: int, units: int, disposition: Disposition) -> None:
        cause = f"B{next(serial)}"
        place: dict[str, Any] = {"sku_id": sku, "store_id": HERE, "quantity": units}
        assert self.does(receive_return(cause=f"{cause}:in", **place))
        to_store_id = THERE if disposition is Disposition.TRANSFER else None
        for _ in range(2):
            assert self.does(
                put_back(cause=cause, disposition=disposition, to_store_id=to_store_id, **place)
            )
        if disposition is Disposition.RESTOCK:
            self.shelf[sku, HERE] += units
        if disposition is Disposition.TRANSFER:
            self.away[cause] = sku, units

    @rule(sku=sku, store=store)
    def storm(self, sku: int, store: int) -> None:
        """Much at once; what comes of it is read back, the auditor says whether it can be."""
        self.runner.run(self._storm(sku, store))

    async def _storm(self, sku: int, store: int) -> None:
        number = next(serial)
        other = THERE if store == HERE else HERE
        request = ReserveRequest(f"S{number}", store, (ReserveLine(sku, 1),), clock.now())
        await asyncio.gather(
            use_case(reserve)(request),
            use_case(capture_reservation)(order_no=f"S{number}"),
            self._count(f"SD{number}", sku, store, 3, clock.now()),
            apply_stock_feed(source="erp", seq=number, rows=[FeedRow(sku, store, 4, clock.now())]),
            take_out(order_no=f"ST{number}", store_id=store, lines=[(sku, 1)], is_forced=True),
            ship_transfer(
                number=f"SF{number}",
                from_store_id=store,
                store_id=other,
                pieces=[Piece(sku, 1)],
                actor="a",
            ),
            set_safety(sku_id=sku, store_id=store, safety=0),
            tell_changes(),
            return_exceptions=True,
        )
        await use_case(release_reservation)(order_no=f"S{number}")
        if await sql("SELECT FROM stock_inbound WHERE number = $1", f"SF{number}"):
            await close_inbound(number=f"SF{number}", actor="b")
        levels = await availability(SKUS, STORES)
        self.shelf = Counter({pair: view.on_hand for pair, view in levels.items()})
        self.truths[sku, store] = clock.now()

    def _kept(self, sku: int, store: int) -> int:
        return sum(units for *place, units in self.held.values() if place == [sku, store])

    @invariant()
    def the_books_say_what_happened(self) -> None:
        found, levels = self.runner.run(self._books())
        assert found == set()
        for pair, view in levels.items():
            assert (view.on_hand, view.reserved) == (self.shelf[pair], self._kept(*pair))
            assert view.available == max(view.on_hand - view.reserved, 0)
        away = sum(units for _, units in self.away.values())
        assert sum(view.in_transit for view in levels.values()) == away

    async def _books(self) -> tuple[set[str], Any]:
        return await findings(), await availability(SKUS, STORES)


@pytest.mark.usefixtures("anyio_backend")
async def test_any_steps_in_any_order_keep_the_books(settings: Settings) -> None:
    StockRoom.url = settings.database_url or ""
    short = examples(
        max_examples=8,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, StockRoom, settings=short)
