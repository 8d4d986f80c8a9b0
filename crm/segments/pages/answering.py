"""What stands in the builder's form, and what the box beside it answers: a count or a refusal."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from core.errors import DomainError
from crm.people.queries import member_known_as
from crm.segments.errors import TooManyCounts
from crm.segments.pages.draft import read_tree
from crm.segments.queries import Count, Reason, count_now, explain, parse, told

AT_ONCE = 4  # counts of this process at one time (threat S26)
EXACT = "exact"  # the button that waits for the whole truth
counting = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the builder's form. `is_exact`: a sample is not enough this time."""

    tree: dict[str, Any]
    code: str = ""
    name: str = ""
    note: str = ""
    version: int = 0
    who: str = ""
    is_exact: bool = False

    @property
    def condition(self) -> dict[str, Any]:
        """An empty form means everybody."""
        return {"everyone": True} if self.tree in ({"all": []}, {"any": []}) else self.tree


def draft_of(fields: FormData) -> Draft:
    """Raises BadCondition's for a tree that is none."""
    version = str(fields.get("version", "0"))
    return Draft(
        read_tree(fields),
        str(fields.get("code", "")).strip()[:40],
        str(fields.get("name", ""))[:60],
        str(fields.get("note", ""))[:300],
        int(version) if re.fullmatch(r"\d{1,9}", version) else 0,
        str(fields.get("who", "")).strip()[:60],
        is_exact=fields.get("do") == EXACT,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """A count, or what is wrong and where; and why somebody is in."""

    count: Count | None = None
    wrong: str = ""
    at: str = ""
    said: str = ""
    reason: Reason | None = None
    is_unknown: bool = False


async def answer_draft(draft: Draft, language: str) -> Answer:
    """What is wrong with a draft is an answer too: nothing is raised."""
    try:
        condition = parse(draft.condition)
        count = await _counted(condition, is_exact=draft.is_exact)
        said = await told(draft.condition, language)
        member_id = await member_known_as(draft.who) if draft.who else None
        reason = await explain(condition, member_id, language) if member_id else None
    except DomainError as refused:
        at = str(refused.facts.get("at") or "")
        return Answer(wrong=said_of(refused, language == "en"), at=at)
    return Answer(count, said=said, reason=reason, is_unknown=bool(draft.who) and not member_id)


async def _counted(condition: Any, *, is_exact: bool) -> Count:
    """Raises TooManyCounts at once rather than wait behind others."""
    if counting.locked():
        raise TooManyCounts
    async with counting:
        return await count_now(condition, is_exact=is_exact)


def said_of(error: DomainError | None, english: bool) -> str:  # noqa: FBT001
    return "" if error is None else error.en if english else error.zh
