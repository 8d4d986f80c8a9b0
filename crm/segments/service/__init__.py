"""What can be done with segments."""

from crm.segments.service.following import follow_changes, mark_changed
from crm.segments.service.forgetting import forget_member
from crm.segments.service.freezing import drop_snapshot, freeze
from crm.segments.service.refreshing import refresh_due, refresh_segments
from crm.segments.service.saving import SegmentDraft, delete_segment, save_segment
from crm.segments.service.tagging import refresh_rule_tags

__all__ = [
    "SegmentDraft",
    "delete_segment",
    "drop_snapshot",
    "follow_changes",
    "forget_member",
    "freeze",
    "mark_changed",
    "refresh_due",
    "refresh_rule_tags",
    "refresh_segments",
    "save_segment",
]
