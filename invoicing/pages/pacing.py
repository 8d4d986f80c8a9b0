"""When a waiting page looks again: soon while few wait, ever later the more of them look.

At a peak thousands of phones wait for their invoice at once; asking for it every two seconds they
would keep the shop from making any.
"""

from dataclasses import dataclass

LOOKS_A_SECOND = 20  # of one process, by all pages together
LONGEST_S = 300


@dataclass(slots=True)
class Looks:
    """Each look books its share of a second; whoever comes while much is booked comes later."""

    a_second: float = LOOKS_A_SECOND
    booked_until: float = 0.0

    def pause_s(self, at: float, soonest_s: int) -> int:
        """Whole seconds until the next look. `at` is the moment of this one, in seconds."""
        self.booked_until = max(self.booked_until, at) + 1 / self.a_second
        behind_s = self.booked_until - at
        return min(LONGEST_S, soonest_s + int(behind_s))


LOOKS = Looks()
