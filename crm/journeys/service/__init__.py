"""Journeys: written, started, begun by members, walked step by step, and ended."""

from crm.journeys.service.asking import ask_campaign, withdraw_campaign
from crm.journeys.service.entering import enter
from crm.journeys.service.leaving import leave_for_consent, leave_for_good
from crm.journeys.service.looking import look, note_segment
from crm.journeys.service.moving import act
from crm.journeys.service.presetting import draft_from_preset
from crm.journeys.service.walking import advance, walk
from crm.journeys.service.writing import JourneyDraft, save_journey

__all__ = [
    "JourneyDraft",
    "act",
    "advance",
    "ask_campaign",
    "draft_from_preset",
    "enter",
    "leave_for_consent",
    "leave_for_good",
    "look",
    "note_segment",
    "save_journey",
    "walk",
    "withdraw_campaign",
]
