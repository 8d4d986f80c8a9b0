"""What can be done with exports. One public function is one use case is one transaction."""

from crm.exports.service.asking import Order, want_export
from crm.exports.service.ending import cancel_export, expire_exports, recall_member
from crm.exports.service.listing import make_list
from crm.exports.service.repeating import Repeat, end_schedule, repeat_export, run_due_schedules
from crm.exports.service.reviewing import approve_export, refuse_export
from crm.exports.service.taking import TakenFile, take_file
from crm.exports.service.writing import write_file

__all__ = [
    "Order",
    "Repeat",
    "TakenFile",
    "approve_export",
    "cancel_export",
    "end_schedule",
    "expire_exports",
    "make_list",
    "recall_member",
    "refuse_export",
    "repeat_export",
    "run_due_schedules",
    "take_file",
    "want_export",
    "write_file",
]
