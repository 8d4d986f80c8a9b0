"""A promotion in all its versions, for whoever changes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.database import sql
from trade.promotions.rules import DealKind

VERSIONS = """
SELECT c.code, c.kind, p.* FROM promotions_campaign AS c
JOIN promotions_promotion AS p ON p.campaign_id = c.id
WHERE c.code = $1 ORDER BY p.version DESC LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version; `terms` and `scope` are the JSON that `PromotionDraft` takes."""

    code: str
    kind: DealKind
    version: int
    name: str
    terms: dict[str, Any]
    scope: dict[str, Any]
    priority: int
    exclusive_group: str
    may_stack: bool
    budget_fen: int | None
    budget_times: int | None
    times_each: int | None
    valid_from: date
    valid_to: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    created_at: datetime


async def versions_of(code: str, *, limit: int = 50) -> list[VersionView]:
    """The newest first; empty for a code that nothing has."""
    return [_view(row) for row in await sql(VERSIONS, code, limit)]


def _view(row: Mapping[str, Any]) -> VersionView:
    read = {"kind": DealKind(row["kind"])}
    for name in ("terms", "scope"):
        read[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name]
    return VersionView(**{name: read.get(name, row[name]) for name in VersionView.__slots__})
