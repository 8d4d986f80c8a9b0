"""What a member told of themselves, as they and our people may see it."""

from dataclasses import dataclass
from datetime import date, datetime

from core.security.vault import decrypt
from crm.people import identities
from crm.people.errors import MemberNotFound
from crm.people.models import Identity, Member
from crm.people.rules import (
    SECRET,
    Gender,
    IdKind,
    mask_email,
    mask_name,
    mask_phone,
)


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The member's own words, whole: for themselves only."""

    name: str | None
    birthday: date | None
    gender: Gender | None
    email_masked: str | None
    card_no: str | None


@dataclass(frozen=True, slots=True)
class MaskedProfile:
    """What our people see: a surname, and of the birthday only month and day."""

    name_masked: str
    birth_month: int | None
    birth_day: int | None
    gender: Gender | None
    email_masked: str | None


@dataclass(frozen=True, slots=True)
class IdView:
    """One id of a person, masked. `until` is None while it is valid."""

    kind: IdKind
    realm: str
    shown: str
    source: str
    since: datetime
    is_verified: bool
    until: datetime | None
    why_ended: str


def _name(row: Member) -> str:
    return decrypt(row.name_cipher, bound_to=f"member:{row.id}") if row.name_cipher else ""


async def _email(member_id: int) -> str | None:
    found = (await identities.texts_of([member_id], IdKind.EMAIL)).get(member_id)
    return mask_email(found) if found else None


async def profile_of(member_id: int) -> ProfileView:
    """For the member themselves. Raises MemberNotFound."""
    row = await Member.get_or_none(id=member_id)
    if row is None:
        raise MemberNotFound()
    born = row.birthday_cipher
    card = Identity.filter(member_id=member_id, kind=IdKind.TILL_CARD, until=None)
    held = await card.order_by("-id").first()
    return ProfileView(
        name=_name(row) or None,
        birthday=date.fromisoformat(decrypt(born, bound_to=f"member:{row.id}")) if born else None,
        gender=row.gender,
        email_masked=await _email(member_id),
        card_no=held.known_as if held else None,
    )


async def masked_profile_of(member_id: int) -> MaskedProfile:
    """For our people, who may see this member. Raises MemberNotFound."""
    row = await Member.get_or_none(id=member_id)
    if row is None:
        raise MemberNotFound()
    return MaskedProfile(
        name_masked=mask_name(_name(row)),
        birth_month=row.birth_month,
        birth_day=row.birth_day,
        gender=row.gender,
        email_masked=await _email(member_id),
    )


async def ids_of(member_id: int) -> list[IdView]:
    """Everything a person is or was known by, masked; valid ones first, then the newest."""
    rows = await Identity.filter(member_id=member_id).order_by("-id")
    rows.sort(key=lambda row: row.until is not None)
    return [
        IdView(
            kind=row.kind,
            realm=row.realm,
            shown=_shown(row),
            source=row.source,
            since=row.since,
            is_verified=row.verified_at is not None,
            until=row.until,
            why_ended=row.why_ended,
        )
        for row in rows
    ]


def _shown(row: Identity) -> str:
    if row.kind not in SECRET:
        return f"{row.known_as[:4]}…{row.known_as[-4:]}"
    if not row.cipher:
        return "–"
    text = decrypt(row.cipher, bound_to=f"identity:{row.id}")
    return mask_phone(text) if row.kind is IdKind.PHONE else mask_email(text)
