"""The printers of a store: where they stand, how they are reached, what they can."""

from dataclasses import dataclass, field

from core.database import use_case
from devices.errors import PrinterUnfit
from devices.models import PrintAccount, PrintAgent, Printer
from devices.protocol.profile import Profile
from devices.queries import PrinterView, printer_view
from devices.rules import CLOUDS, COLUMNS, PrinterRole, Transport
from trade.stores.queries import get_store


@dataclass(frozen=True, slots=True)
class PrinterDraft:
    """A printer as it should be. `address` as in its table; `profile` says what it can."""

    address: str
    transport: Transport = Transport.TCP
    name: str = ""
    role: PrinterRole = PrinterRole.FRONT
    account_id: int | None = None
    agent_id: int | None = None
    profile: Profile = field(default_factory=Profile)


@use_case
async def put_printer(store_id: int, draft: PrinterDraft) -> PrinterView:
    """A printer of a store, switched on. The same way and address again changes the rest.

    Raises PrinterUnfit, StoreNotFound.
    """
    _check(draft)
    await get_store(store_id)
    await _check_owner(store_id, draft)
    facts = {
        "name": draft.name.strip()[:40],
        "role": draft.role,
        "account_id": draft.account_id,
        "agent_id": draft.agent_id,
        "columns": draft.profile.columns,
        "encoding": draft.profile.encoding,
        "qr": draft.profile.qr,
        "has_cutter": draft.profile.has_cutter,
        "has_drawer": draft.profile.has_drawer,
        "has_buzzer": draft.profile.has_buzzer,
        "is_active": True,
    }
    row, is_new = await Printer.get_or_create(
        facts, store_id=store_id, transport=draft.transport, address=draft.address.strip()
    )
    if not is_new:
        await row.update_from_dict(facts).save(update_fields=list(facts))
    return printer_view(row)


@use_case
async def add_printer(
    *, store_id: int, host: str, port: int = 9100, columns: int = 48
) -> PrinterView:
    """A network printer by host and port; paper of 58 mm has no cutter. Else as `put_printer`."""
    profile = Profile(columns=columns, has_cutter=columns > min(COLUMNS))
    return await put_printer(store_id, PrinterDraft(f"{host.strip()}:{port}", profile=profile))


@use_case
async def switch_off_printer(printer_id: int) -> None:
    """No new paper goes there; what waits for it is asked about. Again changes nothing."""
    await Printer.filter(id=printer_id).update(is_active=False)


def _check(draft: PrinterDraft) -> None:
    address, way = draft.address.strip(), draft.transport
    host, _, port = address.rpartition(":")
    is_place = bool(host) and port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65_535
    if not address or len(address) > 200 or not address.isprintable():
        raise PrinterUnfit(why="address")
    if way is Transport.TCP and not is_place:
        raise PrinterUnfit(why="address", address=address)
    if (way in CLOUDS) != (draft.account_id is not None):
        raise PrinterUnfit(why="account")
    if (way is Transport.AGENT) != (draft.agent_id is not None):
        raise PrinterUnfit(why="agent")
    if draft.profile.columns not in COLUMNS:
        raise PrinterUnfit(why="columns", columns=draft.profile.columns)


async def _check_owner(store_id: int, draft: PrinterDraft) -> None:
    """A maker's account of the same maker, an agent of the same store."""
    if draft.account_id is not None:
        account = PrintAccount.filter(id=draft.account_id, transport=draft.transport)
        if not await account.exists():
            raise PrinterUnfit(why="account")
    if draft.agent_id is not None:
        agent = PrintAgent.filter(id=draft.agent_id, store_id=store_id)
        if not await agent.exists():
            raise PrinterUnfit(why="agent")
