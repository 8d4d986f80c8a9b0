"""Conditions to SQL. Pure: text and values, no database.

Nothing of a condition reaches the text but by the registries (names of facts and attributes, the
owners' SQL) and the enums of comparisons; whatever a person wrote is a parameter (threat S18).

All leaves of one fact are worked out in one pass over it: a *source* is a SELECT of (member_id, a
boolean column for each of its leaves). A condition is then a boolean expression over the sources,
joined to who can be in an audience. Of many segments at once no members are joined: each leaf of a
source becomes a string of bits, and the segments are put together of these (`words`).
"""

from crm.segments.compiling.comparing import Values, compare
from crm.segments.compiling.sources import is_turned, measured, step_filter
from crm.segments.compiling.whole import (
    Compiled,
    compile_count,
    compile_members,
)
from crm.segments.compiling.words import Words, compile_everyone, compile_words

__all__ = [
    "Compiled",
    "Values",
    "Words",
    "compare",
    "compile_count",
    "compile_everyone",
    "compile_members",
    "compile_words",
    "is_turned",
    "measured",
    "step_filter",
]
