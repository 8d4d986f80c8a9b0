"""What can be done with behaviour. One public function is one use case is one transaction."""

from crm.behaviour.rules import Step
from crm.behaviour.service.counting import count_products, recount_days
from crm.behaviour.service.noting import Note, note, note_all
from crm.behaviour.service.portraying import owe_portraits, portray_everybody
from crm.behaviour.service.taking import Batch, Refused, Taken, Told, take_steps
from crm.behaviour.service.tying import tie_visitor

__all__ = [
    "Batch",
    "Note",
    "Refused",
    "Step",
    "Taken",
    "Told",
    "count_products",
    "note",
    "note_all",
    "owe_portraits",
    "portray_everybody",
    "recount_days",
    "take_steps",
    "tie_visitor",
]
