"""Exports made again and again: each run is an export like any other, with all its checks."""

from dataclasses import dataclass
from datetime import date, timedelta

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.errors import DomainError
from core.security.scope import Role, Scope
from crm.exports.errors import BadExpiry, BadRhythm, ScheduleUnknown
from crm.exports.models import Schedule
from crm.exports.rules import LONGEST_SCHEDULE_DAYS, Format, Rhythm, Use, next_run
from crm.exports.service.asking import Order, begin, check_order
from crm.segments.queries import parse, write
from trade.stores.queries import scope_of_staff

TAKE = """
UPDATE exports_schedule SET next_at = $3
WHERE id = $1 AND next_at = $2 AND ended_at IS NULL RETURNING id
"""
END = """
UPDATE exports_schedule SET ended_at = now(), why_ended = $2
WHERE id = $1 AND ended_at IS NULL RETURNING id
"""
A_ROUND = 20


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often, and until which shop day."""

    name: str
    rhythm: Rhythm
    ends_on: date


@use_case
async def repeat_export(*, scope: Scope, order: Order, repeat: Repeat) -> str:
    """Have it made again and again. Answers the schedule's public id.

    Raises what `want_export` raises of the order, BadRhythm and BadExpiry.
    """
    await check_order(scope, order)
    now = clock.now()
    if not (1 <= repeat.rhythm.every_days <= 31 and 0 <= repeat.rhythm.hour <= 23):
        raise BadRhythm
    today = clock.shop_day(now)
    if not today < repeat.ends_on <= today + timedelta(days=LONGEST_SCHEDULE_DAYS):
        raise BadExpiry
    row = await Schedule.create(
        name=repeat.name.strip()[:60] or order.reason.strip()[:60],
        asked_by=scope.staff_id or 0,
        condition=write(parse(order.condition)),
        columns=list(dict.fromkeys(order.columns)),
        format=order.format,
        use=order.use,
        reason=order.reason.strip()[:200],
        receiver=order.receiver.strip()[:100],
        is_whole=order.is_whole,
        tag_id=order.tag_id,
        language=order.language,
        keep_days=order.keep_days,
        every_days=repeat.rhythm.every_days,
        hour=repeat.rhythm.hour,
        next_at=next_run(repeat.rhythm, now),
        ends_on=repeat.ends_on,
    )
    await record(scope, "export.scheduled", f"export_schedule:{row.public_id}")
    return row.public_id


@use_case
async def end_schedule(*, scope: Scope, public_id: str) -> None:
    """No more runs, by whoever asked or head office; once more changes nothing.

    Raises ScheduleUnknown.
    """
    row = await Schedule.get_or_none(public_id=public_id)
    if row is None or (row.asked_by != scope.staff_id and scope.role is not Role.HEAD_OFFICE):
        raise ScheduleUnknown
    await sql(END, row.id, "")


async def run_due_schedules() -> int:
    """Ask for every export whose time has come; each time once. Answers how many were due."""
    due = Schedule.filter(next_at__lte=clock.now(), ended_at=None).order_by("next_at")
    found = await due.limit(A_ROUND)
    for row in found:
        await _run(row)
    return len(found)


@use_case
async def _run(row: Schedule) -> None:
    now = clock.now()
    scope = await scope_of_staff(row.asked_by)
    rhythm = Rhythm(row.every_days, row.hour)
    if scope is None or clock.shop_day(now) > row.ends_on:
        why = "到期 / over" if scope else "账号已停用 / the account has left"
        await sql(END, row.id, why)
        return
    order = _order_of(row)
    try:
        await check_order(scope, order)
    except DomainError as refusal:
        await sql(END, row.id, refusal.code)
        return
    if await sql(TAKE, row.id, row.next_at, next_run(rhythm, now)):
        key = f"{row.public_id}:{row.next_at.isoformat()}"
        await begin(scope, order, key=key, schedule_id=row.id)


def _order_of(row: Schedule) -> Order:
    return Order(
        condition=row.condition,
        columns=tuple(row.columns),
        format=Format(row.format),
        use=Use(row.use),
        reason=row.reason,
        receiver=row.receiver,
        keep_days=row.keep_days,
        is_whole=row.is_whole,
        tag_id=row.tag_id,
        language=row.language,
    )
