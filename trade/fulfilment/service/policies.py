"""What head office decides of work and returns, kept as data: a change is a new row."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core import clock
from core.audit_log import record
from core.database import sql, use_case
from core.security.scope import Scope
from trade.fulfilment.errors import PolicyUnfit
from trade.fulfilment.models import ReturnRuleRow, WorkPolicyRow
from trade.fulfilment.queries import work_policy
from trade.fulfilment.return_rules import rule_of
from trade.fulfilment.rules import WorkPolicy

ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('fulfilment.policies'))"
MOST = {"accept_minutes": 1440, "ready_minutes": 10_080, "remind_days": 60, "pickup_days": 90}


@use_case
async def set_work_policy(scope: Scope, policy: WorkPolicy) -> bool:
    """How long people may take from now on. Again: False, and no row. Raises PolicyUnfit."""
    await sql(ONE_WRITER)
    days = asdict(policy)
    odd = [name for name, most in MOST.items() if not 1 <= days[name] <= most]
    if odd or policy.remind_days > policy.pickup_days or not 1 <= policy.confirm_days <= 60:
        raise PolicyUnfit(field=odd[0] if odd else "remind_days")
    if policy == await work_policy():
        return False
    await WorkPolicyRow(data=days, by=scope.actor).save()
    await record(scope, "fulfilment.work_policy", "all")
    return True


@use_case
async def put_return_rule(
    scope: Scope, *, code: str, priority: int, data: Mapping[str, Any], at: datetime | None = None
) -> bool:
    """Say what may come back: the rule of this code, from now on; the one before ends now.

    The same again: False. Raises PolicyUnfit for a word it does not know.
    """
    await sql(ONE_WRITER)
    try:
        _ = rule_of({"code": code, "priority": priority, "data": dict(data)})
    except (TypeError, ValueError) as odd:
        raise PolicyUnfit(field=str(odd)[:80]) from None
    now = at or clock.now()
    running = await ReturnRuleRow.filter(code=code, valid_until=None).order_by("-id").first()
    if running is not None and (running.priority, running.data) == (priority, dict(data)):
        return False
    await ReturnRuleRow.filter(code=code, valid_until=None).update(valid_until=now)
    await ReturnRuleRow(code=code, priority=priority, data=dict(data), valid_from=now).save()
    await record(scope, "fulfilment.return_rule", code)
    return True


@use_case
async def end_return_rule(scope: Scope, *, code: str) -> bool:
    """The rule of this code counts no longer. Again: False."""
    rows = ReturnRuleRow.filter(code=code, valid_until=None)
    ended = await rows.update(valid_until=clock.now())
    if ended:
        await record(scope, "fulfilment.return_rule.end", code)
    return bool(ended)
