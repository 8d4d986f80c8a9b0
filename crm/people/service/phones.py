"""A phone number: taken with the member's button, kept as a cipher, shown whole only on record."""

from core import audit_log, clock
from core.database import use_case
from core.security.scope import Scope
from crm.people import gateway, identities
from crm.people.errors import MemberNotFound, MergeWaits, PhoneTaken, PhoneUnknown
from crm.people.models import Identity, Member
from crm.people.queries import may_reveal, members_in
from crm.people.rules import (
    CONSENT_TEXTS,
    IdKind,
    MatchedBy,
    Purpose,
    check_reason,
    mask_phone,
    plain_phone,
)
from crm.people.service.consents import give_consent
from crm.people.service.matching import note_match
from crm.people.service.merging import join

ONLINE = (IdKind.OPEN_ID, IdKind.UNION_ID)


async def save_phone(*, member_id: int, code: str) -> str:
    """Keep the number that the phone button's code stands for; answers it masked.

    Pressing the button is the consent, and is recorded. Saving the same number again changes
    nothing. An old membership with this number, that nobody comes to by WeChat, is theirs from now
    on (PD-03).

    Raises PhoneCodeExpired, BadPhone, and PhoneTaken when another member uses it; the pair is
    shown to our people then.
    """
    phone = plain_phone(await gateway.phone_of_code(code))
    if not await keep_phone(member_id=member_id, phone=phone, how="mini_program.phone_button"):
        raise PhoneTaken()
    return mask_phone(phone)


@use_case
async def keep_phone(*, member_id: int, phone: str, how: str) -> bool:
    """A number its owner has shown to be theirs. False when another member uses it online."""
    holder = await identities.find(IdKind.PHONE, phone)
    if holder is not None and holder != member_id and not await _take_over(holder, member_id):
        return False
    held = await identities.texts_of([member_id], IdKind.PHONE)
    if held.get(member_id) != phone:
        await identities.end(member_id, [IdKind.PHONE], why="changed")
        at = clock.now()
        if not await identities.add(member_id, IdKind.PHONE, phone, source=how, verified_at=at):
            return False
    await identities.verify(member_id, IdKind.PHONE, phone)
    await give_consent(
        member_id=member_id,
        purpose=Purpose.PHONE,
        version=CONSENT_TEXTS[Purpose.PHONE].version,
        how=how,
    )
    return True


async def _take_over(holder: int, member_id: int) -> bool:
    """Whether the one who had this number was a card only, and is this member now."""
    if await Identity.filter(member_id=holder, kind__in=list(ONLINE), until=None).exists():
        await note_match(one_id=member_id, other_id=holder, matched_by=MatchedBy.PHONE)
        return False
    try:
        await join(
            kept_id=member_id,
            gone_id=holder,
            matched_by=MatchedBy.PHONE,
            reason="claimed by phone",
            actor=f"member:{member_id}",
        )
    except MergeWaits:
        await note_match(one_id=member_id, other_id=holder, matched_by=MatchedBy.PHONE)
        return False
    return True


@use_case
async def reveal_phone(*, scope: Scope, member_public_id: str, reason: str) -> str:
    """The whole number, for one member, with a reason; every look is an audit row (P6, P11).

    Raises MemberNotFound outside the asker's scope, PhoneUnknown, ReasonNeeded.
    """
    kept = check_reason(reason)
    member = await Member.filter(members_in(scope), public_id=member_public_id).first()
    if member is None or not may_reveal(scope):
        raise MemberNotFound()
    phones = await identities.texts_of([member.id], IdKind.PHONE)
    if member.id not in phones:
        raise PhoneUnknown()
    await audit_log.record(scope, "people.phone_revealed", f"member:{member.id}", reason=kept)
    return phones[member.id]
