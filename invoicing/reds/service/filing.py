"""The file of a red letter and its way to the buyer: kept once, mailed once to each address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core import clock
from core.clock import SHOP_ZONE
from core.database import use_case
from core.jobs import owe
from core.settings import current
from invoicing.backends.port import Format, FormState, Kind
from invoicing.document.face import PREVIEW, SANDBOX, Face, Party
from invoicing.queries.blues import buyer_of_blue, find_blue
from invoicing.reds.models import RedDelivery, RedDocument, RedLetter
from invoicing.reds.queries import RedFace, red_face_of
from invoicing.reds.rules.states import FORM_LIVES
from invoicing.reds.sealing import open_target, seal_target
from invoicing.reds.service.forms import is_waiting
from invoicing.reds.service.sending import Ask, blue_of
from invoicing.rules.delivery import MOST_ATTEMPTS, OPEN, DeliveryState, move
from invoicing.sealing import index_of

WAITS_FOR, LOOK_AGAIN_S = timedelta(minutes=3), 10  # the backend's own file is the real one
KINDS = {
    (Kind.GENERAL, False): "32",
    (Kind.SPECIAL, False): "31",
    (Kind.GENERAL, True): "10",
    (Kind.SPECIAL, True): "08",
}


@dataclass(frozen=True, slots=True)
class RedMail:
    """A mail to be sent now. `attempt` is the fence of its outcome."""

    delivery_id: int
    attempt: int
    message_key: str
    to: str
    sha256: str
    face: RedFace


async def painted_face(letter_id: int) -> Face:
    """What stands on the face of a red letter of ours."""
    red = await red_face_of(letter_id)
    return Face(
        number=red.number,
        code=red.code,
        kind=KINDS[red.kind, bool(red.code)],
        issued_on=_day(red),
        buyer=Party(red.buyer_title, red.buyer_tax_no),
        seller=Party(red.seller.name, red.seller.tax_no),
        lines=red.lines,
        remark=red.remark,
        drawer=red.seller.drawer,
        mark=SANDBOX if current().is_playing else PREVIEW,
    )


def _day(red: RedFace) -> date:
    return red.issued_at.astimezone(SHOP_ZONE).date()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to ask for the files of a red letter; `may_wait`: they may still be made there."""

    ask: Ask
    may_wait: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on disk."""

    format: Format
    sha256: str
    size: int


async def files_wanted(letter_id: int) -> Wanted | None:
    """None when its files are kept."""
    if await RedDocument.exists(letter_id=letter_id, format="pdf"):
        return None
    row = await RedLetter.get(id=letter_id)
    since = row.ended_at or row.created_at
    ask = Ask(row.red_no, row.form_no, (await blue_of(row)).seller, row.account_id)
    return Wanted(ask, clock.now() - since < WAITS_FOR)


@use_case
async def book_files(letter_id: int, kept: Sequence[Kept]) -> None:
    """Files are on disk: note them and owe the mail, where the blue one was mailed. Again: nothing.

    After a wrong title the old buyer hears of it too, for what they had is no invoice any more.
    """
    is_new = False
    for one in kept:
        facts = {"sha256": one.sha256, "size": one.size}
        _, is_new = await RedDocument.get_or_create(
            facts, letter_id=letter_id, format=one.format.value
        )
    letter = await RedLetter.get(id=letter_id)
    mail = (await buyer_of_blue(letter.invoice_id)).mail
    if is_new and mail:
        await _owe_mail(letter, mail)


async def _owe_mail(letter: RedLetter, mail: str) -> None:
    row, is_new = await RedDelivery.get_or_create(
        {"state": DeliveryState.QUEUED}, letter_id=letter.id, target_index=index_of(mail)
    )
    if is_new:
        row.target = seal_target(mail, delivery_id=row.id)
        await row.save(update_fields=["target"])
        await owe("reds.mail", key=f"mail:{row.id}", delivery_id=row.id)


@use_case
async def next_mail(delivery_id: int) -> RedMail | None:
    """The mail to be sent now, marked as being sent; None when nothing is left to do.

    One that is found half sent may have gone out, and is not sent again.
    """
    row = await RedDelivery.filter(id=delivery_id).select_for_update().get()
    if row.state is DeliveryState.SENDING:
        row.state, row.reason = move(row.state, "lose_sight"), "interrupted"
        row.ended_at = clock.now()
        await row.save()
    if row.state not in OPEN or not row.target:
        return None
    row.state, row.attempts = move(row.state, "send"), row.attempts + 1
    await row.save(update_fields=["state", "attempts"])
    return RedMail(
        delivery_id=row.id,
        attempt=row.attempts,
        message_key=row.public_id,
        to=open_target(row.target, delivery_id=row.id),
        sha256=(await RedDocument.get(letter_id=row.letter_id, format="pdf")).sha256,
        face=await red_face_of(row.letter_id),
    )


@use_case
async def end_mail(mail: RedMail, *, action: str, reason: str) -> DeliveryState | None:
    """Book what became of it: `confirm`, `lose_sight`, `refuse` or `put_back`. Answers its state.

    After the last of its attempts one that was put back has failed. None: too late to count.
    """
    sent = RedDelivery.filter(
        id=mail.delivery_id, attempts=mail.attempt, state=DeliveryState.SENDING
    )
    row = await sent.select_for_update().first()
    if row is None:
        return None
    row.state, row.reason = move(row.state, action), reason[:40]
    if row.state is DeliveryState.QUEUED and row.attempts >= MOST_ATTEMPTS:
        row.state = move(row.state, "give_up")
    if row.state not in OPEN:
        row.ended_at = clock.now()
    await row.save(update_fields=["state", "reason", "ended_at"])
    return row.state


@dataclass(frozen=True, slots=True)
class FormMail:
    """What the buyer of a booked invoice is told of its form."""

    message_key: str
    to: str
    seller_name: str
    number: str
    incl_fen: int
    form_no: str
    until: datetime


async def form_mail(letter_id: int, why: str) -> FormMail | None:
    """None when the form waits for them no more, or nobody knows their address."""
    row = await RedLetter.get(id=letter_id)
    blue, mail = await find_blue(row.invoice_id), (await buyer_of_blue(row.invoice_id)).mail
    is_theirs = row.form_state == FormState.WAITS_FOR_BUYER and row.form_at is not None
    if blue is None or not mail or not is_waiting(row) or not is_theirs:
        return None
    return FormMail(
        message_key=f"{row.public_id}.{row.forms}.{why}",
        to=mail,
        seller_name=blue.seller.name,
        number=blue.number,
        incl_fen=row.incl_fen,
        form_no=row.form_no,
        until=(row.form_at or row.created_at) + FORM_LIVES,
    )
