"""Reaching members: wanting a message, what is checked when it leaves, and how it ended."""

from crm.reach.service.endings import tell_of_membership_end, tell_of_tier_end
from crm.reach.service.limits import save_limit, save_quiet_hours
from crm.reach.service.permits import end_permits, note_permit
from crm.reach.service.sending import Outgoing, begin, begin_batch, put_back, record
from crm.reach.service.settling import (
    Handed,
    cancel_messages,
    hold_messages,
    look_at_handed,
    resolve_unknown,
    suppress_withdrawn,
    sweep_late,
)
from crm.reach.service.tasks import ask_guide, finish_task
from crm.reach.service.templates import TemplateText, save_template
from crm.reach.service.visits import VisitNews, tell_of_visit
from crm.reach.service.wanting import want

__all__ = [
    "Handed",
    "Outgoing",
    "TemplateText",
    "VisitNews",
    "ask_guide",
    "begin",
    "begin_batch",
    "cancel_messages",
    "end_permits",
    "finish_task",
    "hold_messages",
    "look_at_handed",
    "note_permit",
    "put_back",
    "record",
    "resolve_unknown",
    "save_limit",
    "save_quiet_hours",
    "save_template",
    "suppress_withdrawn",
    "sweep_late",
    "tell_of_membership_end",
    "tell_of_tier_end",
    "tell_of_visit",
    "want",
]
