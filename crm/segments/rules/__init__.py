"""The language of conditions: what can be said, how it is read, written and put in words. Pure."""

from crm.segments.rules.condition import (
    All,
    Any,
    Comparison,
    Condition,
    Did,
    Everyone,
    HasTrait,
    InSegment,
    Is,
    Leaf,
    Measure,
    Not,
    Sequence,
    Step,
    Window,
    leaves,
    segments_in,
)
from crm.segments.rules.parsing import parse
from crm.segments.rules.writing import write

__all__ = [
    "All",
    "Any",
    "Comparison",
    "Condition",
    "Did",
    "Everyone",
    "HasTrait",
    "InSegment",
    "Is",
    "Leaf",
    "Measure",
    "Not",
    "Sequence",
    "Step",
    "Window",
    "leaves",
    "parse",
    "segments_in",
    "write",
]
