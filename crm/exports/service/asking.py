"""Asking for a list: what for, for whom, how long, which columns; nothing leaves yet."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import clock
from core.audience import traits
from core.database import sql, use_case
from core.ids import new_no
from core.jobs import owe
from core.security.scope import Scope
from crm.exports.errors import (
    BadExpiry,
    ColumnsNeeded,
    ColumnUnknown,
    NoContactForAnalysis,
    ReasonNeeded,
    ReceiverNeeded,
    TagNeeded,
    TooManyOpen,
    WholeNotAllowed,
)
from crm.exports.models import Export
from crm.exports.rules import (
    LONGEST_DAYS,
    MOST_OPEN,
    REASON_CHARS,
    SEES_WHOLE,
    UNDER_WAY,
    Format,
    Use,
    columns_for,
)
from crm.people.queries import terms_of
from crm.segments.queries import parse, write

TURN = "SELECT pg_advisory_xact_lock(727002, $1::int)"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `condition` is data as the screen holds it; `columns` are names.

    `tag_id` for a list that leaves as a tag; then there is no file and no column.
    """

    condition: Any
    columns: tuple[str, ...]
    format: Format
    use: Use
    reason: str
    receiver: str
    keep_days: int
    is_whole: bool = False
    tag_id: int | None = None
    language: str = "zh"


async def check_order(scope: Scope, order: Order) -> None:
    """Raises what is wrong with it: of the words, the columns, the right to them, the condition."""
    if len(order.reason.strip()) < REASON_CHARS:
        raise ReasonNeeded
    if not order.receiver.strip():
        raise ReceiverNeeded
    if not 1 <= order.keep_days <= LONGEST_DAYS:
        raise BadExpiry
    if order.is_whole and scope.role not in SEES_WHOLE:
        raise WholeNotAllowed
    if order.format is Format.TAG and order.tag_id is None:
        raise TagNeeded
    await _check_columns(scope, order)
    parse(order.condition)


async def _check_columns(scope: Scope, order: Order) -> None:
    if not order.columns and order.format is not Format.TAG:
        raise ColumnsNeeded
    known = columns_for(scope.role, traits, (await terms_of(scope)).shared)
    for name in order.columns:
        if name not in known:
            raise ColumnUnknown(column=name[:60])
        if known[name].is_contact and order.use is Use.ANALYSIS:
            raise NoContactForAnalysis(column=name)


@use_case
async def want_export(*, scope: Scope, order: Order, key: str) -> str:
    """Ask for a list; a job makes it. Answers its public id; the same key again is the same list.

    Raises what `check_order` raises, and TooManyOpen.
    """
    await check_order(scope, order)
    staff_id = scope.staff_id or 0
    await sql(TURN, staff_id % 2**31)
    mine = f"{staff_id}:{key}"[:100]
    known = await Export.get_or_none(key=mine)
    if known is not None:
        return known.public_id
    if await Export.filter(asked_by=staff_id, state__in=sorted(UNDER_WAY)).count() >= MOST_OPEN:
        raise TooManyOpen
    return await begin(scope, order, key=mine)


async def begin(scope: Scope, order: Order, *, key: str, schedule_id: int | None = None) -> str:
    """Write the export and owe its list, in the transaction of the moment."""
    row = await Export.create(
        key=key,
        asked_by=scope.staff_id or 0,
        role=scope.role,
        condition=write(parse(order.condition)),
        columns=list(dict.fromkeys(order.columns)),
        format=order.format,
        use=order.use,
        reason=order.reason.strip()[:200],
        receiver=order.receiver.strip()[:100],
        is_whole=order.is_whole,
        tag_id=order.tag_id,
        language=order.language,
        watermark=new_no("X"),
        schedule_id=schedule_id,
        expires_at=clock.now() + timedelta(days=order.keep_days),
    )
    await owe("exports.list", key=row.public_id, export_id=row.id)
    return row.public_id
