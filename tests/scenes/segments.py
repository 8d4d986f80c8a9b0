"""Set the scene: facts of a handful of members, said in SQL and in Python alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import audience
from core.audience import Attribute, Choice, Happening, Kind, Trait
from core.security.scope import Role, Scope
from crm.segments.rules import (
    All,
    Comparison,
    Condition,
    Did,
    Everyone,
    HasTrait,
    Is,
    Leaf,
    Measure,
    Not,
    Sequence,
    Step,
)
from crm.segments.rules import Any as Either
from crm.segments.rules.values import passes
from tests.scenes.orders import Shelf, a_payment, an_order, money_for
from trade.orders.queries import OrderView
from trade.payments.service import settle

MARKETER = Scope(Role.MARKETER, staff_id=3)


@dataclass(frozen=True)
class Time:
    """One time somebody did something; `ago` in hours."""

    member: int
    ago: int
    amount: int
    shop: str


@dataclass(frozen=True)
class World:
    at: datetime
    members: tuple[int, ...]
    balance: dict[int, int]
    tags: dict[int, tuple[str, ...]]
    bought: tuple[Time, ...]
    viewed: tuple[Time, ...]


def _values(rows: list[str], columns: str, empty: str) -> str:
    if not rows:
        return f"SELECT {empty} WHERE false"
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS v ({columns})"  # noqa: S608


def _times(world: World, times: tuple[Time, ...]) -> str:
    rows = [
        f"({t.member}::bigint, '{(world.at - timedelta(hours=t.ago)).isoformat()}'::timestamptz,"
        f" {t.amount}::bigint, '{t.shop}'::text, ARRAY['{t.shop}', 'all'])"
        for t in times
    ]
    none = "NULL::bigint AS member_id, now() AS at, 1::bigint AS amount, ''::text AS shop,"
    return _values(rows, "member_id, at, amount, shop, places", f"{none} ARRAY[''] AS places")


@contextmanager
def said(world: World) -> Iterator[None]:
    """The facts of this world stand in the registry until the end of the block."""
    none = "NULL::bigint AS member_id"
    balance = [f"({m}::bigint, {value}::bigint)" for m, value in world.balance.items()]
    tags = [f"({m}::bigint, '{tag}'::text)" for m, all_of in world.tags.items() for tag in all_of]
    attributes = {
        "amount": Attribute(Kind.FEN, "金额", "amount"),
        "shop": Attribute(
            Kind.CHOICE, "门店", "shop", (Choice("a", "甲", "A"), Choice("b", "乙", "B"))
        ),
        "places": Attribute(Kind.CHOICE, "地点", "places", is_many=True),
    }
    of_balance = _values(balance, "member_id, value", f"{none}, 1::bigint AS value")
    of_tags = _values(tags, "member_id, value", f"{none}, ''::text AS value")
    audience.register(Trait("test.balance", Kind.NUMBER, "余额", "balance", of_balance))
    audience.register(Trait("test.tags", Kind.CHOICE, "标签", "tags", of_tags, is_many=True))
    for name, times in (("test.bought", world.bought), ("test.viewed", world.viewed)):
        audience.register(Happening(name, name, name, _times(world, times), attributes))
    try:
        yield
    finally:
        for name in ("test.balance", "test.tags"):
            audience.traits.pop(name)
        for name in ("test.bought", "test.viewed"):
            audience.happenings.pop(name)


def holds(condition: Condition, member: int, world: World) -> bool:
    """What the condition means, said once more and as plainly as can be."""
    match condition:
        case All(parts):
            return all(holds(part, member, world) for part in parts)
        case Either(parts):
            return any(holds(part, member, world) for part in parts)
        case Not(part):
            return not holds(part, member, world)
        case Everyone():
            return True
        case _:
            return _leaf_holds(condition, member, world)


def _leaf_holds(leaf: Leaf, member: int, world: World) -> bool:
    match leaf:
        case HasTrait("test.balance", test):
            return member in world.balance and _number(world.balance[member], test)
        case HasTrait("test.tags", test):
            return _among(world.tags.get(member, ()), test)
        case Did(step, measure, _, test):
            return passes(_measured(_did(step, member, world), measure), test)
        case Sequence(steps, in_days):
            return _follow(steps, in_days, member, world)
    raise AssertionError(leaf)


def _number(value: int, test: Comparison) -> bool:
    return test.how is Is.KNOWN or passes(value, test)


def _among(values: tuple[str, ...], test: Comparison) -> bool:
    if test.how is Is.KNOWN:
        return bool(values)
    found = bool(set(values) & set(test.value))  # type: ignore[arg-type]
    return found if test.how is Is.IN else bool(values) and not found


def _did(step: Step, member: int, world: World) -> list[Time]:
    times = world.bought if step.happening == "test.bought" else world.viewed
    days = step.window.within_days
    return [
        time
        for time in times
        if time.member == member
        and (days is None or time.ago <= days * 24)
        and all(_passes_where(time, name, test) for name, test in step.where)
    ]


def _passes_where(time: Time, name: str, test: Comparison) -> bool:
    if name == "amount":
        return _number(time.amount, test)
    return _among((time.shop,) if name == "shop" else (time.shop, "all"), test)


def _measured(times: list[Time], measure: Measure) -> int:
    return len(times) if measure is Measure.COUNT else sum(time.amount for time in times)


def _follow(steps: tuple[Step, ...], in_days: int, member: int, world: World) -> bool:
    reached = [time.ago for time in _did(steps[0], member, world)]
    for step in steps[1:]:
        reached = [
            time.ago
            for time in _did(step, member, world)
            if any(0 < before - time.ago <= in_days * 24 for before in reached)
        ]
    return bool(reached)


async def bought(member_id: int, shelf: Shelf, *, quantity: int = 1) -> OrderView:
    """A member buys and pays."""
    order = await an_order(shelf, quantity=quantity, member_id=member_id)
    await settle(await money_for(await a_payment(order)))
    return order
