"""Conditions to SQL. Pure: text and values, no database.

Nothing of a condition reaches the text but by the registries (names of facts and attributes, the
owners' SQL) and the enums of comparisons; whatever a person wrote is a parameter (threat S18).

Each different leaf is worked out once, however many segments ask it, and all leaves of one fact in
one pass over it: a *source* is a SELECT of (member_id, a boolean column for each of its leaves).
A segment is then a boolean expression over the sources, joined to who can be in an audience.
"""

from crm.segments.compiling.comparing import Values, compare
from crm.segments.compiling.sources import measured, step_filter
from crm.segments.compiling.whole import (
    Compiled,
    compile_count,
    compile_many,
    compile_members,
)

__all__ = [
    "Compiled",
    "Values",
    "compare",
    "compile_count",
    "compile_many",
    "compile_members",
    "measured",
    "step_filter",
]
