"""What a member agreed to, beside everything they could agree to; who may be reached for what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.clock import now, shop_day
from core.database import sql
from crm.people.models import Consent, Member
from crm.people.rules import CONSENT_TEXTS, Purpose


@dataclass(frozen=True, slots=True)
class ConsentView:
    """`given_at` is None when it was never given or is withdrawn; `given_version` likewise."""

    purpose: Purpose
    version: str
    zh: str
    en: str
    given_version: str | None
    given_at: datetime | None


async def consents_of(member_id: int) -> list[ConsentView]:
    """One line for each purpose, in the order of the law's importance to us."""
    rows = await Consent.filter(member_id=member_id, withdrawn_at=None)
    given = {row.purpose: row for row in rows}
    views = []
    for purpose, text in CONSENT_TEXTS.items():
        row = given.get(purpose)
        version, at = (row.text_version, row.given_at) if row else (None, None)
        views.append(ConsentView(purpose, text.version, text.zh, text.en, version, at))
    return views


# Under fourteen nobody is sold to, whatever was agreed before the birthday was known (P10).
REACHED = """
SELECT member.id FROM people_member AS member
JOIN people_consent AS consent ON consent.member_id = member.id
    AND consent.purpose = $2 AND consent.withdrawn_at IS NULL
WHERE member.id = ANY($1::bigint[]) AND member.merged_into_id IS NULL AND member.erased_at IS NULL
    AND (member.minor_until IS NULL OR member.minor_until <= $3 OR $2 <> 'marketing')
"""

PROFILED = """
SELECT id FROM people_member AS member
WHERE id = ANY($1::bigint[]) AND merged_into_id IS NULL AND erased_at IS NULL
    AND (minor_until IS NULL OR minor_until <= $2)
    AND NOT EXISTS (SELECT FROM people_consent WHERE member_id = member.id
        AND purpose = 'ordinary_view' AND withdrawn_at IS NULL)
"""


async def may_be_reached(member_ids: Iterable[int], purpose: str = Purpose.MARKETING) -> set[int]:
    """Of these, who agreed to the purpose and has not taken it back, in one question.

    Asked at the moment of sending: a withdrawal counts from its commit on (P2).
    """
    rows = await sql(REACHED, sorted(set(member_ids)), str(purpose), shop_day(now()))
    return {row["id"] for row in rows}


async def may_be_profiled(member_ids: Iterable[int]) -> set[int]:
    """Of these, who may be grouped and targeted by what they do (P9, P10).

    That is nobody under fourteen, and nobody who chose the ordinary view.
    """
    rows = await sql(PROFILED, sorted(set(member_ids)), shop_day(now()))
    return {row["id"] for row in rows}


async def is_minor(member_id: int) -> bool:
    """Whether a member is under fourteen today, by the birthday they told us."""
    today = shop_day(now())
    return await Member.exists(id=member_id, minor_until__gt=today)
