"""Decisions about journeys, pure: definitions, states, who is held out, what a lift is."""

from crm.journeys.rules.definition import (
    Birthday,
    Definition,
    Do,
    Entered,
    Goal,
    Happened,
    If,
    Left,
    Measure,
    Once,
    OnDay,
    Step,
    Trigger,
    Wait,
    after,
    parse,
)
from crm.journeys.rules.holding import is_held_out
from crm.journeys.rules.lift import Group, Lift, lift_of
from crm.journeys.rules.states import MOVES, Aim, RunState, State, move

__all__ = [
    "MOVES",
    "Aim",
    "Birthday",
    "Definition",
    "Do",
    "Entered",
    "Goal",
    "Group",
    "Happened",
    "If",
    "Left",
    "Lift",
    "Measure",
    "OnDay",
    "Once",
    "RunState",
    "State",
    "Step",
    "Trigger",
    "Wait",
    "after",
    "is_held_out",
    "lift_of",
    "move",
    "parse",
]
