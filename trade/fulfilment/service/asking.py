"""A buyer, or somebody for one, says what shall come back: a case is opened, or withdrawn."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.database import sql, use_case
from core.ids import new_no
from core.security.scope import Role, Scope
from trade.fulfilment.cases import ReturnView, case_in, judged, left_pieces, return_view
from trade.fulfilment.errors import (
    BadPieces,
    BadTrackingNo,
    CannotReturn,
    ReturnCannotMove,
    ReturnKeyReused,
)
from trade.fulfilment.models import Return, ReturnLine, ReturnStep
from trade.fulfilment.return_rules import (
    HOUSE_RULE,
    MoneyState,
    MoneyWhen,
    Proof,
    ReceiptState,
    RefundTo,
    ReturnKind,
    ReturnState,
    Verdict,
)
from trade.fulfilment.rules import is_tracking_no
from trade.fulfilment.service.pieces import Pieces, counted
from trade.fulfilment.service.worth import claim_returned, unclaim_returned
from trade.orders.queries import OrderLineView, OrderView, order_for, order_of

KNOWN = "SELECT id, fingerprint FROM fulfilment_return WHERE request_key = $1"
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('fulfilment.return:' || $1, 0))"

WITHDRAW = """
UPDATE fulfilment_return SET state = 'withdrawn', closed_at = now(), worth_fen = 0
WHERE id = $1 AND state = 'open' AND receipt IN ('awaited', 'on_way') AND asked_fen = 0
RETURNING id
"""

SENT = """
UPDATE fulfilment_return SET receipt = 'on_way', carrier = $2, tracking_no = $3
WHERE id = $1 AND state = 'open' AND receipt IN ('awaited', 'on_way') RETURNING id
"""


@dataclass(frozen=True, slots=True)
class AskReturn:
    """What comes back of an order, where to, and why. `proof` says how the purchase was found."""

    pieces: tuple[Pieces, ...]
    key: str
    kind: ReturnKind = ReturnKind.RETURN
    reason: str = ""
    store_id: int | None = None
    proof: Proof = Proof.ORDER


@use_case
async def ask_return(*, scope: Scope, order_id: str, ask: AskReturn) -> ReturnView:
    """A member's wish to give back pieces of an own order. The same key again is the same case.

    Raises OrderNotFound, CannotReturn with the reason, BadPieces, TooManyPieces, ReturnKeyReused.
    """
    return await open_case(await order_for(scope, order_id), ask, by=scope.actor)


@use_case
async def ask_return_at_counter(*, scope: Scope, order_id: int, ask: AskReturn) -> ReturnView:
    """Staff of any store open a case for a purchase that was proved to them (`find_purchases`).

    As `ask_return`; a manager may take back what the policy excludes.
    """
    order = await order_of(order_id)
    is_free = scope.role in {Role.STORE_MANAGER, Role.HEAD_OFFICE}
    return await open_case(order, ask, by=scope.actor, is_free=is_free)


async def open_case(
    order: OrderView,
    ask: AskReturn,
    *,
    by: str,
    is_free: bool = False,
    at: datetime | None = None,
) -> ReturnView:
    wanted, moment = counted(ask.pieces), at or clock.now()
    content = _print(order, ask, wanted)
    request_key = f"{by}:{ask.key}"
    await sql(TAKE_TURN, request_key)
    known = await sql(KNOWN, request_key)
    if known:
        if known[0]["fingerprint"] != content:
            raise ReturnKeyReused
        return await return_view(known[0]["id"])
    lines = {line.id: line for line in order.lines}
    if not wanted or not wanted.keys() <= lines.keys():
        raise BadPieces
    verdicts = await judged(order, list(wanted), at=moment)
    if not is_free:
        _check(verdicts)
    case = await _insert(order, ask, list(verdicts.values()), (request_key, content), by)
    left = await left_pieces(order)
    for line_id, pieces in wanted.items():
        await add_line(case, lines[line_id], pieces, left=left[line_id])
    await log_case(case.id, "ask", actor=by, note=ask.reason)
    return await return_view(case.id)


def _print(order: OrderView, ask: AskReturn, wanted: Mapping[int, int]) -> str:
    content = [order.id, sorted(wanted.items()), ask.kind, ask.store_id]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _check(verdicts: Mapping[int, Verdict]) -> None:
    for line_id, verdict in verdicts.items():
        if verdict.why:
            raise CannotReturn(
                why=verdict.why,
                line_id=line_id,
                rule=verdict.rule.code,
                until=verdict.until.isoformat() if verdict.until else None,
            )


async def _insert(
    order: OrderView,
    ask: AskReturn,
    verdicts: Sequence[Verdict],
    request: tuple[str, str],
    by: str,
) -> Return:
    """The strictest of the rules of all lines is the rule of the case."""
    rules = [verdict.rule for verdict in verdicts]
    strict = max(rules, key=lambda rule: rule.priority, default=HOUSE_RULE)
    to_credit = any(verdict.refund_to is RefundTo.CREDIT for verdict in verdicts)
    waits = min(rule.waits_days for rule in rules)
    is_late = any(rule.money is MoneyWhen.ON_RECEIPT for rule in rules)
    return await Return.create(
        return_no=new_no("T"),
        request_key=request[0],
        fingerprint=request[1],
        order_id=order.id,
        order_no=order.order_no,
        member_id=order.member_id,
        sold_store_id=order.store_id,
        store_id=ask.store_id or order.store_id,
        kind=ask.kind,
        state=ReturnState.OPEN,
        receipt=ReceiptState.AWAITED,
        money=MoneyState.NONE,
        refund_to=RefundTo.CREDIT if to_credit else RefundTo.ORIGIN,
        proof=ask.proof,
        rule_code=strict.code,
        reason=ask.reason[:200],
        money_when=MoneyWhen.ON_RECEIPT if is_late else strict.money,
        manager_over_fen=min(rule.manager_over_fen for rule in rules),
        by=by,
        ends_at=clock.now() + timedelta(days=waits),
    )


async def add_line(case: Return, line: OrderLineView, pieces: int, *, left: int) -> None:
    """Claim pieces for a case, and what they are worth. Raises TooManyPieces."""
    fen = await claim_returned(line, case.order_id, pieces, left=left)
    row = await ReturnLine.get_or_none(case_id=case.id, line_id=line.id)
    if row is None:
        row = ReturnLine(
            case_id=case.id, line_id=line.id, sku_id=line.sku_id, quantity=0, worth_fen=0
        )
    row.quantity += pieces
    row.worth_fen += fen
    await row.save()
    await sql("UPDATE fulfilment_return SET worth_fen = worth_fen + $2 WHERE id = $1", case.id, fen)


@use_case
async def withdraw_return(*, scope: Scope, return_id: str) -> ReturnView:
    """The buyer keeps the pieces; they may be asked for again. Again: nothing changes.

    Raises ReturnNotFound, and ReturnCannotMove once goods arrived or money was asked for.
    """
    case = await case_in(scope, return_id)
    await end_unclaimed(case, actor=scope.actor)
    return await return_view(case.id)


async def end_unclaimed(case: Return, *, actor: str) -> None:
    """Nothing came: the claim on pieces and fen ends."""
    if not await sql(WITHDRAW, case.id):
        await case.refresh_from_db()
        if case.state is not ReturnState.WITHDRAWN:
            raise ReturnCannotMove(state=case.state, action="withdraw")
        return
    order = await order_of(case.order_id)
    lines = {line.id: line for line in order.lines}
    for row in await ReturnLine.filter(case_id=case.id).order_by("line_id"):
        await unclaim_returned(lines[row.line_id], order.id, row.quantity, row.worth_fen)
        row.worth_fen = 0
        await row.save(update_fields=["worth_fen"])
    await log_case(case.id, "withdraw", actor=actor)


@use_case
async def send_back(*, scope: Scope, return_id: str, carrier: str, tracking_no: str) -> ReturnView:
    """The buyer sends the pieces by parcel. Again with another number: the newer one counts.

    Raises ReturnNotFound, BadTrackingNo, ReturnCannotMove once goods arrived.
    """
    case = await case_in(scope, return_id)
    if not is_tracking_no(carrier, tracking_no):
        raise BadTrackingNo
    if not await sql(SENT, case.id, carrier, tracking_no):
        raise ReturnCannotMove(state=case.state, action="send_back")
    await log_case(case.id, "send_back", actor=scope.actor, note=f"{carrier} {tracking_no}")
    return await return_view(case.id)


async def log_case(case_id: int, action: str, *, actor: str, note: str = "") -> None:
    await ReturnStep(case_id=case_id, action=action, actor=actor, note=note[:200]).save()
