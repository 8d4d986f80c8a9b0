"""What can be asked about points. Nothing here writes; models never leave, views do."""

from crm.points.queries.rewards import (
    RedemptionView,
    RewardView,
    gifts_to_fetch,
    redemptions_of,
    rewards_for,
)
from crm.points.queries.statement import (
    EarningView,
    LotView,
    PendingView,
    PurseView,
    earnings_of_order,
    statement_of,
)
from crm.points.rules import On, Purse, RedemptionState, RewardKind, State

__all__ = [
    "EarningView",
    "LotView",
    "On",
    "PendingView",
    "Purse",
    "PurseView",
    "RedemptionState",
    "RedemptionView",
    "RewardKind",
    "RewardView",
    "State",
    "earnings_of_order",
    "gifts_to_fetch",
    "redemptions_of",
    "rewards_for",
    "statement_of",
]
