"""Setting the frequency caps and the quiet hours. Both hold from the next message on."""

from datetime import time

from core import audit_log
from core.database import use_case
from core.security.scope import Scope
from crm.reach.errors import BadLimit
from crm.reach.models import Limit, QuietHours
from crm.reach.rules import ALL, Cap, Channel, Window, check_cap


@use_case
async def save_limit(*, scope: Scope, channel: str, span: str, most: int) -> None:
    """At most so many marketing messages in a window; on record. Raises BadLimit."""
    if channel not in {ALL, *Channel} or span not in set(Window):
        raise BadLimit(channel=channel[:12], span=span[:8])
    cap = Cap(channel, Window(span), most)
    check_cap(cap)
    given = {"most": most}
    await Limit.update_or_create(given, channel=channel, span=cap.span)
    await audit_log.record(scope, "reach.limit_saved", f"{channel or 'all'}:{span}", most=most)


@use_case
async def save_quiet_hours(*, scope: Scope, starts: time, ends: time) -> None:
    """When members are left alone; equal times mean never. On record."""
    given = {"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}
    await QuietHours.update_or_create(given, id=1)
    said = f"{starts:%H:%M}-{ends:%H:%M}"
    await audit_log.record(scope, "reach.quiet_hours_saved", "reach", hours=said)
