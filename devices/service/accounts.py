"""Accounts with the makers of cloud printers, and making a printer known to its maker."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from core.audit_log import record
from core.database import use_case
from core.jobs import owe
from core.security.scope import Scope
from core.security.vault import decrypt, encrypt
from core.settings import current
from devices.errors import AccountUnfit, PrinterNotFound
from devices.models import PrintAccount, Printer
from devices.protocol.port import Refused, Said
from devices.rules import CLOUDS, MAKER_URLS, Transport
from devices.service.places import bound_to, label_of


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """`user` and `secret` as the maker calls them: user and UKEY, client id and secret, app id."""

    transport: Transport
    name: str
    user: str
    secret: str
    base_url: str = ""


@use_case
async def put_account(scope: Scope, draft: AccountDraft) -> int:
    """An account with a maker; the same maker and user again changes name, secret and address.

    Answers its id. Raises AccountUnfit.
    """
    _check(draft)
    facts = {"name": draft.name.strip()[:40], "secret_cipher": "", "is_active": True}
    facts["base_url"] = draft.base_url.strip() or MAKER_URLS[draft.transport]
    row, _ = await PrintAccount.get_or_create(
        facts, transport=draft.transport, user=draft.user.strip()
    )
    facts["secret_cipher"] = encrypt(draft.secret.strip(), bound_to=bound_to(row.id))
    facts |= {"token_cipher": None, "token_at": None}
    await row.update_from_dict(facts).save(update_fields=list(facts))
    await record(
        scope, "devices.account_put", f"print_account:{row.id}", maker=str(draft.transport)
    )
    return row.id


@use_case
async def enrol_printer(printer_id: int, *, label_key: str) -> None:
    """Have the maker know this printer as ours, by the key on its label. Again asks again.

    Raises PrinterNotFound.
    """
    cipher = encrypt(label_key.strip()[:80], bound_to=label_of(printer_id))
    found = Printer.filter(id=printer_id, transport__in=CLOUDS)
    if not await found.update(label_cipher=cipher, maker_reason="asked"):
        raise PrinterNotFound(printer_id=printer_id)
    await owe("devices.enrol_printer", key=f"enrol:{printer_id}", printer_id=printer_id)


async def label_key_of(printer_id: int) -> str | None:
    """The key that is still to be said to the maker."""
    printer = await Printer.get(id=printer_id)
    if not printer.label_cipher:
        return None
    return decrypt(printer.label_cipher, bound_to=label_of(printer_id))


@use_case
async def note_enrolment(printer_id: int, said: Said) -> None:
    """What the maker said; the label's key is forgotten once it knows the printer."""
    if said is None:
        await Printer.filter(id=printer_id).update(label_cipher=None, maker_reason="")
    else:
        reason = said.reason if isinstance(said, Refused) else f"later:{said.reason}"
        await Printer.filter(id=printer_id).update(maker_reason=reason[:40])


def _check(draft: AccountDraft) -> None:
    if draft.transport not in CLOUDS:
        raise AccountUnfit(why="maker")
    if not draft.user.strip() or not draft.secret.strip() or len(draft.user) > 80:
        raise AccountUnfit(why="user")
    url = urlsplit(draft.base_url.strip() or MAKER_URLS[draft.transport])
    if url.scheme != "https" and not current().is_playing:
        raise AccountUnfit(why="base_url")
    if not url.hostname or len(draft.base_url) > 200:
        raise AccountUnfit(why="base_url")
