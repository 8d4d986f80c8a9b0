"""Questions about segments. Nothing here writes."""

from crm.segments.queries.counting import Count, count_now, matching, members_matching, members_of
from crm.segments.queries.explaining import Reason, explain, told
from crm.segments.queries.members import (
    all_in,
    codes_of,
    in_segment,
    members_in,
    members_of_snapshot,
    segments_of,
    segments_of_all,
)
from crm.segments.queries.segments import (
    PassageView,
    SegmentView,
    SizeView,
    SnapshotView,
    all_segments,
    get_segment,
    passages_of,
    sizes_of,
    snapshots_of,
)
from crm.segments.queries.spread import spread_of
from crm.segments.rules import Condition, parse, write

__all__ = [
    "Condition",
    "Count",
    "PassageView",
    "Reason",
    "SegmentView",
    "SizeView",
    "SnapshotView",
    "all_in",
    "all_segments",
    "codes_of",
    "count_now",
    "explain",
    "get_segment",
    "in_segment",
    "matching",
    "members_in",
    "members_matching",
    "members_of",
    "members_of_snapshot",
    "parse",
    "passages_of",
    "segments_of",
    "segments_of_all",
    "sizes_of",
    "snapshots_of",
    "spread_of",
    "told",
    "write",
]
