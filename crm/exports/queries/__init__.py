"""What can be asked about exports. Nothing here writes; no row of a list is shown."""

from crm.exports.queries.views import (
    ExportView,
    ScheduleView,
    export_view,
    exports_for,
    schedules_for,
)
from crm.exports.rules import (
    APPROVES,
    MAY_EXPORT,
    SEES_WHOLE,
    USES,
    Column,
    Format,
    Rhythm,
    State,
    Use,
    columns_for,
)

__all__ = [
    "APPROVES",
    "MAY_EXPORT",
    "SEES_WHOLE",
    "USES",
    "Column",
    "ExportView",
    "Format",
    "Rhythm",
    "ScheduleView",
    "State",
    "Use",
    "columns_for",
    "export_view",
    "exports_for",
    "schedules_for",
]
