"""Which caps and quiet hours hold now: what was set, else what is usual."""

from collections.abc import Collection
from datetime import time

from crm.reach.models import Limit, QuietHours
from crm.reach.rules import PLATFORM_CAPS, USUAL_CAPS, Cap, Quiet


async def caps() -> list[Cap]:
    """Every cap, in one order; the platforms' own hold whatever was set."""
    found = {(cap.channel, cap.span): cap.most for cap in USUAL_CAPS}
    found |= {(row.channel, row.span): row.most for row in await Limit.all()}
    for cap in PLATFORM_CAPS:
        ours = found.get((cap.channel, cap.span), cap.most)
        found[cap.channel, cap.span] = min(ours, cap.most)
    return sorted(
        (Cap(channel, span, most) for (channel, span), most in found.items()),
        key=lambda cap: (cap.channel, cap.span),
    )


async def caps_of(channels: Collection[str]) -> list[Cap]:
    """The caps that a message by one of these channels meets."""
    return [cap for cap in await caps() if cap.channel in channels]


async def quiet_hours() -> Quiet:
    row = await QuietHours.get_or_none(id=1)
    if row is None:
        return Quiet()
    return Quiet(time.fromisoformat(row.starts), time.fromisoformat(row.ends))
