"""Placing an order: the one way, whatever entrance the wish came through.

Prices are asked and worked out first. Then orders that arrive while a commit is under way wait and
go together in the next one, in the order they came. Each gets its own answer: what one is refused,
no neighbour feels. `docs/why/stock.md` says why nothing is ever sold twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tortoise.exceptions import IntegrityError

from core import clock
from core.database import is_in_transaction, sql, use_case
from core.errors import DomainError
from core.gathering import Gathering
from core.ids import new_no
from core.ledger import Account, AccountKind, Cause, HoldRequest, hold_many, name_cause
from trade.orders.errors import ConsigneeNeeded, OrderKeyReused
from trade.orders.queries import OrderView, order_of
from trade.orders.rules import Delivery
from trade.orders.service.asking import PlaceOrder
from trade.orders.service.buying import bought_too_many
from trade.orders.service.carts import take_out_of_carts
from trade.orders.service.limits import too_much
from trade.orders.service.paying import take_nothing
from trade.orders.service.pricing import NOTHING, Known, price, price_group
from trade.orders.service.readying import Ready
from trade.orders.service.writing import Stale, insert, tell
from trade.promotions.service import HoldUses, forget_terms, hold_uses
from trade.stock.errors import OutOfStock
from trade.stock.service import PLENTY, ReserveRequest, Shortages, foresee, reserve_many, take_out

name_cause("order_placed.spent_points", zh="下单抵扣积分", en="points kept for an order")

KNOWN = """
SELECT id, order_no, fingerprint FROM orders_order WHERE placed_by = $1 AND idempotency_key = $2
"""

Refusals = Mapping[str, DomainError]
shortages = Shortages()


class Refused(Exception):
    """Some of a group cannot be: nothing of it stays, and the others are written without them."""

    def __init__(self, by_no: Refusals) -> None:
        super().__init__(f"{len(by_no)} orders refused")
        self.by_no = by_no


@dataclass(frozen=True, slots=True)
class Answers:
    """Placed or refused by order number; `repeated` have a key that is known, `waiting` go on."""

    placed: Mapping[str, OrderView]
    refused: Refusals
    repeated: Sequence[Ready]
    waiting: Sequence[Ready]


@dataclass(frozen=True, slots=True)
class Placed:
    """An order and whether this very call placed it."""

    order: OrderView
    is_new: bool


async def place_order(request: PlaceOrder) -> OrderView:
    """As `place`, for callers who need only the order."""
    return (await place(request)).order


async def place(request: PlaceOrder, known: Known = NOTHING) -> Placed:
    """Price a wish, keep its goods, coupons and points, and write the order down.

    It must be paid within 15 minutes, less for whoever let the last three run out; one that costs
    nothing is paid at once. The same actor and `idempotency_key` again give the same order and
    change nothing. Two lines of one SKU become one. Within a use case it is part of it. A gift that
    is gone is left out, with the reason. Stores and goods that are `known` are not asked again.

    Raises BadLines, ConsigneeNeeded, StoreIsClosed, DeliveryNotOffered, BelowMinimum, OutOfStock,
    TooManyOpenOrders, TooManyHeldUnits, TooManyBought, InsufficientBalance, what the quote refuses,
    and OrderKeyReused when the key placed an order of other content.
    """
    if request.delivery in {Delivery.EXPRESS, Delivery.CITY} and request.consignee is None:
        raise ConsigneeNeeded
    try:
        one = await price(request, known)
    except DomainError:
        before = await find_placed(request)
        if before is None:
            raise
        return Placed(before, is_new=False)
    try:
        order = await _put(one)
    except OutOfStock as refusal:
        one = await _without_lost_gifts(one, refusal)
        order = await _put(one)
    return Placed(order, is_new=order.public_id == one.public_id)


async def _put(one: Ready) -> OrderView:
    if is_in_transaction() or one.amounts.payable_fen == 0:
        return await _place_alone(one)
    return await together.ask(one)


async def _without_lost_gifts(one: Ready, refusal: OutOfStock) -> Ready:
    """The order priced again, if others took its gifts meanwhile; else the refusal stands."""
    gifts = [line for line in one.amounts.lines if line.is_gift]
    again = await price(one.request) if gifts and one.request.agreed is None else one
    if [line for line in again.amounts.lines if line.is_gift] == gifts:
        raise refusal
    return again


async def find_placed(request: PlaceOrder) -> OrderView | None:
    """The order this key has placed. Raises OrderKeyReused."""
    known = await sql(KNOWN, request.actor, request.idempotency_key)
    if not known:
        return None
    if known[0]["fingerprint"] != request.content:
        raise OrderKeyReused(order_no=known[0]["order_no"])
    return await order_of(known[0]["id"])


@use_case
async def _place_alone(one: Ready) -> OrderView:
    """In the transaction of the moment. What costs nothing is sold as soon as it is written."""
    try:
        answers = await _write([one])
    except Refused as refused:
        raise refused.by_no[one.order_no] from None
    except Stale:  # nothing is written yet that matters: the savepoint is gone
        anew, refusals = await _priced_anew([one])
        for refusal in refusals.values():
            raise refusal from None
        return await _place_alone(anew[0])
    if one.order_no not in answers.placed:
        known = await find_placed(one.request)
        assert known is not None
        return known
    order = answers.placed[one.order_no]
    if order.payable_fen or not await take_nothing(order_id=order.id, at=clock.now()):
        return order
    return await order_of(order.id)


async def place_group(group: Sequence[Ready]) -> list[OrderView | BaseException]:
    """Place orders together, in one transaction unless some are refused late. One answer each.

    Where a number is taken already all draw new ones.
    """
    try:
        return await _place_group(group)
    except IntegrityError as clash:
        if "(order_no)" not in str(clash):
            raise
    return await _place_group([replace(one, order_no=new_no()) for one in group])


async def _place_group(group: Sequence[Ready]) -> list[OrderView | BaseException]:
    leaders = {(one.request.actor, one.request.idempotency_key): one for one in reversed(group)}
    answers: dict[str, OrderView | BaseException] = {}
    waiting: Sequence[Ready] = [one for one in group if one in leaders.values()]
    while waiting:
        done = await _attempt(waiting)
        answers |= {**done.placed, **done.refused}
        for one in done.repeated:
            answers[one.order_no] = await _again(one)
        waiting = done.waiting
    for one in group:
        if one.order_no not in answers:  # the same key twice in one group
            leader = answers[leaders[one.request.actor, one.request.idempotency_key].order_no]
            answers[one.order_no] = leader if isinstance(leader, DomainError) else await _again(one)
    return [answers[one.order_no] for one in group]


async def _again(one: Ready) -> OrderView | BaseException:
    try:
        known = await find_placed(one.request)
    except DomainError as refusal:
        return refusal
    assert known is not None
    return known


async def _attempt(group: Sequence[Ready]) -> Answers:
    """Whoever stands behind a greater wish for the last units waits for how that one ends.

    Only shelves that were short a moment ago are looked at first: others mostly have enough.
    """
    wanted = [_reservation(one) for one in group if one.reserves]
    outlook = await foresee(wanted) if shortages.concern(wanted) else PLENTY
    shortages.note(wanted, outlook.refused)
    going = [one for one in group if one.order_no not in outlook.refused.keys() | outlook.waits]
    behind = [one for one in group if one.order_no in outlook.waits]
    if not going:
        return Answers({}, outlook.refused, (), behind)
    try:
        done = await _write(going)
    except Stale:
        anew, refusals = await _priced_anew(going)
        return Answers({}, {**outlook.refused, **refusals}, (), [*anew, *behind])
    except Refused as refused:
        shortages.note(wanted, refused.by_no)
        left = [one for one in going if one.order_no not in refused.by_no]
        return Answers({}, {**outlook.refused, **refused.by_no}, (), [*left, *behind])
    return Answers(done.placed, outlook.refused, done.repeated, behind)


async def _priced_anew(group: Sequence[Ready]) -> tuple[list[Ready], dict[str, DomainError]]:
    forget_terms()
    fresh: list[Ready] = []
    refused: dict[str, DomainError] = {}
    for one, answer in zip(group, await price_group([x.request for x in group]), strict=True):
        if isinstance(answer, Ready):
            fresh.append(replace(answer, order_no=one.order_no, public_id=one.public_id))
        elif isinstance(answer, DomainError):
            refused[one.order_no] = answer
    return fresh, refused


@use_case
async def _write(group: Sequence[Ready]) -> Answers:
    """All of the group, or Refused with those who stand in the way of the others.

    Members first, shelves last: other buyers wait for a shelf until this transaction ends.
    """
    placed = await insert(group)
    fresh = [one for one in group if one.order_no in placed]
    _stop(await too_much([placed[one.order_no] for one in fresh if one.request.agreed is None]))
    if limited := [(placed[one.order_no], one.limits) for one in fresh if one.limits]:
        _stop(await bought_too_many(limited))
    if uses := [_uses(one, placed[one.order_no]) for one in fresh if one.amounts.uses]:
        _stop(await hold_uses(uses))
    if spends := [one for one in fresh if one.amounts.points_spent]:
        _stop(await _hold_points(spends, placed))
    await take_out_of_carts([placed[one.order_no] for one in fresh if one.request.agreed is None])
    await tell(placed)
    for one in fresh:
        if one.is_forced and one.moves_stock:
            await _take_out(one)
    wanted = [_reservation(one, placed[one.order_no]) for one in fresh if one.reserves]
    if wanted:
        _stop(await reserve_many(wanted))
    return Answers(placed, {}, [one for one in group if one.order_no not in placed], ())


def _stop(refused: Refusals) -> None:
    if refused:
        raise Refused(refused)


def _reservation(one: Ready, order: OrderView | None = None) -> ReserveRequest:
    until = order.expires_at if order else clock.now()
    return ReserveRequest(one.order_no, one.request.store_id, one.demand, until)


def _uses(one: Ready, order: OrderView) -> HoldUses:
    request, uses = one.request, one.amounts.uses
    return HoldUses(one.order_no, request.member_id, uses, order.expires_at, request.store_id)


async def _take_out(one: Ready) -> None:
    """Goods that have left over a till already."""
    await take_out(
        order_no=one.order_no,
        store_id=one.request.store_id,
        lines=[(line.sku_id, line.quantity) for line in one.demand],
        is_forced=True,
        at=one.request.agreed.at if one.request.agreed else None,
        actor=one.request.actor,
    )


async def _hold_points(
    group: Sequence[Ready], placed: Mapping[str, OrderView]
) -> dict[str, DomainError]:
    causes = {Cause("order_placed.spent_points", one.order_no): one for one in group}
    requests = [
        HoldRequest(
            cause,
            Account(AccountKind.POINTS, f"member:{one.request.member_id}"),
            one.amounts.points_spent,
            placed[one.order_no].expires_at,
            {"order_no": one.order_no},
        )
        for cause, one in causes.items()
    ]
    return {causes[cause].order_no: error for cause, error in (await hold_many(requests)).items()}


together: Gathering[Ready, OrderView] = Gathering(place_group, most=64, lanes=2)
