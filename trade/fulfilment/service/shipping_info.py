"""The door to shipping information (发货信息): what WeChat tells of it, trying again, the lists."""

from trade.fulfilment.shipping_info.hearing import (
    Settlement,
    UploadNotParked,
    UploadUnknown,
    note_reminder,
    note_settlement,
    try_again,
)
from trade.fulfilment.shipping_info.questions import (
    UploadView,
    find_upload,
    late_uploads,
    uploads_of,
)
from trade.fulfilment.shipping_info.rules import Logistics, UploadState

__all__ = [
    "Logistics",
    "Settlement",
    "UploadNotParked",
    "UploadState",
    "UploadUnknown",
    "UploadView",
    "find_upload",
    "late_uploads",
    "note_reminder",
    "note_settlement",
    "try_again",
    "uploads_of",
]
