"""Growth as numbers (用户增长): how many came, by which entrance, how good, reachable, worth what.

Everything is asked of what the rooms register as facts, for the moment of asking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core import audience, clock
from core.clock import SHOP_ZONE
from core.database import sql


@dataclass(frozen=True, slots=True)
class EntranceNumbers:
    """Who came in by one entrance in the window, and how many of them bought in it."""

    entrance: str
    joined: int
    bought: int
    spent_fen: int

    @property
    def bought_bp(self) -> int:
        return 10_000 * self.bought // self.joined if self.joined else 0


@dataclass(frozen=True, slots=True)
class Sales:
    """Paid orders of members in the window, less what went back; by groups, by the mini-program."""

    orders: int
    buyers: int
    paid_fen: int
    group_fen: int
    mini_program_fen: int
    stores: int

    @property
    def basket_fen(self) -> int:
        return self.paid_fen // self.orders if self.orders else 0

    @property
    def group_bp(self) -> int:
        return 10_000 * self.group_fen // self.paid_fen if self.paid_fen else 0

    @property
    def by_store_fen(self) -> int:
        return self.paid_fen // self.stores if self.stores else 0


@dataclass(frozen=True, slots=True)
class Growth:
    """`in_touch` of the reachable members did or bought something in the window."""

    first: date
    last: date
    as_of: datetime
    members: int
    joined: int
    joined_before: int
    entrances: tuple[EntranceNumbers, ...]
    months: tuple[tuple[str, int], ...]
    reachable: int
    channels: Mapping[str, int]
    in_touch: int
    stages: Mapping[str, int]
    sales: Sales

    @property
    def relation_bp(self) -> int:
        """How strong the relation is: the share of the reachable who were in touch."""
        return 10_000 * self.in_touch // self.reachable if self.reachable else 0

    @property
    def life_fen(self) -> int:
        """What a buyer of this window spent in it."""
        return self.sales.paid_fen // self.sales.buyers if self.sales.buyers else 0

    @property
    def formula_fen(self) -> int:
        """Reachable members x relation x what one is worth (RP-07)."""
        return self.in_touch * self.life_fen


COUNTS = """
SELECT count(*) AS members,
    count(*) FILTER (WHERE j.value >= $1 AND j.value < $2) AS joined,
    count(*) FILTER (WHERE j.value >= $1 - ($2 - $1) AND j.value < $1) AS joined_before
FROM ({everybody}) AS p JOIN ({joined}) AS j USING (member_id)
"""
ENTRANCES = """
SELECT coalesce(e.value::text, '') AS entrance, count(*) AS joined, count(paid.member_id) AS bought,
    coalesce(sum(paid.amount), 0)::bigint AS spent_fen
FROM ({everybody}) AS p JOIN ({joined}) AS j USING (member_id)
LEFT JOIN ({entrance}) AS e USING (member_id)
LEFT JOIN (SELECT member_id, sum(amount) AS amount FROM ({paid}) AS o
           WHERE at >= $1 AND at < $2 GROUP BY member_id) AS paid USING (member_id)
WHERE j.value >= $1 AND j.value < $2 GROUP BY 1 ORDER BY joined DESC, entrance
"""
MONTHS = """
SELECT to_char(m.month, 'YYYY-MM') AS month, count(j.member_id) AS joined
FROM generate_series(date_trunc('month', $1::date::timestamp) - interval '11 months',
    date_trunc('month', $1::date::timestamp), interval '1 month') AS m (month)
LEFT JOIN (SELECT j.member_id, date_trunc('month', j.value AT TIME ZONE 'Asia/Shanghai') AS month
           FROM ({everybody}) AS p JOIN ({joined}) AS j USING (member_id)) AS j USING (month)
GROUP BY m.month ORDER BY m.month
"""
REACH = """
WITH may AS (
    SELECT member_id FROM ({agreed}) AS a WHERE value = 'marketing'
    INTERSECT SELECT member_id FROM ({everybody}) AS p
    EXCEPT SELECT member_id FROM ({minor}) AS m WHERE value
), ways AS (SELECT r.member_id, r.value::text AS way FROM ({ways}) AS r JOIN may USING (member_id))
SELECT way, count(*) AS n FROM ways GROUP BY way
UNION ALL SELECT 'all', count(DISTINCT member_id) FROM ways
UNION ALL SELECT 'touch', count(DISTINCT w.member_id) FROM ways AS w WHERE EXISTS (
    SELECT FROM behaviour_day AS d WHERE d.member_id = w.member_id AND d.on_day BETWEEN $1 AND $2)
"""
STAGES = """
SELECT value::text AS stage, count(*) AS n FROM ({stage}) AS s JOIN ({everybody}) AS p
USING (member_id) GROUP BY 1
"""
SALES = """
SELECT count(*) AS orders, count(DISTINCT member_id) AS buyers,
    coalesce(sum(amount), 0)::bigint AS paid_fen,
    coalesce(sum(amount) FILTER (WHERE customer_group IS NOT NULL), 0)::bigint AS group_fen,
    coalesce(sum(amount) FILTER (WHERE entrance = 'mini_program'), 0)::bigint AS mini_program_fen,
    count(DISTINCT store) AS stores
FROM ({paid}) AS o WHERE at >= $1 AND at < $2
"""


async def growth_of(first: date, last: date) -> Growth:
    """The numbers from `first` to `last`, both included."""
    starts = datetime.combine(first, time(), SHOP_ZONE)
    ends = datetime.combine(last + timedelta(days=1), time(), SHOP_ZONE)
    [counts] = await _ask(COUNTS, starts, ends)
    reach = {row["way"]: row["n"] for row in await _ask(REACH, first, last)}
    [sales] = await _ask(SALES, starts, ends)
    return Growth(
        first=first,
        last=last,
        as_of=clock.now(),
        **counts,
        entrances=tuple(EntranceNumbers(**row) for row in await _ask(ENTRANCES, starts, ends)),
        months=tuple((row["month"], row["joined"]) for row in await _ask(MONTHS, last)),
        reachable=reach.pop("all", 0),
        in_touch=reach.pop("touch", 0),
        channels=reach,
        stages=await _stages(),
        sales=Sales(**sales),
    )


async def _stages() -> dict[str, int]:
    """Empty as long as no room says in which stage a member is."""
    if "lifecycle.stage" not in audience.traits:
        return {}
    return {row["stage"]: row["n"] for row in await _ask(STAGES)}


async def _ask(query: str, *values: Any) -> list[dict[str, Any]]:
    """The facts are the rooms' own words, and named by us."""
    names = {
        "joined": "people.joined",
        "entrance": "people.entrance",
        "agreed": "people.agreed",
        "minor": "people.is_minor",
        "ways": "people.reached_by",
        "stage": "lifecycle.stage",
    }
    known = {name: audience.traits[of].sql for name, of in names.items() if of in audience.traits}
    paid = audience.happenings["orders.paid"].sql
    return await sql(query.format(everybody=audience.populations[0], paid=paid, **known), *values)
