"""All promotions and coupons with what is used of them, for the people who run them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core import clock
from core.database import sql
from trade.promotions.rules import DealKind

ALL = """
SELECT c.code, c.kind, c.used_fen, c.used_times, c.claimed, row_to_json(p) AS version
FROM promotions_campaign AS c
JOIN LATERAL (
    SELECT * FROM promotions_promotion WHERE campaign_id = c.id ORDER BY version DESC LIMIT 1
) AS p ON true
ORDER BY (p.valid_to < current_date OR p.ends_at <= now()) IS TRUE,
    array_position($2::text[], c.kind::text), p.priority, c.code
LIMIT $1
"""


class Stage(StrEnum):
    """Where a promotion stands today."""

    SOON = "soon"  # 未开始
    RUNNING = "running"  # 进行中
    ENDED = "ended"  # 已结束


@dataclass(frozen=True, slots=True)
class CampaignView:
    """The newest version of a promotion; `share_bp` is how much of its tightest limit is used."""

    code: str
    kind: DealKind
    name: str
    version: int
    stage: Stage
    valid_from: date
    valid_to: date | None
    ends_at: datetime | None
    used_fen: int
    used_times: int
    claimed: int
    budget_fen: int | None
    budget_times: int | None
    quota: int | None
    exclusive_group: str
    may_stack: bool

    @property
    def share_bp(self) -> int | None:
        pairs = (
            (self.used_fen, self.budget_fen),
            (self.used_times, self.budget_times),
            (self.claimed, self.quota),
        )
        shares = [
            used * 10_000 // most if most else 10_000 for used, most in pairs if most is not None
        ]
        return min(max(shares), 10_000) if shares else None


async def campaigns(*, limit: int = 500) -> list[CampaignView]:
    """Running and coming ones first, in the order of the chain; those that have ended last."""
    now = clock.now()
    return [_view(row, now) for row in await sql(ALL, limit, list(DealKind))]


def _view(row: dict[str, object], now: datetime) -> CampaignView:
    version = row["version"]
    facts = json.loads(version) if isinstance(version, str) else dict(version)  # type: ignore[call-overload]
    ends_at = datetime.fromisoformat(facts["ends_at"]) if facts["ends_at"] else None
    starts_at = datetime.fromisoformat(facts["starts_at"]) if facts["starts_at"] else None
    first = date.fromisoformat(facts["valid_from"])
    last = date.fromisoformat(facts["valid_to"]) if facts["valid_to"] else None
    return CampaignView(
        code=str(row["code"]),
        kind=DealKind(str(row["kind"])),
        name=facts["name"],
        version=facts["version"],
        stage=_stage(now, first, last, starts_at, ends_at),
        valid_from=first,
        valid_to=last,
        ends_at=ends_at,
        used_fen=int(str(row["used_fen"])),
        used_times=int(str(row["used_times"])),
        claimed=int(str(row["claimed"])),
        budget_fen=facts["budget_fen"],
        budget_times=facts["budget_times"],
        quota=facts["quota"],
        exclusive_group=facts["exclusive_group"],
        may_stack=facts["may_stack"],
    )


def _stage(
    now: datetime,
    first: date,
    last: date | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
) -> Stage:
    today = clock.shop_day(now)
    if (last is not None and last < today) or (ends_at is not None and ends_at <= now):
        return Stage.ENDED
    if today < first or (starts_at is not None and now < starts_at):
        return Stage.SOON
    return Stage.RUNNING
