"""Which conditions become true or false by waiting alone."""

from crm.segments.rules.condition import Did, HasTrait, InSegment, Is, Leaf, Sequence, Step

MOVING = frozenset({Is.WITHIN_DAYS, Is.OVER_DAYS_AGO, Is.NEXT_DAYS})


def moves_with_time(leaf: Leaf) -> bool:
    """Another segment counts as moving: it may be."""
    match leaf:
        case HasTrait(_, test):
            return test.how in MOVING
        case Did(step, _, _, _):
            return _moves(step)
        case Sequence(steps, _):
            return any(_moves(step) for step in steps)
        case InSegment():
            return True


def _moves(step: Step) -> bool:
    return step.window.within_days is not None or any(test.how in MOVING for _, test in step.where)
