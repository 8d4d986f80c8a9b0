"""A phone number: taken with the member's button, kept as a cipher, shown whole only on record."""

from tortoise.exceptions import IntegrityError

from core import audit_log
from core.database import use_case
from core.security.rotation import encrypted_column
from core.security.scope import Scope
from core.security.vault import blind_index, blind_indexes, decrypt, encrypt
from crm.people import gateway
from crm.people.errors import MemberNotFound, PhoneTaken, PhoneUnknown
from crm.people.models import Member
from crm.people.queries import may_reveal, members_in
from crm.people.rules import (
    CONSENT_TEXTS,
    LAST4,
    WHOLE,
    Purpose,
    check_reason,
    mask_phone,
    plain_phone,
)
from crm.people.service.consents import give_consent


@encrypted_column(
    "people_member",
    "phone_cipher",
    bound_to="member:{id}",
    index_columns=("phone_index", "phone_last4_index"),
)
def phone_indexes(phone: str) -> dict[str, str]:
    """What finds a number again: all of it, or its last four digits."""
    return {
        "phone_index": blind_index(phone, WHOLE),
        "phone_last4_index": blind_index(phone[-4:], LAST4),
    }


async def save_phone(*, member_id: int, code: str) -> str:
    """Keep the number that the phone button's code stands for; answers it masked.

    Pressing the button is the consent, and is recorded. Saving the same number again changes
    nothing. Raises PhoneCodeExpired, BadPhone, and PhoneTaken when another member has it.
    """
    phone = plain_phone(await gateway.phone_of_code(code))
    try:
        await _keep(member_id, phone)
    except IntegrityError:
        raise PhoneTaken() from None
    return mask_phone(phone)


@use_case
async def _keep(member_id: int, phone: str) -> None:
    known = Member.filter(phone_index__in=blind_indexes(phone, WHOLE)).exclude(id=member_id)
    if await known.exists():
        raise PhoneTaken()
    await Member.filter(id=member_id).update(
        phone_cipher=encrypt(phone, bound_to=f"member:{member_id}"), **phone_indexes(phone)
    )
    await give_consent(
        member_id=member_id,
        purpose=Purpose.PHONE,
        version=CONSENT_TEXTS[Purpose.PHONE].version,
        how="mini_program.phone_button",
    )


@use_case
async def reveal_phone(*, scope: Scope, member_public_id: str, reason: str) -> str:
    """The whole number, for one member, with a reason; every look is an audit row (P6, P11).

    Raises MemberNotFound outside the asker's scope, PhoneUnknown, ReasonNeeded.
    """
    kept = check_reason(reason)
    member = await Member.filter(members_in(scope), public_id=member_public_id).first()
    if member is None or not may_reveal(scope):
        raise MemberNotFound()
    if member.phone_cipher is None:
        raise PhoneUnknown()
    await audit_log.record(scope, "people.phone_revealed", f"member:{member.id}", reason=kept)
    return decrypt(member.phone_cipher, bound_to=f"member:{member.id}")
