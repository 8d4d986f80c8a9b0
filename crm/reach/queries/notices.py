"""Standing notices (系统通知): which have words of the brand, and by which channel one goes."""

from dataclasses import dataclass

from crm.reach.models import Template
from crm.reach.queries.budget import budget_of
from crm.reach.rules import CHEAPEST_FIRST, NOTICES, Channel, Notice


@dataclass(frozen=True, slots=True)
class NoticeView:
    """`channels` have words and are in use; none: nobody is told."""

    notice: Notice
    channels: tuple[Channel, ...]


async def notices() -> list[NoticeView]:
    """All of them, with the channels the brand has written words for."""
    codes = {f"{one.code}-{way}" for one in NOTICES for way in CHEAPEST_FIRST}
    rows = await Template.filter(code__in=sorted(codes), is_on=True)
    written = {row.code for row in rows if row.code.endswith(f"-{row.channel}")}
    return [
        NoticeView(one, tuple(way for way in CHEAPEST_FIRST if f"{one.code}-{way}" in written))
        for one in NOTICES
    ]


async def template_for(member_id: int, notice: str) -> str | None:
    """The template of the cheapest channel that leads to the member; None when there is none."""
    codes = {channel: f"{notice}-{channel}" for channel in CHEAPEST_FIRST}
    rows = await Template.filter(code__in=list(codes.values()), is_on=True)
    known = {row.channel for row in rows if row.code == codes[row.channel]}
    if not known:
        return None
    lines = await budget_of(member_id)
    ways = {line.channel for line in lines if line.has_address and line.permits != 0}
    open_to = [one for one in CHEAPEST_FIRST if one in known & ways]
    return codes[open_to[0]] if open_to else None
