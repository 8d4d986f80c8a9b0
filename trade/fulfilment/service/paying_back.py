"""Money of a return: a step of its own, before or after the goods as the policy says."""

from dataclasses import dataclass

from core.database import sql, use_case
from core.security.scope import Role, Scope
from trade.fulfilment.cases import ReturnView, case_in, return_view
from trade.fulfilment.errors import (
    GoodsFirst,
    ManagerNeeded,
    NotWorthThat,
)
from trade.fulfilment.models import Return, ReturnLine, ReturnMoney
from trade.fulfilment.return_rules import MoneyState, MoneyWhen, RefundTo
from trade.fulfilment.service.asking import log_case
from trade.fulfilment.service.worth import share_fen
from trade.payments.queries import RefundState, refunds_of
from trade.payments.service import Counter, refund
from trade.payments.service import RefundTo as PayTo

MANAGERS = {Role.STORE_MANAGER, Role.FRANCHISEE, Role.HEAD_OFFICE}

INSERT = """
INSERT INTO fulfilment_return_money (request_key, case_id, amount_fen, refund_to, state, by)
VALUES ($1, $2, $3, $4, 'waiting', $5)
ON CONFLICT (request_key) DO NOTHING RETURNING id
"""

CLAIM = """
UPDATE fulfilment_return SET asked_fen = asked_fen + $2, money = 'waiting'
WHERE id = $1 AND state = 'open' AND asked_fen + $2 <= $3 RETURNING id
"""

ALLOW = """
UPDATE fulfilment_return_money SET state = 'asked', allowed_by = $2
WHERE id = $1 AND state = 'waiting' RETURNING id
"""

STATE = """
UPDATE fulfilment_return SET money = coalesce(
    (SELECT max(state) FROM fulfilment_return_money WHERE case_id = $1 AND state = 'waiting'),
    (SELECT max(state) FROM fulfilment_return_money WHERE case_id = $1 AND state = 'asked'),
    'settled')
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """`amount_fen` None: all the pieces are worth. `refund_to` None: as the policy says."""

    key: str
    amount_fen: int | None = None
    refund_to: RefundTo | None = None


@use_case
async def pay_back(*, scope: Scope, return_id: str, wish: GiveBack) -> ReturnView:
    """Give money of a return back. Above the limit of the policy, off its way (origin instead of
    credit), or for odd pieces it waits for a manager's `allow_money`.

    The same key again changes nothing. Raises ReturnNotFound, GoodsFirst, NotWorthThat, and what
    payments refuses.
    """
    case = await case_in(scope, return_id)
    return await give_money(case, wish, by=scope.actor, is_manager=scope.role in MANAGERS)


async def give_money(
    case: Return, wish: GiveBack, *, by: str, is_manager: bool, counter: Counter | None = None
) -> ReturnView:
    request_key = f"{by}:{wish.key}"
    if await ReturnMoney.exists(request_key=request_key):
        return await return_view(case.id)
    worth = await worth_now(case)
    amount = worth - case.asked_fen if wish.amount_fen is None else wish.amount_fen
    if amount <= 0 and case.worth_fen > case.asked_fen and wish.amount_fen is None:
        raise GoodsFirst
    if amount <= 0:
        raise NotWorthThat(worth_fen=worth - case.asked_fen)
    target = wish.refund_to or case.refund_to
    rows = await sql(INSERT, request_key, case.id, amount, target, by)
    if not await sql(CLAIM, case.id, amount, worth):
        raise NotWorthThat(worth_fen=worth - case.asked_fen)
    await log_case(case.id, "money", actor=by, note=f"{amount} {target}")
    is_off = target is RefundTo.ORIGIN and case.refund_to is RefundTo.CREDIT
    if is_manager or (amount <= case.manager_over_fen and not is_off):
        await _send(case, rows[0]["id"], allowed_by=by, counter=counter)
    return await return_view(case.id)


async def worth_now(case: Return) -> int:
    """What may be given back now: of goods that are there, unless the policy pays first."""
    if case.money_when is not MoneyWhen.ON_RECEIPT:
        return int(case.worth_fen)
    rows = await ReturnLine.filter(case_id=case.id)
    return sum(share_fen(row.worth_fen, row.quantity, row.received) for row in rows)


@use_case
async def allow_money(*, scope: Scope, return_id: str) -> ReturnView:
    """A manager says yes to money that waits. Again: nothing changes.

    Raises ReturnNotFound, ManagerNeeded.
    """
    case = await case_in(scope, return_id)
    if scope.role not in MANAGERS:
        raise ManagerNeeded
    for row in await ReturnMoney.filter(case_id=case.id, state=MoneyState.WAITING).order_by("id"):
        await _send(case, row.id, allowed_by=scope.actor)
    return await return_view(case.id)


async def _send(
    case: Return, money_id: int, *, allowed_by: str, counter: Counter | None = None
) -> None:
    if not await sql(ALLOW, money_id, allowed_by):
        return
    row = await ReturnMoney.get(id=money_id)
    made = await refund(
        order_id=case.order_id,
        amount_fen=row.amount_fen,
        reason=f"退货 {case.return_no}",
        key=f"return:{row.id}",
        to=PayTo(row.refund_to.value),
        counter=counter or Counter(case.store_id, allowed_by),
    )
    row.refund_nos = [one.refund_no for one in made]
    await row.save(update_fields=["refund_nos"])
    await log_case(case.id, "pay_back", actor=allowed_by, note=",".join(row.refund_nos))
    await sql(STATE, case.id)
    await settle_money(case.order_id)


@use_case
async def settle_money(order_id: int) -> None:
    """Note which money of an order's returns has arrived. Again: nothing changes."""
    open_rows = ReturnMoney.filter(case__order_id=order_id, state=MoneyState.ASKED)
    waiting = await open_rows.order_by("id")
    if not waiting:
        return
    settled = {
        one.refund_no: one.settled_at
        for one in await refunds_of(order_id)
        if one.state is RefundState.SETTLED
    }
    for row in waiting:
        if row.refund_nos and settled.keys() >= set(row.refund_nos):
            row.state = MoneyState.SETTLED
            row.settled_at = max(at for no in row.refund_nos if (at := settled[no]) is not None)
            await row.save(update_fields=["state", "settled_at"])
            await sql(STATE, row.case_id)
