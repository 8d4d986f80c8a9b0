"""A tab of the member page: which journeys and campaigns a person went through."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.errors import sentence_of
from core.security.scope import Role, Scope
from core.web.panels import Panel, register
from crm.journeys.pages.words import deed_name
from crm.journeys.queries import journeys_of_member


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    return {
        "journeys": await journeys_of_member(member_id),
        "sentence": partial(sentence_of, language=language),
        "deed_name": partial(deed_name, language=language),
    }


register(
    Panel(
        "journeys",
        "活动与旅程",
        "Campaigns",
        "journeys/panel.html",
        load,
        roles=frozenset({Role.MARKETER, Role.HEAD_OFFICE}),
        place=75,
    )
)
