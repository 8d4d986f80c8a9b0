"""What can be asked about behaviour. Nothing here writes."""

from crm.behaviour.queries.journeys import JourneyPage, StepView, journey_of
from crm.behaviour.queries.products import ProductNumbers, product_numbers
from crm.behaviour.rules import MOST_IN_A_BATCH, WORDS, Step

__all__ = [
    "MOST_IN_A_BATCH",
    "WORDS",
    "JourneyPage",
    "ProductNumbers",
    "Step",
    "StepView",
    "journey_of",
    "product_numbers",
]
