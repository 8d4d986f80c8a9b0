"""What was decided of work, returns and deposits, and when. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trade.fulfilment.models import ReturnRuleRow, WorkPolicyRow


@dataclass(frozen=True, slots=True)
class WorkPolicyView:
    """`data` holds the words of `WorkPolicy`."""

    data: dict[str, Any]
    by: str
    at: datetime


async def work_policy_history(limit: int = 50) -> tuple[WorkPolicyView, ...]:
    """The newest first: that one counts."""
    rows = await WorkPolicyRow.all().order_by("-id").limit(limit)
    return tuple(WorkPolicyView(row.data, row.by, row.at) for row in rows)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of the return policy as it stood; `valid_until` None: it counts now."""

    code: str
    priority: int
    data: dict[str, Any]
    valid_from: datetime
    valid_until: datetime | None


async def return_rule_history(limit: int = 100) -> tuple[RuleRow, ...]:
    """Every rule there was, those that count first, then the newest."""
    rows = ReturnRuleRow.all().order_by("-id").limit(limit)
    found = [
        RuleRow(row.code, row.priority, row.data, row.valid_from, row.valid_until)
        for row in await rows
    ]
    return tuple(sorted(found, key=lambda row: (row.valid_until is not None, row.priority)))
