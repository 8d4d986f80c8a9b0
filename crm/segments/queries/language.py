"""The language of conditions for those who build forms of it: comparisons, kinds, bounds, words."""

from crm.segments.rules.condition import Is
from crm.segments.rules.parsing import DEEPEST
from crm.segments.rules.values import ALLOWED, NUMBERS
from crm.segments.rules.words import HOW

__all__ = ["ALLOWED", "DEEPEST", "HOW", "NUMBERS", "Is"]
