"""The journey and the portrait of one member, on the member's page."""

from collections.abc import Mapping
from typing import Any

from core.security.scope import Scope
from core.web.panels import Panel, register
from crm.behaviour.queries import journey_of, portrait_of

SHOWN = 60


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    """The newest steps; what they bought and said is on other panels."""
    page = await journey_of(member_id, limit=SHOWN)
    return {
        "steps": page.steps,
        "is_more": page.next_cursor is not None,
        "portrait": await portrait_of(member_id),
        "is_english": language == "en",
    }


register(Panel("journey", "旅程", "Journey", "behaviour/panel.html", load, place=40))
