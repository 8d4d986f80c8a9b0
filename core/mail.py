"""Mail over SMTP: one try, in a thread, and what is known of it afterwards."""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from enum import StrEnum

from core.errors import NotConfigured
from core.settings import Mail, current

STEP_S = 8.0  # each answer of the server


class Fate(StrEnum):
    SENT = "sent"
    NOT_SENT = "not_sent"  # the server has nothing of it: may be tried again
    REFUSED = "refused"  # for good
    MAYBE = "maybe"  # the line broke behind the text


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; `kind` is its media type."""

    name: str
    data: bytes
    kind: str = "application/pdf"


async def send(
    *,
    to: str,
    subject: str,
    text: str,
    message_key: str,
    attachment: Attachment | None = None,
    attachments: Sequence[Attachment] = (),
) -> Outcome:
    """Give one mail to our server. `message_key` makes its Message-ID, so that copies are one.

    Raises NotConfigured; a fault of the server never raises.
    """
    mail = current().mail
    if mail is None:
        raise NotConfigured(part="mail")
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Message-ID"] = f"<{message_key}@{mail.sender.rpartition('@')[2]}>"
    message.set_content(text)
    for one in [attachment, *attachments] if attachment else attachments:
        main, _, sub = one.kind.partition("/")
        message.add_attachment(one.data, maintype=main, subtype=sub, filename=one.name)
    return await asyncio.to_thread(_deliver, mail, to, message.as_bytes(policy=SMTP_LINES))


def _deliver(mail: Mail, to: str, data: bytes) -> Outcome:
    try:
        server = _open(mail)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Fate.NOT_SENT, type(error).__name__)
    with contextlib.closing(server):
        try:
            refusal = _address(server, mail, to)
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(Fate.NOT_SENT, type(error).__name__)
        outcome = refusal or _hand_over(server, data)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        return outcome


def _open(mail: Mail) -> smtplib.SMTP:
    if mail.tls and mail.port == 465:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=STEP_S, context=context)
    return smtplib.SMTP(mail.host, mail.port, timeout=STEP_S)


def _address(server: smtplib.SMTP, mail: Mail, to: str) -> Outcome | None:
    server.ehlo_or_helo_if_needed()
    if mail.tls and mail.port != 465:
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    if mail.user:
        server.login(mail.user, mail.password.get_secret_value())
    for code, _ in (server.mail(mail.sender), server.rcpt(to)):
        if code not in {250, 251}:
            return _answered(code)
    return None


def _hand_over(server: smtplib.SMTP, data: bytes) -> Outcome:
    try:
        code, _ = server.data(data)
    except smtplib.SMTPDataError as error:  # the server did not want the text to begin
        return _answered(error.smtp_code)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Fate.MAYBE, type(error).__name__)
    return _answered(code)


def _answered(code: int) -> Outcome:
    if code == 250:
        return Outcome(Fate.SENT)
    return Outcome(Fate.REFUSED if code >= 500 else Fate.NOT_SENT, f"smtp_{code}")
