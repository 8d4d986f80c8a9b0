"""Points on the member's page."""

from collections.abc import Mapping
from typing import Any

from core.security.scope import Scope
from core.web.panels import Panel, register
from crm.points.queries import redemptions_of, statement_of


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    purses = await statement_of(member_id, language)
    return {"purses": list(purses.values()), "redemptions": await redemptions_of(member_id, 10)}


register(Panel("points", "积分", "Points", "points/panel.html", load, place=30))
