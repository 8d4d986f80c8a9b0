"""What can be asked about reaching members. Nothing here writes."""

from crm.reach.queries.budget import Left, budget_of, reach_numbers
from crm.reach.queries.deliveries import (
    Delivered,
    MessageView,
    TaskView,
    deliveries_of,
    messages_of,
    tasks_of,
    unknown_messages,
    waiting_batches,
)
from crm.reach.queries.limits import caps, caps_of, quiet_hours
from crm.reach.queries.notices import NoticeView, notices, template_for
from crm.reach.queries.templates import TemplateView, template_of, templates
from crm.reach.rules import REPEATABLE, Channel, State, Why

__all__ = [
    "REPEATABLE",
    "Channel",
    "Delivered",
    "Left",
    "MessageView",
    "NoticeView",
    "State",
    "TaskView",
    "TemplateView",
    "Why",
    "budget_of",
    "caps",
    "caps_of",
    "deliveries_of",
    "messages_of",
    "notices",
    "quiet_hours",
    "reach_numbers",
    "tasks_of",
    "template_for",
    "template_of",
    "templates",
    "unknown_messages",
    "waiting_batches",
]
