"""Joining by phone or e-mail, without WeChat: a code shows whose it is (PD-04)."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

from core import clock
from core.database import sql, use_case
from core.errors import NotConfigured
from core.mail import Fate, send
from core.outbox import publish
from core.partners import NoAnswer
from core.security.scope import Role
from core.security.sessions import open_session
from core.settings import current
from crm.people import identities
from crm.people.errors import CodeRefused, IdTaken
from crm.people.events import MemberJoined
from crm.people.models import Member, OneTimeCode
from crm.people.rules import (
    Entrance,
    IdKind,
    Purpose,
    check_consent,
    mask_email,
    plain_email,
    plain_phone,
)
from crm.people.service.consents import give_consent
from crm.people.service.joining import SignedIn
from crm.people.service.phones import keep_phone

GOOD_FOR, TRIES = timedelta(minutes=5), 5
TRY = """
UPDATE people_one_time_code SET tries = tries + 1 WHERE id = (
    SELECT id FROM people_one_time_code
    WHERE known_as = ANY($1::text[]) AND used_at IS NULL AND expires_at > $2 AND tries < $3
    ORDER BY id DESC LIMIT 1 FOR UPDATE)
RETURNING id, code_hash
"""


SendSms = Callable[[str, str, str], Awaitable[bool]]
_send_sms: list[SendSms] = []


def send_sms_with(send: SendSms) -> None:
    """Said by `app.wiring`: who sends (number, text, key) as an SMS; False when it is refused."""
    _send_sms[:] = [send]


def contact_of(contact: str) -> tuple[IdKind, str]:
    """What somebody typed, as a phone or an e-mail. Raises BadPhone, BadEmail."""
    if "@" in contact:
        return IdKind.EMAIL, plain_email(contact)
    return IdKind.PHONE, plain_phone(contact)


async def send_code(*, contact: str) -> None:
    """Send six digits to a phone or an e-mail, good for five minutes. Known or not: one answer.

    Raises BadPhone, BadEmail, NotConfigured, and Unavailable when nobody takes it.
    """
    kind, value = contact_of(contact)
    if (current().mail if kind is IdKind.EMAIL else current().sms) is None:
        raise NotConfigured(part="mail" if kind is IdKind.EMAIL else "sms")
    code = f"{secrets.randbelow(10**6):06}"
    key = f"code-{await _keep_code(kind, value, code)}"
    text = f"您的验证码是 {code}，5 分钟内有效，请勿告诉他人。Your code is {code}."
    if kind is IdKind.PHONE:
        [send_sms] = _send_sms
        if not await send_sms(value, text, key):
            raise NoAnswer(why="refused")
        return
    sent = await send(to=value, subject="验证码 Code", text=text, message_key=key)
    if sent.fate in {Fate.NOT_SENT, Fate.REFUSED}:
        raise NoAnswer(why=sent.reason)


@use_case
async def _keep_code(kind: IdKind, value: str, code: str) -> int:
    known_as = identities.searched(kind, value)[-1]
    row = await OneTimeCode.create(
        known_as=known_as, code_hash=_hash(known_as, code), expires_at=clock.now() + GOOD_FOR
    )
    return row.id


def _hash(known_as: str, code: str) -> str:
    """Six digits are guessed from a plain hash at once: our key is in it."""
    key = current().signing_key.get_secret_value().encode()
    return hmac.new(key, f"code:{known_as}:{code}".encode(), hashlib.sha256).hexdigest()


async def register_by_code(
    *, contact: str, code: str, consent_version: str | None = None
) -> SignedIn:
    """A session for whoever shows the code: the member with this phone or e-mail, or a new one.

    A code works once and is tried five times. Raises BadPhone, BadEmail, CodeRefused,
    ConsentTextUnknown.
    """
    kind, value = contact_of(contact)
    if consent_version is not None:
        check_consent(Purpose.MEMBERSHIP, consent_version)
    if not await _is_right(kind, value, code):
        raise CodeRefused()
    return await _admit(kind, value, consent_version)


@use_case
async def _is_right(kind: IdKind, value: str, code: str) -> bool:
    """Every look counts, the wrong ones too: they are written before anything else is done."""
    found = await sql(TRY, identities.searched(kind, value), clock.now(), TRIES)
    if not found:
        return False
    [row] = found
    known_as = identities.searched(kind, value)[-1]
    if not hmac.compare_digest(row["code_hash"], _hash(known_as, code)):
        return False
    used = OneTimeCode.filter(id=row["id"], used_at=None)
    return bool(await used.update(used_at=clock.now()))


@use_case
async def _admit(kind: IdKind, value: str, consent_version: str | None) -> SignedIn:
    await sql("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))", f"{kind}:{value}")
    member_id = await identities.find(kind, value)
    is_new = member_id is None
    if member_id is None:
        member_id = await _a_new_member()
    if kind is IdKind.PHONE:
        await keep_phone(member_id=member_id, phone=value, how="web.code")
    elif is_new:
        at = clock.now()
        await identities.add(member_id, kind, value, source="web.code", verified_at=at)
    await identities.verify(member_id, kind, value)
    if consent_version is not None:
        await give_consent(
            member_id=member_id,
            purpose=Purpose.MEMBERSHIP,
            version=consent_version,
            how="web.register",
        )
    token = await open_session(role=Role.MEMBER, member_id=member_id, label="web")
    return SignedIn(token, member_id, is_new)


async def _a_new_member() -> int:
    at = clock.now()
    member = await Member.create(joined_at=at, entrance=Entrance.MINI_PROGRAM)
    await publish(MemberJoined(member_id=member.id, guide_id=None, store_id=None, at=at))
    return member.id


async def save_email(*, member_id: int, email: str, code: str) -> str:
    """Keep an e-mail whose code its owner shows; answers it masked.

    Raises BadEmail, CodeRefused, IdTaken when another member has it.
    """
    value = plain_email(email)
    if not await _is_right(IdKind.EMAIL, value, code):
        raise CodeRefused()
    await _keep_email(member_id, value)
    return mask_email(value)


@use_case
async def _keep_email(member_id: int, value: str) -> None:
    holder = await identities.find(IdKind.EMAIL, value)
    if holder not in {None, member_id}:
        raise IdTaken()
    if holder is None:
        await identities.end(member_id, [IdKind.EMAIL], why="changed")
        at = clock.now()
        await identities.add(member_id, IdKind.EMAIL, value, source="web.code", verified_at=at)
