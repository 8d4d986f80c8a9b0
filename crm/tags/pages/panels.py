"""The tags of one member, on the member's page."""

from collections.abc import Mapping
from typing import Any

from core.security.scope import Role, Scope
from core.web.panels import Panel, register
from crm.tags.pages.wording import SOURCES
from crm.tags.queries import Source, tag_groups, tags_of

MAY_CHANGE = frozenset({Role.MARKETER, Role.HEAD_OFFICE})


async def load(scope: Scope, member_id: int, language: str) -> Mapping[str, Any]:
    """What they have now and had before; what may be given them by hand."""
    marks = await tags_of(member_id, with_past=True)
    held = {one.tag for one in marks if one.ended_at is None}
    is_english = language == "en"
    return {
        "now": [one for one in marks if one.ended_at is None],
        "past": [one for one in marks if one.ended_at is not None],
        "sources": {source.value: SOURCES[source][is_english] for source in Source},
        "may_change": scope.role in MAY_CHANGE,
        "choices": [
            (
                group.name,
                [tag for tag in group.tags if not tag.is_rule and tag.public_id not in held],
            )
            for group in await tag_groups()
        ],
    }


register(Panel("tags", "标签", "Tags", "tags/panel.html", load, place=30))
