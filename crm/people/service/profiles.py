"""What a member tells of themselves: name, birthday, gender, e-mail. All of it is optional."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.database import use_case
from core.security.rotation import encrypted_column
from core.security.vault import encrypt
from crm.people.errors import BadName, GuardianNeeded, MemberNotFound
from crm.people.models import Consent, Member
from crm.people.rules import Gender, Purpose, check_birthday, turns_adult

MOST = 60  # characters of a name


@encrypted_column("people_member", "name_cipher", bound_to="member:{id}")
@encrypted_column("people_member", "birthday_cipher", bound_to="member:{id}")
def _no_index(_: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Profile:
    """None leaves a fact as it is; an empty name and `forgets` take facts away."""

    name: str | None = None
    birthday: date | None = None
    gender: Gender | None = None
    forgets: frozenset[str] = frozenset()


@use_case
async def save_profile(*, member_id: int, profile: Profile) -> None:
    """Keep what a member says of themselves. Repeating it changes nothing.

    Raises BadName, BadBirthday, and GuardianNeeded for somebody under fourteen whose guardian has
    not agreed.
    """
    if await Member.filter(id=member_id).select_for_update().first() is None:
        raise MemberNotFound()
    changes: dict[str, Any] = {}
    if profile.name is not None:
        changes |= _named(member_id, profile.name)
    if profile.birthday is not None:
        changes |= await _born(member_id, profile.birthday)
    if profile.gender is not None:
        changes["gender"] = profile.gender
    changes |= _forgotten(profile.forgets)
    if changes:
        await Member.filter(id=member_id).update(**changes)


def _named(member_id: int, name: str) -> dict[str, Any]:
    return {"name_cipher": sealed(member_id, plain_name(name)) if name.strip() else None}


def plain_name(name: str) -> str:
    """Without blanks around it. Raises BadName for control characters and for more than 60."""
    kept = name.strip()
    if len(kept) > MOST or any(unicodedata.category(char)[0] == "C" for char in kept):
        raise BadName()
    return kept


def sealed(member_id: int, text: str) -> str:
    """The cipher of a fact of a member's own row."""
    return encrypt(text, bound_to=f"member:{member_id}")


async def _born(member_id: int, day: date) -> dict[str, Any]:
    today = clock.shop_day(clock.now())
    check_birthday(day, today)
    facts = birthday_facts(member_id, day, today)
    guarded = Consent.filter(member_id=member_id, purpose=Purpose.GUARDIAN, withdrawn_at=None)
    if facts["minor_until"] is not None and not await guarded.exists():
        raise GuardianNeeded()
    return facts


def birthday_facts(member_id: int, day: date, today: date) -> dict[str, Any]:
    """The year is sealed: month and day are enough to wish well; a child is known by one date."""
    adult_on = turns_adult(day)
    return {
        "birthday_cipher": sealed(member_id, day.isoformat()),
        "birth_month": day.month,
        "birth_day": day.day,
        "minor_until": adult_on if adult_on > today else None,
    }


FORGETTABLE = {
    "name": ("name_cipher",),
    "birthday": ("birthday_cipher", "birth_month", "birth_day"),
    "gender": ("gender",),
}


def _forgotten(names: frozenset[str]) -> dict[str, Any]:
    """A child stays a child when the birthday is taken away."""
    columns = [column for name in names for column in FORGETTABLE.get(name, ())]
    return dict.fromkeys(columns)
