"""What a member agreed to, beside everything they could agree to."""

from dataclasses import dataclass
from datetime import datetime

from crm.people.models import Consent
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
