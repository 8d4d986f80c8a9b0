"""Rule tags (规则标签): whom they fit is worked out here, who has them is said in crm.tags."""

import logging

from core.errors import DomainError
from crm.segments.queries.counting import members_of
from crm.tags.queries import rule_tags
from crm.tags.service import set_rule_members

log = logging.getLogger(__name__)


async def refresh_rule_tags() -> int:
    """Give every rule tag to exactly those its condition is true of now. How many were done.

    A tag whose condition is no longer understood keeps whom it has, and is told in the log: one bad
    rule does not stop the others.
    """
    done = 0
    for tag in await rule_tags():
        try:
            members = await members_of(tag.condition)
        except DomainError as refused:
            log.warning(
                "a rule tag cannot be worked out", extra={"tag": tag.id, "why": refused.code}
            )
            continue
        await set_rule_members(tag.id, members)
        done += 1
    return done
