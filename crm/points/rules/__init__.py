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
from crm.points.rules.words import On, Purse, Since, Span, State

__all__ = [
    "BASE",
    "DEFAULT",
    "Bought",
    "Had",
    "Limits",
    "On",
    "Program",
    "Purse",
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
