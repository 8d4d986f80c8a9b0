"""A store cannot give what it was asked for: another store is asked, or the money goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.database import sql, use_case
from core.security.scope import Scope
from trade.fulfilment.errors import TaskCannotMove
from trade.fulfilment.models import Refusal, StoreTask, TaskLine
from trade.fulfilment.queries import work_policy
from trade.fulfilment.rules import GONE, LIVE, REFUSE_TEXTS, RefuseReason, TaskKind
from trade.fulfilment.service.pieces import (
    Pieces,
    end_task,
    is_all_gone,
    shelve,
    stock_items,
    take_pieces,
)
from trade.fulfilment.service.sourcing import other_stores
from trade.fulfilment.service.tasks import ask_store, log_step, task_in
from trade.fulfilment.service.worth import claim_refused
from trade.orders.queries import OrderView, order_of
from trade.orders.service import mark_done, mark_shipped, note_progress
from trade.payments.service import refund
from trade.stock.errors import OutOfStock
from trade.stock.queries import Disposition as Fate
from trade.stock.service import take_out

NEXT_ROUND = "SELECT max(round) + 1 AS number FROM fulfilment_store_task WHERE order_id = $1"


@dataclass(frozen=True, slots=True)
class RefusalOutcome:
    """Who is asked instead, or what goes back to the buyer."""

    store_id: int | None = None
    refund_fen: int = 0


@dataclass(frozen=True, slots=True)
class Why:
    reason: RefuseReason
    note: str
    actor: str


@use_case
async def refuse(
    *,
    scope: Scope,
    task_id: str,
    reason: RefuseReason,
    pieces: Sequence[Pieces] = (),
    note: str = "",
) -> RefusalOutcome:
    """The store cannot give pieces of its task (无法履约); without `pieces` all that are left.

    The shelf is corrected as the reason says and this store is not asked for these lines again.
    Another store that has all of them is asked; if none has, their money goes back. Raises
    TaskNotFound, BadPieces, TooManyPieces, TaskCannotMove once the task ended, and OrderCannotMove
    when the order was given back meanwhile.
    """
    task = await task_in(scope, task_id)
    if task.state not in LIVE:
        raise TaskCannotMove(state=task.state, action="refuse")
    return await give_up(task, Why(reason, note, scope.actor), pieces)


async def give_up(task: StoreTask, why: Why, pieces: Sequence[Pieces] = ()) -> RefusalOutcome:
    """As `refuse`, for whoever decided it: a person, or the time a guest had to come."""
    order = await order_of(task.order_id)
    refused = await take_pieces(task.id, pieces, is_gone=False)
    await note_progress(
        order_id=order.id, action="part_refuse", cause=f"task:{task.public_id}", actor=why.actor
    )
    rows = [await _keep(task, line_id, n, why) for line_id, n in refused.items()]
    await end_task(task.id)
    await log_step(task.id, "refuse", actor=why.actor, note=f"{why.reason} {why.note}".strip())
    fate = Fate.SCRAP if why.reason in GONE else Fate.RESTOCK
    cause = f"refused:{task.id}:{rows[0].id}"
    await shelve(order, refused, store_id=task.store_id, cause=cause, fate=fate)
    if why.reason is not RefuseReason.UNCLAIMED and task.kind is not TaskKind.PICKUP:
        store_id = await _ask_another(order, refused, rows)
        if store_id is not None:
            return RefusalOutcome(store_id=store_id)
    return await _give_money_back(order, refused, rows, why)


async def _keep(task: StoreTask, line_id: int, pieces: int, why: Why) -> Refusal:
    return await Refusal.create(
        task_id=task.id,
        order_id=task.order_id,
        line_id=line_id,
        store_id=task.store_id,
        quantity=pieces,
        reason=why.reason,
        note=why.note[:200],
        by=why.actor,
    )


async def _ask_another(
    order: OrderView, refused: Mapping[int, int], rows: Sequence[Refusal]
) -> int | None:
    if not (await work_policy()).resource_again:
        return None
    [row] = await sql(NEXT_ROUND, order.id)
    number = int(row["number"])
    items = [item for line in order.lines for item in stock_items(line, refused.get(line.id, 0))]
    wanted = [(sku_id, units) for sku_id, units in items if units]
    for store_id in await other_stores(order, wanted, line_ids=list(refused)):
        try:
            if order.moves_stock:
                named = f"{order.order_no}#{number}"
                await take_out(order_no=named, store_id=store_id, lines=wanted, is_forced=False)
        except OutOfStock:
            continue  # somebody was faster there
        task_id = await ask_store(order, store_id, refused, number=number)
        await Refusal.filter(id__in=[row.id for row in rows]).update(next_task_id=task_id)
        return store_id
    return None


async def _give_money_back(
    order: OrderView, refused: Mapping[int, int], rows: Sequence[Refusal], why: Why
) -> RefusalOutcome:
    lines, total = {line.id: line for line in order.lines}, 0
    for row in rows:
        row.refund_fen = await claim_refused(lines[row.line_id], order.id, refused[row.line_id])
        total += row.refund_fen
    if await _is_nothing_left(order.id):
        rows[-1].refund_fen += order.freight_fen  # nothing was ever carried
        total += order.freight_fen
    for row in rows:
        await _owe(order, row, why)
    await _settle(order, rows[0].task_id, why.actor)
    return RefusalOutcome(refund_fen=total)


async def _owe(order: OrderView, row: Refusal, why: Why) -> None:
    if row.refund_fen:
        text, key = REFUSE_TEXTS[why.reason][0], f"refused:{row.id}"
        made = await refund(order_id=order.id, amount_fen=row.refund_fen, reason=text, key=key)
        row.refund_no = made[0].refund_no
    await row.save(update_fields=["refund_fen", "refund_no"])


async def _is_nothing_left(order_id: int) -> bool:
    lines = await TaskLine.filter(task__order_id=order_id)
    return all(line.gone == 0 and line.refused == line.quantity for line in lines)


async def _settle(order: OrderView, task_id: int, actor: str) -> None:
    """What was refused last may have been all that kept an order from being done."""
    if not await is_all_gone(order.id):
        return
    task = await StoreTask.get(id=task_id)
    move = mark_done if task.kind is TaskKind.PICKUP else mark_shipped
    await move(order_id=order.id, cause=f"task:{task.public_id}", actor=actor)
