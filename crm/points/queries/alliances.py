"""Partners and exchanges as members and staff see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from core.database import sql
from crm.points.models import Alliance, AllianceAccount, Difference, Exchange
from crm.points.rules import ExchangeState


@dataclass(frozen=True, slots=True)
class AllianceView:
    code: str
    name: str
    out_ours: int
    out_theirs: int
    in_theirs: int
    in_ours: int
    most_a_day: int
    is_linked: bool


async def alliances_for(member_id: int) -> list[AllianceView]:
    """The partners that exchange now; `is_linked`: this member's account there is known."""
    linked = AllianceAccount.filter(member_id=member_id, unlinked_at=None)
    known = {row.alliance_id for row in await linked}
    return [
        AllianceView(
            code=row.code,
            name=row.name,
            out_ours=row.out_ours,
            out_theirs=row.out_theirs,
            in_theirs=row.in_theirs,
            in_ours=row.in_ours,
            most_a_day=row.most_a_day,
            is_linked=row.id in known,
        )
        for row in await Alliance.filter(is_on=True).order_by("id")
    ]


@dataclass(frozen=True, slots=True)
class ExchangeView:
    exchange_no: str
    alliance: str
    direction: Literal["out", "in"]
    ours: int
    theirs: int
    state: ExchangeState
    at: datetime


async def exchanges_of(member_id: int, limit: int = 50) -> list[ExchangeView]:
    """A member's own, newest first."""
    rows = Exchange.filter(member_id=member_id).order_by("-id").limit(limit)
    return [
        ExchangeView(
            exchange_no=row.exchange_no,
            alliance=row.alliance.code,
            direction="out" if row.direction == "out" else "in",
            ours=row.ours,
            theirs=row.theirs,
            state=row.state,
            at=row.at,
        )
        for row in await rows.select_related("alliance")
    ]


@dataclass(frozen=True, slots=True)
class PartnerNumbers:
    """Of one partner: what went out and came in of ours, what is open, differences to look at."""

    code: str
    name: str
    is_on: bool
    out_ours: int
    in_ours: int
    waiting: int
    differences: int


NUMBERS = """
SELECT code, name, is_on, coalesce(went, 0)::bigint AS out_ours,
    coalesce(came, 0)::bigint AS in_ours,
    coalesce(waiting, 0) AS waiting, (SELECT count(*) FROM points_difference AS one
        WHERE one.alliance_id = alliance.id AND settled_by = '') AS differences
FROM points_alliance AS alliance LEFT JOIN (
    SELECT alliance_id, sum(ours) FILTER (WHERE direction = 'out' AND state = 'done') AS went,
        sum(ours) FILTER (WHERE direction = 'in' AND state = 'done') AS came,
        count(*) FILTER (WHERE ended_at IS NULL) AS waiting
    FROM points_exchange GROUP BY 1
) AS sums ON sums.alliance_id = alliance.id ORDER BY alliance.id
"""


async def partner_numbers() -> list[PartnerNumbers]:
    return [_numbers(row) for row in await sql(NUMBERS)]


def _numbers(row: Mapping[str, Any]) -> PartnerNumbers:
    return PartnerNumbers(**row)


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """Points are the partner's; None: that side does not know it."""

    id: int
    alliance: str
    day: date
    exchange_no: str
    what: str
    ours: int | None
    theirs: int | None


async def open_differences(limit: int = 100) -> list[DifferenceView]:
    rows = Difference.filter(settled_by="").order_by("id").limit(limit)
    return [
        DifferenceView(
            id=row.id,
            alliance=row.alliance.name,
            day=row.day,
            exchange_no=row.exchange_no,
            what=row.what,
            ours=row.ours,
            theirs=row.theirs,
        )
        for row in await rows.select_related("alliance")
    ]
