"""Conditions as data again: `parse(write(c)) == c`. What is stored is always this form."""

from datetime import date
from typing import Any as Anything

from crm.segments.rules.condition import (
    All,
    Any,
    Comparison,
    Condition,
    Did,
    Everyone,
    HasTrait,
    InSegment,
    Leaf,
    Not,
    Sequence,
    Step,
)

Data = dict[str, Anything]


def write(condition: Condition) -> Data:
    """The canonical data of a condition."""
    match condition:
        case All(parts) | Any(parts):
            word = "all" if isinstance(condition, All) else "any"
            return {word: [write(part) for part in parts]}
        case Not(part):
            return {"not": write(part)}
        case Everyone():
            return {"everyone": True}
        case _:
            return _leaf(condition)


def _leaf(leaf: Leaf) -> Data:
    match leaf:
        case HasTrait(name, test):
            return {"trait": name, **_test(test)}
        case InSegment(code):
            return {"segment": code}
        case Sequence(steps, in_days):
            return {"sequence": [_step(step) for step in steps], "in_days": in_days}
        case Did(step, measure, of, test):
            return _step(step) | {measure.value: ({"of": of} if of else {}) | _test(test)}


def _test(test: Comparison) -> Data:
    if test.value is None:
        return {"is": test.how.value}
    return {"is": test.how.value, "value": _value(test.value)}


def _value(value: Anything) -> Anything:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _step(step: Step) -> Data:
    where = [{"attribute": name, **_test(test)} for name, test in step.where]
    window = {
        "within_days": step.window.within_days,
        "since": step.window.since and step.window.since.isoformat(),
        "until": step.window.until and step.window.until.isoformat(),
    }
    said = {"did": step.happening} | ({"where": where} if where else {})
    return said | {word: value for word, value in window.items() if value is not None}
