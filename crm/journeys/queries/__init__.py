"""What can be asked about journeys. Nothing here writes."""

from crm.journeys.queries.journeys import (
    JourneyView,
    StepView,
    all_journeys,
    get_journey,
    journeys_of_company,
    journeys_of_member,
    runs_in,
)
from crm.journeys.queries.pictures import Box, Edge, Picture, picture_of
from crm.journeys.queries.report import GroupNumbers, Report, report_of
from crm.journeys.rules import (
    Aim,
    Definition,
    Do,
    If,
    Lift,
    Measure,
    RunState,
    State,
    Step,
    Wait,
)
from crm.journeys.rules.presets import PRESETS, Preset

__all__ = [
    "PRESETS",
    "Aim",
    "Box",
    "Definition",
    "Do",
    "Edge",
    "GroupNumbers",
    "If",
    "JourneyView",
    "Lift",
    "Measure",
    "Picture",
    "Preset",
    "Report",
    "RunState",
    "State",
    "Step",
    "StepView",
    "Wait",
    "all_journeys",
    "get_journey",
    "journeys_of_company",
    "journeys_of_member",
    "picture_of",
    "report_of",
    "runs_in",
]
