"""A tab of the member page: what may still be sent to this person, and what was."""

from collections.abc import Mapping
from typing import Any

from core.security.scope import Role, Scope
from core.web.panels import Panel, register
from crm.reach.queries import budget_of, messages_of


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    return {"budget": await budget_of(member_id), "messages": await messages_of(member_id)}


register(
    Panel(
        "reach",
        "触达",
        "Messages",
        "reach/panel.html",
        load,
        roles=frozenset({Role.MARKETER, Role.HEAD_OFFICE}),
        place=70,
    )
)
