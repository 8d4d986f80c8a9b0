"""What can be asked about journeys. Nothing here writes."""

from crm.journeys.queries.journeys import (
    JourneyView,
    StepView,
    all_journeys,
    get_journey,
    journeys_of_member,
)
from crm.journeys.queries.report import GroupNumbers, Report, report_of
from crm.journeys.rules import Aim, State

__all__ = [
    "Aim",
    "GroupNumbers",
    "JourneyView",
    "Report",
    "State",
    "StepView",
    "all_journeys",
    "get_journey",
    "journeys_of_member",
    "report_of",
]
