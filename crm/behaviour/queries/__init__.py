"""What can be asked about behaviour. Nothing here writes."""

from crm.behaviour.queries.growth import EntranceNumbers, Growth, Sales, growth_of
from crm.behaviour.queries.journeys import JourneyPage, StepView, journey_of
from crm.behaviour.queries.portraits import PortraitView, portrait_of
from crm.behaviour.queries.products import ProductNumbers, product_numbers
from crm.behaviour.rules import MOST_IN_A_BATCH, WORDS, Step

__all__ = [
    "MOST_IN_A_BATCH",
    "WORDS",
    "EntranceNumbers",
    "Growth",
    "JourneyPage",
    "PortraitView",
    "ProductNumbers",
    "Sales",
    "Step",
    "StepView",
    "growth_of",
    "journey_of",
    "portrait_of",
    "product_numbers",
]
