"""Points of an order: worked out when it is paid, given when their wait has ended."""

from datetime import datetime

from core import clock
from core.audience import traits
from core.database import sql, use_case
from core.ledger import name_cause
from crm.points.models import Earning
from crm.points.programs import programs_for
from crm.points.rules import (
    BASE,
    Bought,
    On,
    Program,
    Since,
    State,
    Terms,
    available_at,
    expires_at,
    points_of_order,
)
from crm.points.service.giving import give
from crm.points.service.limiting import within_limits
from crm.points.service.taking import note_refunds
from crm.points.service.writing import write_earning
from trade.catalog.queries import skus
from trade.orders.queries import OrderState, OrderView, order_of, timeline_of

ORDER_PAID, BY_PROGRAM = "order_paid.points", "order_paid.more_points"
# Paying, refunding and handing over may meet: the second sees what the first wrote.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended('points.order', $1::bigint))"
name_cause(ORDER_PAID, zh="订单支付积分", en="points for a paid order")
name_cause(BY_PROGRAM, zh="订单活动积分", en="more points for a paid order")


@use_case
async def earn_points(*, order_id: int, at: datetime) -> int:
    """What a paid order earns by the programs of its day; answers how many points.

    However often it is told, an order earns once from each program. Points whose wait is over are
    usable at once, without what has been refunded meanwhile.
    """
    await sql(TAKE_TURNS, order_id)
    order = await order_of(order_id)
    if order.member_id is None:
        return 0
    programs = await programs_for(On.ORDER, clock.shop_day(at))
    done_at = await _done_at(order) if _asks_done(programs) else None
    bought = await bought_in(order)
    for program in programs:
        await _earn(order, program, bought, at, done_at)
    await note_refunds(order_id)
    await _give_due(order_id)
    return sum(earning.points for earning in await Earning.filter(order_id=order_id))


@use_case
async def take_points_back(*, order_id: int) -> None:
    """Take back what the settled refunds of an order are worth in points. Again: nothing changes.

    What still waits is given without it; points spent meanwhile leave a debt, which the next
    earning pays; points that had expired unused are not taken a second time.
    """
    await sql(TAKE_TURNS, order_id)
    await note_refunds(order_id)


@use_case
async def start_waiting(*, order_id: int, at: datetime) -> None:
    """The buyer has the goods: earnings that wait from then on know their day. Again: nothing."""
    await sql(TAKE_TURNS, order_id)
    waiting = Earning.filter(order_id=order_id, state=State.PENDING, available_at=None)
    for earning in await waiting:
        terms = Terms.model_validate(earning.terms)
        usable = available_at(terms.pending, earning.earned_at, at)
        assert usable is not None
        earning.available_at, earning.expires_at = usable, expires_at(terms.expires, usable)
        await earning.save(update_fields=["available_at", "expires_at"])
    await _give_due(order_id)


async def _give_due(order_id: int) -> None:
    due = Earning.filter(order_id=order_id, state=State.PENDING, available_at__lte=clock.now())
    for earning in await due.order_by("id"):
        await give(earning)


def _asks_done(programs: list[Program]) -> bool:
    return any(program.terms.pending.since is Since.DONE for program in programs)


async def _done_at(order: OrderView) -> datetime | None:
    """News come in no promised order: the goods may have been handed over before."""
    if order.state is not OrderState.DONE:
        return None
    steps = await timeline_of(order.id)
    return next((step.at for step in steps if step.state is OrderState.DONE), None)


async def bought_in(order: OrderView) -> Bought:
    """The order as a program sees it."""
    known = await skus({line.sku_id for line in order.lines})
    lines = [(known[line.sku_id].product_id, line.payable_fen) for line in order.lines]
    return Bought(
        lines=lines,
        freight_fen=order.freight_fen,
        promised=order.points_earned,
        tier=order.tier,
        store_id=order.store_id,
        is_birth_month=await _is_birth_month(order),
    )


async def _is_birth_month(order: OrderView) -> bool:
    if order.member_id is None or order.paid_at is None:
        return False
    month = clock.shop_day(order.paid_at).month
    born = f"SELECT value FROM ({traits['people.birth_month'].sql}) AS born WHERE member_id = $1"  # noqa: S608
    return any(str(row["value"]) == str(month) for row in await sql(born, order.member_id))


async def _earn(
    order: OrderView, program: Program, bought: Bought, at: datetime, done_at: datetime | None
) -> None:
    worked = points_of_order(program.terms, bought)
    if not worked.points or order.member_id is None:
        return
    is_base = program.code == BASE
    usable = available_at(program.terms.pending, at, done_at)
    await write_earning(
        Earning(
            program=program.code,
            program_id=program.id,
            member_id=order.member_id,
            purse=program.purse,
            on=On.ORDER,
            cause_kind=ORDER_PAID if is_base else BY_PROGRAM,
            cause_key=order.order_no if is_base else f"{order.order_no}:{program.code}",
            order_id=order.id,
            order_no=order.order_no,
            basis_fen=bought.basis_fen(program.terms) or order.paid_fen,
            day=clock.shop_day(at),
            earned_at=at,
            available_at=usable,
            expires_at=expires_at(program.terms.expires, usable) if usable else None,
            terms=program.terms.model_dump(mode="json"),
        ),
        await within_limits(worked, program, order.member_id, clock.shop_day(at)),
        base=worked.steps[0].points,
    )
