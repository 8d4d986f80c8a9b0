"""Whose id, phone, card or birthday this is, and what a member is known by now."""

from crm.people import identities
from crm.people.errors import BadCard, BadPhone
from crm.people.models import Identity, Member
from crm.people.queries.members import LIVE
from crm.people.rules import IdKind, plain_card, plain_phone


async def open_id_of(member_id: int, app_id: str) -> str | None:
    """What one app calls a member, as a payment in that app needs it."""
    return await id_of(member_id, IdKind.OPEN_ID, realm=app_id)


async def id_of(member_id: int, kind: IdKind, *, realm: str = "") -> str | None:
    """What a member is known by now, of the kinds that are kept as they are; the newest."""
    rows = Identity.filter(member_id=member_id, kind=kind, realm=realm, until=None, cipher=None)
    row = await rows.order_by("-id").first()
    return row.known_as if row else None


async def find_member_by_id(kind: IdKind, value: str, *, realm: str = "") -> int | None:
    """Whose id this is now; a phone, a card or an e-mail in its plain form."""
    return await identities.find(kind, value, realm=realm)


async def members_born_on(month: int, day: int) -> list[int]:
    """Whose birthday this is, every year."""
    rows = Member.filter(LIVE, birth_month=month, birth_day=day).order_by("id")
    return [row.id for row in await rows]


async def member_known_as(text: str) -> int | None:
    """The member with this phone, card or member number; for a till, which learns no more."""
    if text.startswith("mem_"):
        row = await Member.filter(LIVE, public_id=text).first()
        return row.id if row else None
    for plain, kind in ((plain_phone, IdKind.PHONE), (plain_card, IdKind.TILL_CARD)):
        try:
            found = await identities.find(kind, plain(text))
        except (BadPhone, BadCard):
            continue
        if found is not None:
            return found
    return None
