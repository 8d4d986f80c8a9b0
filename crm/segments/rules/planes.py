"""Sets of members as whole numbers, a bit for each: a segment is its leaves put together. Pure."""

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_

from crm.segments.rules.condition import All, Any, Condition, Everyone, Leaf, Not


def put_together(condition: Condition, planes: Mapping[Leaf, int], everyone: int) -> int:
    """Of whom of `everyone` it is true. `planes` has those of each leaf, and may name more."""
    match condition:
        case Everyone():
            return everyone
        case All(parts):
            return reduce(and_, (put_together(part, planes, everyone) for part in parts))
        case Any(parts):
            return reduce(or_, (put_together(part, planes, everyone) for part in parts))
        case Not(part):
            return everyone & ~put_together(part, planes, everyone)
        case _:
            return everyone & planes[condition]
