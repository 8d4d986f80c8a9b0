"""The reach budget: what may still be sent to whom by which channel (PD-02, reachability)."""

from dataclasses import dataclass

from core import clock
from core.audience import traits
from core.database import sql
from core.privacy import Purpose
from crm.people.queries import addresses_of, may_be_reached
from crm.reach.models import Permit, Spent
from crm.reach.queries.limits import caps_of
from crm.reach.rules import ALL, Channel, starts_on


@dataclass(frozen=True, slots=True)
class Left:
    """What one channel may still carry to one member. `left` is 0 without address or consent."""

    channel: Channel
    has_address: bool
    is_allowed: bool
    permits: int | None  # of subscription messages; None: the channel wants none
    left: int


async def budget_of(member_id: int) -> list[Left]:
    """One line for each channel: marketing messages that may leave in the windows of now."""
    is_allowed = bool(await may_be_reached([member_id], purpose=Purpose.MARKETING))
    known = await addresses_of(member_id)
    permits = await Permit.filter(member_id=member_id, message_id=None, ended_at=None).count()
    has = {
        Channel.SUBSCRIBE: known.open_id is not None,
        Channel.WECOM: known.external_user_id is not None,
        Channel.SMS: known.phone is not None,
        Channel.MAIL: known.email is not None,
    }
    found = []
    for channel in Channel:
        left = await _left(member_id, channel)
        own = permits if channel is Channel.SUBSCRIBE else None
        left = min(left, own) if own is not None else left
        may = is_allowed and has[channel]
        found.append(Left(channel, has[channel], is_allowed, own, left if may else 0))
    return found


async def _left(member_id: int, channel: Channel) -> int:
    at, rows = clock.now(), await Spent.filter(member_id=member_id)
    used = {(row.channel, row.span, row.starts_on): row.used for row in rows}
    caps = await caps_of((ALL, channel))
    return min(
        max(0, cap.most - used.get((cap.channel, cap.span, starts_on(cap.span, at)), 0))
        for cap in caps
    )


@dataclass(frozen=True, slots=True)
class ReachNumbers:
    """How many members the brand can reach itself: at all, and by each channel."""

    members: int
    reachable: int
    channels: dict[Channel, int]


NUMBERS = """
WITH ways AS ({ways})
SELECT value AS channel, count(*) AS n FROM ways GROUP BY value
UNION ALL SELECT 'reachable', count(DISTINCT member_id) FROM ways
UNION ALL SELECT 'members', count(*) FROM ({members}) AS everybody
"""


async def reach_numbers() -> ReachNumbers:
    """Counted now, over everybody."""
    ways, members = traits["reach.channels"].sql, traits["people.joined"].sql
    rows = await sql(NUMBERS.format(ways=ways, members=members))
    counts = {row["channel"]: int(row["n"]) for row in rows}
    channels = {channel: counts.get(channel, 0) for channel in Channel}
    return ReachNumbers(counts["members"], counts["reachable"], channels)
