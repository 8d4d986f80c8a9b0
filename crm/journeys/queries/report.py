"""What a journey was worth: treated and held out beside each other, lift and interval."""

from dataclasses import dataclass

from core.audience import happenings
from core.database import sql
from crm.journeys.queries.journeys import JourneyView
from crm.journeys.rules import Group, Lift, Measure, lift_of
from crm.reach.queries import Delivered, deliveries_of

# A member counts once, from the first time they began: members are the units that were drawn.
GROUPS = """
WITH drawn AS (
    SELECT DISTINCT ON (member_id) member_id, is_holdout, entered_at FROM journeys_run
    WHERE journey_id = $1 ORDER BY member_id, entered_at
), came AS (
    SELECT d.is_holdout, coalesce(g.times, 0) AS times, coalesce(g.total, 0) AS total
    FROM drawn AS d LEFT JOIN LATERAL (
        SELECT count(*) AS times, sum({of})::bigint AS total FROM ({told}) AS told
        WHERE told.member_id = d.member_id AND told.at >= d.entered_at
            AND told.at < d.entered_at + $2 * interval '1 day') AS g ON true
)
SELECT is_holdout, count(*) AS people, count(*) FILTER (WHERE times > 0) AS reached,
    sum(times)::bigint AS times, sum(total)::bigint AS total,
    sum(total::numeric * total)::text AS squares,
    sum(CASE WHEN times > 0 THEN total / times ELSE 0 END)::bigint AS baskets,
    sum(CASE WHEN times > 0 THEN (total / times)::numeric * (total / times) ELSE 0 END)::text
        AS basket_squares
FROM came GROUP BY is_holdout
"""
STEPS = """
SELECT d.step, d.what, d.is_refused, CASE WHEN d.is_refused THEN d.detail ELSE '' END AS why,
    count(*) AS n
FROM journeys_done AS d JOIN journeys_run AS r ON r.id = d.run_id
WHERE r.journey_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 5 DESC
"""


NOBODY = Group(0)


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """`total_fen` within the goal's window, of `times` orders by `reached` of `people`."""

    people: int = 0
    reached: int = 0
    times: int = 0
    total_fen: int = 0
    rate: Group = NOBODY
    spend: Group = NOBODY
    basket: Group = NOBODY

    @property
    def per_head(self) -> int:
        return round(self.total_fen / self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class StepCount:
    step: str
    what: str
    is_refused: bool
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """All three measures are worked out; `measure` is the one the goal declared beforehand."""

    treated: GroupNumbers
    held: GroupNumbers
    measure: Measure
    rate: Lift
    spend: Lift
    basket: Lift
    steps: tuple[StepCount, ...]
    deliveries: tuple[Delivered, ...]

    @property
    def declared(self) -> Lift:
        return {Measure.RATE: self.rate, Measure.SPEND: self.spend, Measure.BASKET: self.basket}[
            self.measure
        ]


async def report_of(journey: JourneyView) -> Report:
    """Worked out now; of the held out as of the treated."""
    goal = journey.definition.goal
    happening = happenings[goal.happening]
    of = goal.of if goal.of in happening.attributes else "0"
    rows = await sql(GROUPS.format(of=of, told=happening.sql), journey.id, goal.days)
    found = {row["is_holdout"]: _numbers(row) for row in rows}
    treated, held = found.get(False, GroupNumbers()), found.get(True, GroupNumbers())
    steps = await sql(STEPS, journey.id)
    return Report(
        treated=treated,
        held=held,
        measure=goal.measure,
        rate=lift_of(treated.rate, held.rate, is_rate=True),
        spend=lift_of(treated.spend, held.spend, is_rate=False),
        basket=lift_of(treated.basket, held.basket, is_rate=False),
        steps=tuple(
            StepCount(one["step"], one["what"], one["is_refused"], one["why"], one["n"])
            for one in steps
        ),
        deliveries=tuple(await deliveries_of(f"journey:{journey.id}")),
    )


def _numbers(row: dict[str, int]) -> GroupNumbers:
    people, reached = row["people"], row["reached"]
    return GroupNumbers(
        people=people,
        reached=reached,
        times=row["times"],
        total_fen=row["total"],
        rate=Group(people, reached),
        spend=Group(people, reached, people, row["total"], int(row["squares"])),
        basket=Group(people, reached, reached, row["baskets"], int(row["basket_squares"])),
    )
