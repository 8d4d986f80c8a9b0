"""What can be done with the work of stores, with parcels and with returns: one file per step."""

from trade.fulfilment.service.tasks import (
    accept_task,
    cancel_task,
    mark_ready,
    open_task,
    pick_task,
    resend_notice,
)

__all__ = [
    "accept_task",
    "cancel_task",
    "mark_ready",
    "open_task",
    "pick_task",
    "resend_notice",
]
