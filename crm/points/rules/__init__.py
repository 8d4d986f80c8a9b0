"""Decisions about points, pure: how many, from when, until when, and how much a refund takes."""

from crm.points.rules.arithmetic import (
    Bought,
    Had,
    Step,
    Worked,
    limited,
    part_of_refund,
    points_of_deed,
    points_of_order,
)
from crm.points.rules.expiry import available_at, expires_at
from crm.points.rules.terms import BASE, DEFAULT, Limits, Program, Terms
from crm.points.rules.words import (
    EXCHANGE_ENDED,
    REDEMPTION_MOVES,
    Direction,
    ExchangeState,
    On,
    Purse,
    RedemptionState,
    RewardKind,
    Since,
    Span,
    State,
)

__all__ = [
    "BASE",
    "DEFAULT",
    "EXCHANGE_ENDED",
    "REDEMPTION_MOVES",
    "Bought",
    "Direction",
    "ExchangeState",
    "Had",
    "Limits",
    "On",
    "Program",
    "Purse",
    "RedemptionState",
    "RewardKind",
    "Since",
    "Span",
    "State",
    "Step",
    "Terms",
    "Worked",
    "available_at",
    "expires_at",
    "limited",
    "part_of_refund",
    "points_of_deed",
    "points_of_order",
]
